"""Choosing what answers a question from the hits: whole blocks, verbatim, the conclusion first. No language model."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.answering.expectation import holds_sort
from assistant.answering.missing import asks_for_missing, is_idle_points, is_told
from assistant.indexing.chunking import answer_blocks, block_text
from assistant.retrieval.understand import Query, content_runs
from assistant.text import compact, normalise, terms
from assistant.types import Block, BlockKind, Clause, Confidence, Form, Hit, Stage

SHORT_CLAUSE_CHARS = 320
SHORT_CLAUSE_BLOCKS = 6
LONG_ANSWER_CHARS = 260
LIST_ENTRIES = 3
LIST_DEPTH = 4
LIST_RATIO = 0.85
MAX_LIST_ENTRIES = 40
SECOND_CLAUSE_RATIO = 0.8
MAX_CLAUSES = 3
SUPPORT_DEPTH = 6
OTHER_NAME_RATIO = 0.75
NEARBY_DEPTH = 5
NEARBY_RATIO = 0.8
NEIGHBOUR_BLOCKS = 2
NAMING_RATIO, NAMING_SCORE = 2.0, 0.2
LEAD_RATIO = 0.9
LEAD_RATIO_YES_NO = 0.6
_BLOCK_RATIO = 0.8
WHOLE_LIST = 12
SAME_SHARE = 0.75
UNKNOWN_LEAD = 1.25
FITTING_DEPTH = 5
FITTING_RATIO = 0.75
FITTING_UNKNOWN = 0.85
UNKNOWN_FIRST = 0.7
MISSING_RATIO = 0.3
OTHER_DETAIL = 0.7
UNKNOWN_FLOOR = 0.1
_COUNTED = re.compile(r"\d+ ?(?:类|项|条|种|步|个阶段|个方面|方面|点)|下列|以下|：$")
_DEFINITION = re.compile(r"定义|什么叫|什么是|是什么意思|指的?是?什么|怎么理解|含义")
_NUMBER = re.compile(r"\d|[一二三四五六七八九十百]+[年月日天倍成分名个项]")


Scored = list[tuple[Block, float]]


@dataclass(frozen=True, slots=True)
class Passage:
    """Blocks of one clause that go into the answer, in the order to be shown.

    ``unknown`` tells that the first block says that the point is not known.
    """

    hit: Hit
    blocks: tuple[Block, ...]
    unknown: bool = False


def quotable(clause: Clause) -> list[Block]:
    """Return the blocks that may be shown as an answer: all but false claims and ways of asking."""
    return [block for _, block in answer_blocks(clause)]


class BlockScorer:
    """Scores blocks by the weight of the question's words that they hold; what their cosine would add is in docs/retrieval.md."""

    def __init__(self, query: Query, idf: Callable[[str], float]) -> None:
        self._weights = {term: idf(term) * weight for term, weight in query.weights.items()}
        self._total = sum(self._weights.values()) or 1.0
        self._wants_number = query.wants_number

    def score(self, block: Block) -> float:
        """Return a score that compares blocks of one question: 0–1.15."""
        held = set(terms(block_text(block)))
        lexical = sum(weight for term, weight in self._weights.items() if term in held) / self._total
        return lexical + (0.15 if self._wants_number and _NUMBER.search(block.text) else 0.0)

    def score_blocks(self, hit: Hit) -> Scored:
        """Return the blocks of a hit that may be shown with their scores."""
        return [(block, self.score(block)) for block in quotable(hit.clause)]


def extract(
    query: Query,
    hits: Sequence[Hit],
    idf: Callable[[str], float],
) -> list[Passage]:
    """Return the passages that answer ``query``, best clause first; empty only if no hit holds a quotable block."""
    hits = [hit for hit in hits if quotable(hit.clause)]
    if not hits:
        return []
    addressed = [hit for hit in hits if hit.stage is Stage.ADDRESS]
    if addressed:
        return _with_what_names(query, _whole_clauses(addressed), hits, idf)
    scorer = BlockScorer(query, idf)
    first, scored = _first_clause(query, hits, scorer.score_blocks)
    passages = [_passage(query, first, scored)]
    for hit in hits[:SUPPORT_DEPTH]:
        if len(passages) == MAX_CLAUSES or _chars(passages) > LONG_ANSWER_CHARS:
            break
        if hit is not first and hit.score >= SECOND_CLAUSE_RATIO * first.score:
            passages += _support(hit, passages, scorer.score_blocks(hit))
    line = OTHER_NAME_RATIO * max(score for _, score in scored)
    for hit in _of_other_names(query, hits, passages):
        best, score = max(scorer.score_blocks(hit), key=lambda pair: pair[1])
        if score >= line:
            passages.append(Passage(hit, (best,)))
    return passages


def _of_other_names(query: Query, hits: Sequence[Hit], passages: Sequence[Passage]) -> list[Hit]:
    """Return the best hit of each document that the question names beside others and nothing was chosen of."""
    told = {passage.hit.document.id for passage in passages}
    untold = [mention.document_ids for mention in query.mentions.side_by_side if not told & set(mention.document_ids)]
    found = [next((hit for hit in hits if hit.document.id in ids), None) for ids in untold]
    return [hit for hit in found if hit is not None]


def _passage(query: Query, hit: Hit, scored: Scored) -> Passage:
    """Return what is shown of the clause that answers; where it says that the point is not known, that leads."""
    chosen, missing = _choose(query, hit, scored), _unknown_block(query, scored)
    if missing is None:
        return Passage(hit, _without_idle_points(query, chosen))
    return Passage(hit, (missing, *(block for block in chosen if block is not missing)), unknown=True)


def _first_clause(query: Query, hits: Sequence[Hit], score: Callable[[Hit], Scored]) -> tuple[Hit, Scored]:
    """Return the clause that answers with its scored blocks.

    It is the best list, or the best clause that holds the sort of fact asked for; another clause of the same document
    takes its place where what that calls unknown is nearer to the question than all that the first one tells.
    """
    first = _list_clause(hits) if query.wants_list else _fitting_clause(query, hits)
    scored = score(first)
    if _unknown_block(query, scored):
        return first, scored
    near = [hit for hit in hits[:NEARBY_DEPTH] if hit is not first and hit.document is first.document]
    for hit in (hit for hit in near if hit.score >= NEARBY_RATIO * first.score):
        other = score(hit)
        if _unknown_block(query, [*scored, *(pair for pair in other if _may_be_asked(query, pair[0]))]):
            return hit, other
    return first, scored


def _without_idle_points(query: Query, chosen: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return ``chosen`` without what says that points were not found, where nobody asked for them and something else is left."""
    rest = tuple(
        block
        for block in chosen
        if block.confidence is not Confidence.UNKNOWN or not is_idle_points(query.question, block.text)
    )
    return rest or chosen


def _may_be_asked(query: Query, block: Block) -> bool:
    """Return whether the block says that something is not known which may be what the question asks for."""
    return block.confidence is Confidence.UNKNOWN and asks_for_missing(query.question, block.text) is not False


def _support(hit: Hit, passages: Sequence[Passage], scored: Scored) -> list[Passage]:
    """Return what a further hit adds: its best block, unless that is not known or was said already."""
    if hit.stage is Stage.NEIGHBOUR:
        return [Passage(hit, tuple(quotable(hit.clause)[:NEIGHBOUR_BLOCKS]))]
    best = max(scored, key=lambda pair: pair[1])[0]
    if best.confidence is Confidence.UNKNOWN or _says_same(best, passages):
        return []
    return [Passage(hit, (best,))]


def _whole_clauses(hits: Sequence[Hit]) -> list[Passage]:
    passages, count = [], 0
    for hit in hits:
        blocks = tuple(quotable(hit.clause))
        unknown = all(block.confidence is Confidence.UNKNOWN for block in blocks)
        if count + len(blocks) > MAX_LIST_ENTRIES:
            break
        passages.append(Passage(hit, blocks, unknown))
        count += len(blocks)
    return passages


def _without_names(query: Query) -> Query:
    """Return ``query`` with the weights of what it asks, the documents and clauses that it names left out."""
    rest = compact(query.question)
    for named in (*(item.text for item in query.mentions.documents), *(item.number for item in query.mentions.clauses)):
        rest = rest.replace(compact(named), " ")
    return replace(query, weights={term: 1.0 for run in content_runs(rest) for term in terms(run)})


def _with_what_names(
    query: Query, passages: list[Passage], hits: Sequence[Hit], idf: Callable[[str], float]
) -> list[Passage]:
    """Return ``passages``, the clauses that the question addresses, with what names them and tells far more of what is asked.

    What a breach of a clause costs (违反第十二条怎么罚) stands in another one.
    """
    numbers = [compact(mention.number) for mention in query.mentions.clauses]
    scorer = BlockScorer(_without_names(query), idf)
    added: list[Passage] = []
    line = NAMING_RATIO * max((scorer.score(block) for passage in passages for block in passage.blocks), default=0.0)
    for hit in hits[: NEARBY_DEPTH + len(passages)]:
        block, score = max(scorer.score_blocks(hit), key=lambda pair: pair[1])
        names = any(number in compact(block.text) for number in numbers)
        if (
            hit.stage is not Stage.ADDRESS
            and names
            and score >= max(line, NAMING_SCORE)
            and not _says_same(block, [*passages, *added])
        ):
            added.append(Passage(hit, (block,)))
    return [*passages, *added[:MAX_CLAUSES]]


def _entries(clause: Clause) -> int:
    return sum(block.kind in (BlockKind.ITEM, BlockKind.ROW) for block in clause.blocks)


def _list_clause(hits: Sequence[Hit]) -> Hit:
    """Return the best hit that holds a list of what is known, if one is nearly as good as the best hit."""
    for hit in hits[:LIST_DEPTH]:
        known = [block for block in quotable(hit.clause) if block.confidence is not Confidence.UNKNOWN]
        if (
            hit.score >= LIST_RATIO * hits[0].score
            and _entries(hit.clause) >= LIST_ENTRIES
            and len(known) >= LIST_ENTRIES
        ):
            return hit
    return hits[0]


def _fitting_clause(query: Query, hits: Sequence[Hit]) -> Hit:
    """Return the best hit, or one nearly as good if only that holds the sort of fact asked for (a date, a fee …)."""
    near = [hit for hit in hits[:FITTING_DEPTH] if hit.score >= FITTING_RATIO * hits[0].score]
    return next((hit for hit in near if holds_sort(query.question, quotable(hit.clause))), hits[0])


def _unknown_block(query: Query, scored: Scored) -> Block | None:
    """Return the block that says that the very point is not known, or None where the clause answers.

    It names the detail asked for, or it is the block nearest to the question. Where the clause begins with such a block,
    that is its conclusion, and the others have to be clearly nearer. A block that is nearly as near and holds the sort of
    fact asked for (an amount, a date) wins. A yes-or-no question is mostly answered by the conclusion, so there the unknown
    has to be clearly nearer.
    """
    missing = [(block, score) for block, score in scored if block.confidence is Confidence.UNKNOWN]
    if not missing:
        return None
    if len(missing) == len(scored):
        return max(missing, key=lambda pair: pair[1])[0]
    known, best = max(
        ((score, block) for block, score in scored if block.confidence is not Confidence.UNKNOWN),
        key=lambda pair: pair[0],
    )
    holding = holds_sort(query.question, [best]) and not holds_sort(query.question, [])
    told = [block.text for block, _ in scored if block.confidence is not Confidence.UNKNOWN]
    asked = {block: _asked(query.question, block.text, told) for block, _ in missing}
    named = [(block, score) for block, score in missing if asked[block]]
    if named and (pair := max(named, key=lambda pair: pair[1]))[1] > (1.0 if holding else MISSING_RATIO) * known:
        return pair[0]
    block, unknown = max(
        ((block, score * (OTHER_DETAIL if asked[block] is False else 1.0)) for block, score in missing),
        key=lambda pair: pair[1],
    )
    if known >= FITTING_UNKNOWN * unknown and holding:
        return None
    if scored[0][0].confidence is Confidence.UNKNOWN:
        line = (1.0 if query.yes_no else UNKNOWN_FIRST) * known
    else:
        line = max(UNKNOWN_FLOOR, (UNKNOWN_LEAD if query.yes_no else 1.0) * known)
    return block if unknown > line else None


def _asked(question: str, unknown: str, told: Sequence[str]) -> bool | None:
    """Return whether ``unknown`` names the detail asked for and nothing that is ``told`` gives it; None where it names none."""
    asked = asks_for_missing(question, unknown)
    return False if asked and any(is_told(question, unknown, text) for text in told) else asked


def _choose(query: Query, hit: Hit, scored: Scored) -> tuple[Block, ...]:
    """Return the blocks of the best clause to show: all of a short clause, a list whole, else the best ones.

    Contradictory sources are all told. The conclusion, with which digests begin, is told too, unless it is that something
    is not known.
    """
    blocks = quotable(hit.clause)
    chars = sum(len(block.text) for block in blocks)
    whole = chars <= SHORT_CLAUSE_CHARS and len(blocks) <= SHORT_CLAUSE_BLOCKS
    conflicting = any(block.confidence is Confidence.CONFLICTING for block in blocks)
    listed = query.in_detail or (query.wants_list and _entries(hit.clause) >= LIST_ENTRIES)
    if conflicting or listed or _defines(query, hit.clause):
        return tuple(blocks[:MAX_LIST_ENTRIES])
    if whole:
        return _led(query, hit, blocks, scored) if hit.document.form is Form.DIGEST else tuple(blocks)
    top = max(score for _, score in scored)
    kept = [(block, score) for block, score in scored if score >= _BLOCK_RATIO * top]
    kept = sorted(kept, key=lambda pair: -pair[1])[:4] + _naming(query, scored)
    kept += _of_sort(query, scored, [block for block, _ in kept])
    chosen = sorted({block for block, _ in kept}, key=lambda block: block.start)
    if hit.document.form is Form.DIGEST and blocks[0] not in chosen and blocks[0].confidence is not Confidence.UNKNOWN:
        chosen.insert(0, blocks[0])
    return _led(query, hit, _with_whole_list(chosen, blocks), scored)


def _led(query: Query, hit: Hit, chosen: Sequence[Block], scored: Scored) -> tuple[Block, ...]:
    """Return ``chosen`` with the block that is nearest to the question first, entries of a list left in their places.

    Digests begin with the conclusion, so there the nearest has to be clearly nearer, above all where yes or no is asked, and
    to hold the sort of fact asked for if the conclusion does.
    """
    near = dict(scored)
    best = max((block for block in chosen if _may_lead(block)), key=lambda block: near[block], default=chosen[0])
    line = (LEAD_RATIO_YES_NO if query.yes_no else LEAD_RATIO) if hit.document.form is Form.DIGEST else 1.0
    loses_fact = holds_sort(query.question, [chosen[0]]) and not holds_sort(query.question, [best])
    if loses_fact or near[chosen[0]] >= line * near[best]:
        return tuple(chosen)
    return (best, *(block for block in chosen if block is not best))


def _may_lead(block: Block) -> bool:
    return block.kind is BlockKind.PARAGRAPH and block.confidence is not Confidence.UNKNOWN


def _defines(query: Query, clause: Clause) -> bool:
    """Return whether a definition is asked for and the clause gives one: half a definition is none."""
    return "定义" in clause.heading and _DEFINITION.search(compact(query.question)) is not None


def _with_whole_list(chosen: list[Block], blocks: Sequence[Block]) -> list[Block]:
    """Return ``chosen`` with the whole list where one of its items, or the lead that counts them, was chosen."""
    items = [block for block in blocks if block.kind is BlockKind.ITEM]
    leads = [block for block, after in pairwise(blocks) if after.kind is BlockKind.ITEM]
    counted = any(block in leads and _COUNTED.search(block.text) for block in chosen)
    if not items or len(items) > WHOLE_LIST or not (counted or any(item in chosen for item in items)):
        return chosen
    return [block for block in chosen if block not in items] + items


def _naming(query: Query, scored: Scored) -> Scored:
    """Return the first block for each name in the question: who is asked about must be told of."""
    found = []
    for name in query.named:
        found += [pair for pair in scored if name in normalise(pair[0].text)][:1]
    return found


def _of_sort(query: Query, scored: Scored, chosen: Sequence[Block]) -> Scored:
    """Return the best block that holds the sort of fact asked for (an amount, a date) where no chosen one does."""
    if holds_sort(query.question, chosen):
        return []
    holding = [pair for pair in scored if holds_sort(query.question, [pair[0]])]
    return [max(holding, key=lambda pair: pair[1])] if holding else []


def _chars(passages: Sequence[Passage]) -> int:
    return sum(len(block.text) for passage in passages for block in passage.blocks)


def _says_same(block: Block, passages: Sequence[Passage]) -> bool:
    """Return whether most of the block's words are in what was chosen already."""
    held = {term for passage in passages for chosen in passage.blocks for term in terms(chosen.text)}
    own = set(terms(block.text))
    return len(own & held) > SAME_SHARE * len(own) or any(
        compact(block.text) in compact(chosen.text) for passage in passages for chosen in passage.blocks
    )
