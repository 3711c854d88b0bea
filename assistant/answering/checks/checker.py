"""All checks of one sentence, and what follows from them. No language model is involved."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Event

from assistant.answering.checks.claims import says_lacking, states_fact
from assistant.answering.checks.modality import wrong_modality
from assistant.answering.checks.numbers import wrong_figures
from assistant.answering.checks.sources import CitedSource
from assistant.answering.checks.support import SupportMeter
from assistant.answering.checks.wording import wrong_contacts, wrong_quotations
from assistant.answering.sentences import Written
from assistant.types import Check, CheckName, SentenceStatus, Status

_OUT_OF_FORCE = (Status.REPEALED, Status.SUPERSEDED, Status.NOT_YET)
_TELLS_VALIDITY = re.compile(
    r"废止|失效|代替|取代|替代|替换|不再(?:有效|适用|施行|执行|现行)|停止执行|"
    r"旧(?:版|标准|规[定则章]|办法)|改[成为用写]|换成|删[去掉除]|恢复|(?:19|20)\d\d ?版|"
    r"原(?:标准|规定|办法|先|来|行标)|当时|曾|历史|以前|过去|此前|前身|"
    r"过期|已(?:经)?被|非现行|不(?:能|可|得|应|宜|再)(?:再)?(?:当作|作为|算作?|按|是)?.{0,4}(?:现行|有效)|不是(?:现在|现行|目前|今年|最新)|20\d\d年(?:版|的时候|当时)|老(?:版|标准|政策|办法)|往年|上一(?:轮|版)|那时|结束|期满|届满|到期|失去|收官|停止|终止"
)
_TELLS_NOW = re.compile(r"现在|目前|如今|现行|仍|还[能可]|有效|可以直接")
_OF_A_YEAR = re.compile(r"《?((?:19|20)\d{2})年")
_TELLS_PAST = re.compile(r"(?:19|20)\d{2} ?年.*(?:了|已|当年|一共|总共|先后)|(?:了|已).*(?:19|20)\d{2} ?年")
_TELLS_COMING = re.compile(r"尚未|还没|未生效|将|起(?:施行|实施|生效|执行)|新版|以后|届时")
_FAILING = (CheckName.QUOTATIONS, CheckName.NUMBERS, CheckName.MODALITY, CheckName.VALIDITY, CheckName.SAFETY)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checks say of a sentence.

    ``marks`` are those that were given, ``removed`` those that never were. ``claim`` tells that the sentence states a
    fact, ``lacking`` that it only says the material does not hold something.
    """

    status: SentenceStatus
    checks: tuple[Check, ...]
    marks: tuple[int, ...]
    removed: tuple[int, ...]
    claim: bool
    lacking: bool


class Checker:
    """Checks the sentences of one answer against the clauses that the model was given, by their numbers."""

    def __init__(self, sources: Mapping[int, CitedSource], meter: SupportMeter, question: str = "") -> None:
        self._sources = sources
        self._meter = meter
        self._question = question

    def check(self, sentence: Written) -> Verdict:
        """Return the verdict on ``sentence``."""
        marks = tuple(mark for mark in sentence.marks if mark in self._sources)
        removed = tuple(mark for mark in sentence.marks if mark not in self._sources)
        claim = bool(sentence.marks) or states_fact(sentence.text, heading=sentence.heading)
        sources = [self._sources[mark] for mark in marks]
        checks = [_check_marks(marks, removed, claim=claim), *self._compare(sentence.text, sources)]
        return Verdict(_status(checks), tuple(checks), marks, removed, claim, not marks and says_lacking(sentence.text))

    def prepare(self, stopped: Event) -> None:
        """Read and embed the sources ahead, so that checking a sentence costs no more than the sentence."""
        for source in self._sources.values():
            if stopped.is_set():
                return
            wrong_figures("", [source])  # both keep what they read of a source
            wrong_modality("", [source])
            self._meter.prepare([source])

    def _compare(self, text: str, sources: Sequence[CitedSource]) -> list[Check]:
        """Return the checks of what a sentence says. One without sources may only use the question's own figures."""
        figures = wrong_figures(text, sources, self._question) if sources else _foreign_figures(text, self._question)
        checks = [
            _check(CheckName.NUMBERS, figures),
            _check(CheckName.QUOTATIONS, wrong_quotations(text, sources) if sources else []),
            _check(CheckName.SAFETY, wrong_contacts(text, sources)),
        ]
        if sources:
            checks.append(_check(CheckName.MODALITY, wrong_modality(text, sources)))
            checks.append(_check_validity(text, sources))
            checks.append(self._check_support(text, sources))
        return checks

    def _check_support(self, text: str, sources: Sequence[CitedSource]) -> Check:
        support = self._meter.measure(text, sources)
        measured = f"用词重合 {support.coverage:.0%}" + (f"，向量相似 {support.cosine:.2f}" if support.cosine else "")
        return Check(
            CheckName.SUPPORT, support.enough, measured if support.enough else f"与所引条款对不上（{measured}）"
        )


def _foreign_figures(text: str, question: str) -> list[str]:
    return wrong_figures(f"您{text.replace('，', '，您')}", [], question)


def _status(checks: Sequence[Check]) -> SentenceStatus:
    wrong = {check.name for check in checks if not check.ok}
    if wrong & set(_FAILING):
        return SentenceStatus.FAILED
    return SentenceStatus.UNVERIFIED if wrong else SentenceStatus.SUPPORTED


def _check(name: CheckName, problems: Sequence[str]) -> Check:
    return Check(name, not problems, "；".join(problems))


def _check_marks(marks: Sequence[int], removed: Sequence[int], *, claim: bool) -> Check:
    if removed:
        listed = "".join(f"[{mark}]" for mark in removed)
        return Check(CheckName.MARKS, False, f"编号 {listed} 不存在，已去掉")
    if claim and not marks:
        return Check(CheckName.MARKS, False, "没有注明出处")
    return Check(CheckName.MARKS, True, "" if claim else "不含事实陈述")


def _check_validity(text: str, sources: Sequence[CitedSource]) -> Check:
    past = [source for source in sources if source.status in _OUT_OF_FORCE]
    past = [source for source in past if not _tells(text, source.status) and not _tells_year(text, source.name)]
    if not past:
        return Check(CheckName.VALIDITY, True, "")
    names = "、".join(dict.fromkeys(f"{source.name}（{source.status.value}）" for source in past))
    return Check(CheckName.VALIDITY, False, f"所引{names}，句中没有说明")


def _tells_year(text: str, name: str) -> bool:
    """Return whether a sentence names the year that a text is about by its title: 2024 年的家电以旧换新."""
    year = _OF_A_YEAR.match(name)
    return year is not None and re.search(rf"{year[1]} ?年(?! ?\d)", text) is not None and not _TELLS_NOW.search(text)


def _tells(text: str, status: Status) -> bool:
    if status is Status.NOT_YET:
        return _TELLS_COMING.search(text) is not None
    return _TELLS_VALIDITY.search(text) is not None or _TELLS_PAST.search(text) is not None
