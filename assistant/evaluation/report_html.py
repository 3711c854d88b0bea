"""The report on judged answers as one HTML page that loads nothing from elsewhere."""

from collections.abc import Mapping, Sequence
from html import escape

from assistant.evaluation.answers import Verdict
from assistant.evaluation.scores import Scores, describe

_STYLE = """
:root{color-scheme:light dark}body{font:16px/1.6 system-ui,"Noto Sans CJK SC",sans-serif;max-width:60rem;margin:auto;padding:1rem}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #8886;padding:.3rem .6rem .3rem 0;text-align:left;
vertical-align:top}details{border:1px solid #8886;border-radius:.4rem;padding:.3rem .7rem;margin:.4rem 0}
details th{white-space:nowrap}
h2,td,summary{overflow-wrap:anywhere}
summary{cursor:pointer}.wrong{border-color:#c33}.fault{color:#c33}@media(prefers-color-scheme:dark){.fault{color:#f88}}
.answer{white-space:pre-wrap;overflow-wrap:anywhere}@media print{details{break-inside:avoid}}
"""


def report(judged: Mapping[str, tuple[Scores, Sequence[Verdict]]], taken_on: str) -> str:
    """Return the page: figures of each file on top, then every question, the wrong ones first and open."""
    parts = [
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>评测报告</title><style>{_STYLE}</style><h1>评测报告</h1><p>{escape(taken_on)}</p>"
    ]
    for name, (scores, verdicts) in judged.items():
        rows = "".join(f"<tr><th>{escape(key)}</th><td>{escape(value)}</td></tr>" for key, value in describe(scores))
        parts.append(f"<h2>{escape(name)}</h2><table>{rows}</table>")
        wrong = [verdict for verdict in verdicts if verdict.faults]
        right = [verdict for verdict in verdicts if not verdict.faults]
        parts.append(f"<h3>不对的 {len(wrong)} 个</h3>{''.join(map(_entry, wrong))}")
        parts.append(f"<h3>对的 {len(right)} 个</h3>{''.join(map(_entry, right))}")
    return "".join(parts) + "</html>\n"


def _entry(verdict: Verdict) -> str:
    golden, answer = verdict.golden, verdict.answer
    expected = "应拒答" + (f"（{golden.reason}）" if golden.reason else "")
    if not golden.refuse:
        expected = "应有 " + "；".join(" / ".join(group) for group in golden.facts)
    cites = "、".join(golden.cites) or "不限"
    cited = "、".join(citation.address for citation in answer.citations) or "无"
    rows = [("预期", expected), ("可引", cites), ("所引", cited), ("理解为", answer.understood_as)]
    if answer.reason is not None:
        rows.append(("拒答理由", answer.reason.value))
    table = "".join(f"<tr><th>{key}</th><td>{escape(value)}</td></tr>" for key, value in rows)
    fault = f'<p class="fault">{escape("；".join(verdict.faults))}</p>' if verdict.faults else ""
    state = ' class="wrong" open' if verdict.faults else ""
    return (
        f"<details{state}><summary>{escape(golden.id)} {escape(golden.question)}</summary>{fault}<table>{table}</table>"
        f'<p class="answer">{escape(answer.text)}</p></details>'
    )
