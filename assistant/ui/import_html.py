"""The preview of an edition before it is brought in, as HTML built from escaped parts only."""

from collections.abc import Sequence

from assistant.corpus.difference import KIND_LABELS
from assistant.corpus.importers.lines import Doubt, ReadBy
from assistant.keeping.gate import Worse
from assistant.keeping.impact import Impact
from assistant.keeping.intake import Intake
from assistant.types import Clause
from assistant.ui.escape import escape_html
from assistant.ui.words import page_words

READ_BY = {ReadBy.TEXT: "直接读出文字", ReadBy.OCR: "扫描件，识别得来", ReadBy.MIXED: "部分页是扫描件，识别得来"}
_BEGINNING = 60


def reading_html(intake: Intake) -> str:
    """Return how the file was read and where it will be kept."""
    draft = intake.draft
    pages = f"，{draft.page_count} 页" if draft.page_count else ""
    sure = f"，识别把握 {draft.ocr_confidence:.0%}" if draft.ocr_confidence is not None else ""
    return (
        f'<p class="hint">{escape_html(intake.name)}：{READ_BY[draft.read_by]}{pages}{sure}。'
        f"入库为 {escape_html(intake.path)}，原件存为 {escape_html(intake.original_path)}。</p>"
    )


def doubts_html(doubts: Sequence[Doubt]) -> str:
    """Return the list of what the keeper should look at, or a line that nothing was found."""
    if not doubts:
        return '<p class="hint">没有发现可疑之处，仍请对照原件看一遍。</p>'
    rows = "".join(f"<li>{_doubt_html(item)}</li>" for item in doubts)
    return f'<div class="doubts" role="status"><h2>请核对 {len(doubts)} 处</h2><ul>{rows}</ul></div>'


def _doubt_html(doubt: Doubt) -> str:
    page = f"第 {doubt.page} 页：" if doubt.page else ""
    where = f"　<q>{escape_html(doubt.where)}</q>" if doubt.where else ""
    return f"{page}{escape_html(page_words(doubt.message))}{where}"


def clause_tree_html(clauses: Sequence[Clause]) -> str:
    """Return headings and clauses, each with how it begins and its page."""
    parts: list[str] = []
    above: tuple[str, ...] = ()
    for clause in clauses:
        for depth, heading in enumerate(clause.headings):
            if above[: depth + 1] != clause.headings[: depth + 1]:
                parts.append(f'<li class="chapter level-{min(depth, 3)}">{escape_html(heading)}</li>')
        above = clause.headings
        parts.append(_clause_html(clause))
    return f'<ul class="clause-tree" tabindex="0" aria-label="条款">{"".join(parts)}</ul>'


def _clause_html(clause: Clause) -> str:
    own = "" if clause.heading in ("", clause.number) else f" {clause.heading}"
    first = clause.blocks[0].text if clause.blocks else ""
    begins = first if len(first) <= _BEGINNING else f"{first[:_BEGINNING]}……"
    page = f'<span class="page">第 {clause.page} 页</span>' if clause.page else ""
    name = f"<b>{escape_html(clause.number + own)}</b>"
    return f"<li>{name} {escape_html(begins)}{page}</li>"


def replaced_html(intake: Intake) -> str:
    """Return which editions end when this one takes effect; empty without any."""
    rows = "".join(
        f"<li>{escape_html(old.name)}，自 {escape_html(str(old.expires_on or '生效日（不明）'))} 起不再有效</li>"
        for old in intake.replaced
    )
    return f"<p>入库后，被代替的是：</p><ul>{rows}</ul>" if rows else ""


def impact_html(impact: Impact) -> str:
    """Return the golden questions and the places elsewhere that rest on what changed."""
    if not (impact.questions or impact.references):
        return '<p class="hint">改动没有牵涉必答问题，也没有别的文件引用改过的条款。</p>'
    questions = "".join(_touched(item.what, item.address, KIND_LABELS[item.kind]) for item in impact.questions)
    references = "".join(_touched(item.id, item.address, KIND_LABELS[item.kind]) for item in impact.references)
    parts = []
    if questions:
        parts.append(f"<p>牵涉必答问题 {len(impact.questions)} 处，答案可能要变：</p><ul>{questions}</ul>")
    if references:
        parts.append(f"<p>别的文件引用了改过的条款，要逐处核对：</p><ul>{references}</ul>")
    return "".join(parts)


def _touched(what: str, address: str, kind: str) -> str:
    return f"<li>{escape_html(what)}　→ {escape_html(address)}（{kind}）</li>"


def refused_html(worse: Sequence[Worse]) -> str:
    """Return the golden questions that got worse, what is wrong now, and what can be done."""
    rows = "".join(f"<li>{escape_html(item.question)}：{escape_html('；'.join(item.faults))}</li>" for item in worse)
    return (
        f'<div class="doubts" role="alert"><h2>没有改动：{len(worse)} 个必答问题会答得不如以前</h2><ul>{rows}</ul>'
        "<p>答案本来就该变的，先请管理员改必答问题的期望（golden.yaml）；确认无误也可以强制，会记入变更记录。</p></div>"
    )
