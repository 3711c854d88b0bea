"""Slips are put right by the corpus's own words, and what it says is left alone."""

from pathlib import Path

import pytest

from assistant.errors import IndexStaleError
from assistant.indexing.vocabulary import FILE, Vocabulary, folded, read_vocabulary, write_vocabulary
from assistant.retrieval.spelling import Slip, Speller
from assistant.text import terms

TEXT = (
    "售后服务认证证书有效期三年。售后服务管理师按人数配备。认证机构进行现场评审，评审后颁发认证证书。"
    "售后服务认证的评审分为文件评审与现场评审。监督审核每年一次。售后服务满意度调查。人员培训，投诉处理，网点。"
)


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    folder = tmp_path_factory.mktemp("words")
    write_vocabulary(folder, [("standard", TEXT * 3), ("gone", "麒麟送子")])
    write_vocabulary(folder, [], gone=["gone"])
    return read_vocabulary(folder)


@pytest.fixture(scope="module")
def speller(vocabulary: Vocabulary) -> Speller:
    held = set(terms(TEXT))
    return Speller(vocabulary, held.__contains__)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("售后服务认征要多久", "售后服务认证要多久"),
        ("证书有笑期几年", "证书有效期几年"),
        ("监督审合几次", "监督审核几次"),
        ("管里师要几个", "管理师要几个"),
        ("现场评身谁来", "现场评审谁来"),
        ("shouhou fuwu renzheng 要什么", "售后服务认证 要什么"),
        ("zhengshu过期了", "证书过期了"),
        ("sohou fuwu", "sohou fuwu"),
    ],
)
def test_slips_are_put_right(speller: Speller, typed: str, meant: str) -> None:
    assert speller.correct(typed) == meant


@pytest.mark.parametrize(
    "question",
    [
        "售后服务认证证书有效期几年",
        "我们没有专门的售后部门能申请吗",
        "海尔的得分是多少",
        "ISO 14001 和 GB/T 27922-2011 有什么区别",
        "please tell me the validity",
        "今天天气怎么样",
        "",
    ],
)
def test_what_is_no_slip_is_left_alone(speller: Speller, question: str) -> None:
    assert speller.correct(question) == question


def test_offsets_are_into_the_question(speller: Speller) -> None:
    question = "请问：证书有笑期和认征"
    slips = speller.slips(question)
    assert [(question[slip.start : slip.end], slip.right) for slip in slips] == [("有笑期", "有效期"), ("认征", "认证")]
    assert all(isinstance(slip, Slip) for slip in slips)


def test_sounds_that_speakers_mix_up_are_alike() -> None:
    assert folded("zheng") == folded("zen")
    assert folded("chuan") == folded("cuan")


def test_words_go_with_their_document(vocabulary: Vocabulary) -> None:
    assert not any("麒" in word for word in vocabulary.words)
    assert vocabulary.words["认证"][0] == folded("renzheng")
    assert vocabulary.letters["行"]


def test_a_damaged_vocabulary_is_told(tmp_path: Path) -> None:
    with pytest.raises(IndexStaleError):
        read_vocabulary(tmp_path)
    (tmp_path / FILE).write_bytes(b"no database")
    with pytest.raises(IndexStaleError):
        read_vocabulary(tmp_path)
