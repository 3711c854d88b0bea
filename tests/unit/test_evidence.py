from assistant.answering.evidence import Evidence, gather, support
from assistant.corpus.front_matter import parse_document
from assistant.retrieval.search import Found
from assistant.retrieval.understand import understand
from assistant.structure.address import NameIndex
from assistant.structure.outline import parse_clauses
from assistant.types import Hit, Stage, Status
from tests.fakes import FAQ

NAMES = NameIndex([])
BEYOND = FAQ.replace("confidence: 双源", "confidence: 未知")


def hits_of(text: str, *scores: float) -> list[Hit]:
    document = parse_document(text, "test.md", [])
    assert document is not None
    clauses = [clause for clause in parse_clauses(document) if clause.blocks]
    return [
        Hit(clause, document, Status.IN_FORCE, score, rank, Stage.FUSED)
        for rank, (clause, score) in enumerate(zip(clauses, scores, strict=False), 1)
    ]


def signals(question: str, found: Found) -> Evidence:
    return gather(understand(question, NAMES), found, lambda _: 1.0)


def test_signals_of_a_question() -> None:
    found = Found(tuple(hits_of(FAQ, 0.8, 0.4)), (), (), 0.7, 0.6)
    evidence = signals("证书有效期几年", found)
    assert evidence.known == 0.7
    assert round(evidence.lead, 6) == 1.0
    assert evidence.coverage == 1.0
    assert evidence.rival == 0.5
    assert (evidence.beyond, evidence.beyond_3) == (0.0, 0.0)


def test_a_list_of_what_is_not_held_speaks_for_a_refusal() -> None:
    held = Found(tuple(hits_of(FAQ, 0.8, 0.4)), (), (), 0.7, 0.6)
    beyond = Found(tuple(hits_of(BEYOND, 0.8, 0.4)), (), (), 0.7, 0.6)
    assert signals("证书有效期几年", beyond).beyond == 1.0
    assert support(signals("证书有效期几年", beyond)) < support(signals("证书有效期几年", held))


def test_without_hits_everything_speaks_for_a_refusal() -> None:
    assert support(signals("证书有效期几年", Found((), (), ()))) < 0.05
