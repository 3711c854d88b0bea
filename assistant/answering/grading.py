"""Working out a score and its grade from the figures of a question, by the rules that clauses of the standard state.

No rule stands here: the grades, what a deduction or a bonus is worth, and the formula are read from the clauses, which are
then cited. Where the clauses leave open in which order two rules apply, both ways are shown.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from assistant.indexing.chunking import answer_blocks, block_text
from assistant.text import compact, parse_numeral
from assistant.types import Block, BlockKind, Clause, Confidence

_FULL = 100
_NUMERAL = r"(\d+(?:\.\d+)?|[一二两三四五六七八九十]+)"
_ASKS_RESULT = re.compile(
    r"[几哪多少什么啥]{1,2}(?:个|种|等|颗)?(?:星|级|分|等级|档)|能评|评得上|够不够|够得?上|及格|合格吗|能过|算通过|折算|怎么算|咋算"
)
_TOTAL = re.compile(
    r"(?:涉及项|适用项?|适用指标|剩下的?|满分(?=只?剩|变成?|成了|还有|合计|是|为)|[总一]共(?=只?剩)|总分(?=只?剩))的?"
    r"(?:总分|满分|合计|总计|一共|加起来|变成?|成了|还|是|为|只?剩|有|下|[，,])*" + _NUMERAL + "分?"
)
_POINTS = re.compile(
    r"(?:实得|实际[得拿]?了?|得了?|[得裸净]分|原始分|分数|自评|评了|打了|打出|考了|拿[了到]|总分|评审)"
    r"(?:分|得分|来|是|为|有|了|的|大概|大约|约|出来|结果|打|评|[，,：:])*" + _NUMERAL + "分?(?!星|个|项|条)"
)
_PLAIN = re.compile(
    rf"(?<=分)[是为:：]?(\d{{2}}\.\d+)(?![\d分])|(?<![\d.要需到满够]){_NUMERAL}分(?!钟|之|以[上下]|及以上|项|值|成|数|制)"
)
_LARGE = re.compile(r"(?<![\d.])\d{2,3}(?:\.\d+)?(?![\d.])")
_QUOTES = re.compile("[“”‘’\"'「」]")
_OUT_OF_HUNDRED = re.compile(
    r"(?:满分|总分|总共|一共|按)[是为]?(?:100|一百)分?[制的]?(?=.*(?:\d|[一二三四五六七八九]十))"
)
# Something is taken off or added, but not in figures that could be read: a grade worked out without it would be wrong.
_UNTOLD = re.compile(r"扣|减(?!少|免)|特别加分|去掉|删|划掉|不适用|不涉及|满意度|基数")
_NOTHING_TAKEN = re.compile(r"(?:没有?|无|未|不涉及|没被)(?:任何|被)?(?:特别)?(?:扣|加|减)过?分?项?")
_HALF = re.compile(r"(?<=分)半(?![天年月])")
_DEDUCTIONS = re.compile(
    rf"{_NUMERAL}(?:个|项|条|处|次)(?:的)?特别扣分|"
    rf"特别扣分项?(?:有|是|为|共|一共|记了|扣了|被记|又)*{_NUMERAL}(?:个|项|条|处)"
)
_BONUSES = re.compile(
    rf"{_NUMERAL}(?:个|项|条)(?:的)?特别加分|特别加分项?(?:有|是|为|共|一共|记了|加了)*{_NUMERAL}(?:个|项|条)"
)

_GRADE = re.compile(r"^等级：(?P<name>[^；]+)；得分[^：]*：(?P<range>(?P<low>\d+) ?分及以上.*)$")
_FORMULA = re.compile(r"得分 ?= ?实得分 ?÷ ?涉及项总分 ?× ?100")
_DEDUCTION = re.compile(r"特别扣分项.*每项.*减 ?(\d+) ?分")
_LIMIT = re.compile(r"特别扣分项达到 ?(\d+) ?个及以上，评价不合格")
_BONUS = re.compile(r"可以加 ?(\d+) ?分，特别加分项最多 ?(\d+) ?项")
_ORDER_OPEN = re.compile(r"在折算前减还是折算后减，未查到")

Grounds = tuple[Clause, Block]


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures that a question gives. ``total`` is that of the items that apply, 100 if none was left out."""

    points: Fraction
    total: Fraction | None = None
    deductions: int = 0
    bonuses: int = 0


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A sentence that was worked out, and the blocks whose rules it applies."""

    text: str
    grounds: tuple[Grounds, ...]


def figures_of(question: str) -> Figures | None:
    """Return the figures of a question that asks for a score or grade and gives points; None for any other question."""
    plain = _QUOTES.sub("", compact(question))
    plain = _OUT_OF_HUNDRED.sub(lambda match: " " * len(match.group()), plain)
    deductions, bonuses = _DEDUCTIONS.search(plain), _BONUSES.search(plain)
    if not (_ASKS_RESULT.search(plain) or deductions or bonuses):
        return None
    total = _TOTAL.search(plain)
    rest = plain[: total.start()] + " " * len(total.group()) + plain[total.end() :] if total else plain
    points = _POINTS.search(rest) or _only_score(rest)
    if points is None or (not (total or deductions or bonuses) and _UNTOLD.search(_NOTHING_TAKEN.sub("", plain))):
        return None
    whole = _value(total) if total else _FULL
    figures = Figures(
        points=_value(points) + _half(rest, points),
        total=None if whole == _FULL else Fraction(whole),
        deductions=int(_value(deductions)),
        bonuses=int(_value(bonuses)),
    )
    return figures if 0 <= figures.points <= (figures.total or _FULL) <= _FULL else None


def _only_score(plain: str) -> re.Match[str] | None:
    """Return the score in ``87.5分算什么级别``: the one figure of points, at least half the full mark.

    Another number of that size might be the total, so there must be none; a decimal can only be the score.
    """
    scores, numbers = list(_PLAIN.finditer(plain)), set(_LARGE.findall(plain))
    if len(scores) != 1 or _value(scores[0]) < _FULL / 2:
        return None
    told = next(group for group in scores[0].groups() if group)
    return scores[0] if "." in told or numbers <= {told} else None


def _half(plain: str, points: re.Match[str]) -> Fraction:
    return Fraction(1, 2) if _HALF.match(plain, points.end()) else Fraction(0)


def _value(match: re.Match[str] | None) -> Fraction:
    numeral = next((group for group in match.groups() if group), "0") if match else "0"
    return Fraction(numeral) if numeral[0].isdecimal() else Fraction(parse_numeral(numeral) or 0)


class Rules:
    """The rules of scoring and grading as clauses state them; what none of them states is not worked out."""

    def __init__(self, clauses: Iterable[Clause]) -> None:
        self._grades: list[tuple[int, str, Grounds]] = []
        self._found: dict[re.Pattern[str], tuple[re.Match[str], Grounds]] = {}
        for clause in clauses:
            for _, block in answer_blocks(clause):
                self._read(clause, block)
        self._grades.sort(key=lambda grade: -grade[0])

    def _read(self, clause: Clause, block: Block) -> None:
        text = block_text(block)
        if block.kind is BlockKind.ROW and (match := _GRADE.match(text)):
            low = int(match["low"])
            if all(low != known for known, _, _ in self._grades):
                self._grades.append((low, f"{match['name']}（{match['range'].split('（')[0]}）", (clause, block)))
        for pattern in (_FORMULA, _DEDUCTION, _LIMIT, _BONUS, _ORDER_OPEN):
            open_point = block.confidence is Confidence.UNKNOWN
            if (
                pattern not in self._found
                and open_point == (pattern is _ORDER_OPEN)
                and (match := pattern.search(text))
            ):
                self._found[pattern] = match, (clause, block)

    def reckon(self, figures: Figures) -> Reckoned | None:
        """Return the score and grade for ``figures`` with the way there, None where a rule that is needed is not stated."""
        needed = [
            pattern
            for pattern, given in (
                (_FORMULA, figures.total),
                (_DEDUCTION, figures.deductions),
                (_BONUS, figures.bonuses),
            )
            if given
        ]
        if not self._grades or any(pattern not in self._found for pattern in needed):
            return None
        grounds = [self._found[pattern][1] for pattern in needed]
        change, steps = self._change(figures)
        limit = self._found.get(_LIMIT)
        if limit and figures.deductions >= int(limit[0][1]):
            text = f"特别扣分项有 {figures.deductions} 个，达到 {limit[0][1]} 个及以上，评价不合格，不再看得分。"
            return Reckoned(text, (limit[1],))
        text, grades = self._worked_out(figures, change, steps)
        if limit and not figures.deductions:
            text += f"，前提是特别扣分项不到 {limit[0][1]} 个"
            grounds.append(limit[1])
        return Reckoned(f"{text}。", tuple(dict.fromkeys((*grounds, *grades))))

    def _worked_out(self, figures: Figures, change: int, steps: str) -> tuple[str, Sequence[Grounds]]:
        """Return (the way to the score and its grade, or both ways where their order is open; the blocks that grade it)."""
        points, total = figures.points, figures.total
        if total is None:
            line, grade = self._outcome(_shown(points) + steps, points + change, bool(steps))
            return f"按所引条款计算：{line}", grade
        line, grade = self._outcome(
            f"{_shown(points)} ÷ {_shown(total)} × 100{steps}", points / total * 100 + change, True
        )
        if not change:
            return f"按所引条款计算：{line}", grade
        other_way = f"（{_shown(points)}{steps}）÷ {_shown(total)} × 100"
        other, other_grade = self._outcome(other_way, (points + change) / total * 100, True)
        order = [self._found[_ORDER_OPEN][1]] if _ORDER_OPEN in self._found else []
        text = f"扣、加分在折算前还是折算后，条款没有写明，两种算法是：先折算，{line}；先扣、加分，{other}"
        return text, (*order, *grade, *other_grade)

    def _change(self, figures: Figures) -> tuple[int, str]:
        """Return (what deductions and bonuses change, the steps as they are written)."""
        change, steps = 0, ""
        if figures.deductions:
            each = int(self._found[_DEDUCTION][0][1])
            change -= figures.deductions * each
            steps += f" − {figures.deductions} × {each}"
        if figures.bonuses:
            each, most = (int(value) for value in self._found[_BONUS][0].groups())
            counted = min(figures.bonuses, most)
            change += counted * each
            steps += f" + {counted} × {each}"
        return change, steps

    def _outcome(self, steps: str, score: Fraction, worked: bool) -> tuple[str, Sequence[Grounds]]:
        """Return (score and grade in words, the row of the grade)."""
        result = f"{steps} {'=' if _is_exact(score) else '≈'} {_shown(score)} 分" if worked else f"{_shown(score)} 分"
        for low, name, grounds in self._grades:
            if score >= low:
                return f"{result}，在{name}的范围内", [grounds]
        low, _, grounds = self._grades[-1]
        return f"{result}，不足 {low} 分，评价不合格", [grounds]


def _is_exact(score: Fraction) -> bool:
    return score == Fraction(_shown(score))


def _shown(value: Fraction) -> str:
    """Return a number with at most two decimals, cut off: a score just below a line must not look as if it reached it."""
    whole, rest = divmod(value.numerator * 100 // value.denominator, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") if rest else str(whole)
