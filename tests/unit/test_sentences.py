import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.sentences import SentenceReader, Written, written

ANSWER = """<think>先看[1]，再看[2]。
证书<3年？</think>
## 结论
没有单独的部门也能申请[1][2]。可以“指定现有部门。”归口管理（不必新设。见5.1）[1,3]。证书几年？三年！！[2]
- **营业执照**，见[1-3]；
- 服务手册 [^4] 。
1. 网点清单【5】
（2）组织图［6］

> 资料中没有说明[条款7]。最后一句没有写完[8"""


def read(*pieces: str) -> list[Written]:
    reader = SentenceReader()
    found = [sentence for piece in pieces for sentence in reader.feed(piece)]
    return found + reader.finish()


def told(text: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(sentence.text, sentence.marks) for sentence in read(text)]


def cut(text: str, points: list[int]) -> list[str]:
    edges = [0, *sorted(point % (len(text) + 1) for point in points), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


def test_a_whole_answer() -> None:
    assert read(ANSWER)[:-1] == [
        Written("结论", (), heading=True),
        Written("没有单独的部门也能申请。", (1, 2)),
        Written("可以“指定现有部门。”归口管理（不必新设。见5.1）。", (1, 3)),
        Written("证书几年？", ()),
        Written("三年！！", (2,)),
        Written("营业执照，见；", (1, 2, 3), item=True),
        Written("服务手册。", (4,), item=True),
        Written("网点清单", (5,), item=True),
        Written("组织图", (6,), item=True),
        Written("资料中没有说明。", (7,)),
    ]


@given(st.lists(st.integers(0, 10_000), max_size=12))
def test_any_cut_gives_the_same_sentences(points: list[int]) -> None:
    assert read(*cut(ANSWER, points)) == read(ANSWER)


def test_letter_by_letter_gives_the_same_sentences() -> None:
    assert read(*ANSWER) == read(ANSWER)


@given(
    st.text(alphabet="企业3年。！？“”（）[]【】1,，- \n#*^<>/think", max_size=60),
    st.lists(st.integers(0, 10_000), max_size=6),
)
def test_any_cut_of_any_text_gives_the_same_sentences(text: str, points: list[int]) -> None:
    assert read(*cut(text, points)) == read(text)


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ("[1]", (1,)),
        ("[1][2]", (1, 2)),
        ("[1] [2]", (1, 2)),
        ("[1,3]", (1, 3)),
        ("[1, 3]", (1, 3)),
        ("[1，3]", (1, 3)),
        ("[1、3]", (1, 3)),
        ("[1-3]", (1, 2, 3)),
        ("[1–3]", (1, 2, 3)),
        ("[1~3]", (1, 2, 3)),
        ("【1】", (1,)),
        ("【1、2】", (1, 2)),
        ("［1］", (1,)),
        ("[^1]", (1,)),
        ("[^1][^2]", (1, 2)),
        ("[条款1]", (1,)),
        ("[来源 2]", (2,)),
        ("[1][1]", (1,)),
        ("[3][1]", (3, 1)),
        ("[ 12 ]", (12,)),
        ("[1和2]", (1, 2)),
    ],
)
@pytest.mark.parametrize("form", ["证书三年有效{}。", "证书三年有效。{}", "证书三年有效 {} 。"])
def test_marks_in_any_form_before_and_after_the_stop(marks: str, expected: tuple[int, ...], form: str) -> None:
    assert told(form.format(marks)) == [("证书三年有效。", expected)]


@pytest.mark.parametrize("marks", ["[2011]", "[附录A]", "[注]", "[1a]", "〔1〕", "(1)", "[]"])
def test_other_brackets_are_no_marks(marks: str) -> None:
    assert told(f"见{marks}所述。") == [(f"见{marks}所述。", ())]


def test_a_range_that_is_no_range_names_its_ends() -> None:
    assert written("见[3-1]。").marks == (3, 1)
    assert written("见[1-100]。").marks == (1, 100)
    assert written("见[1-21]。").marks == tuple(range(1, 22))


def test_marks_after_a_stop_belong_to_the_sentence_before() -> None:
    assert told("甲企业。[1] [2]乙企业。[3]丙企业[4]。") == [
        ("甲企业。", (1, 2)),
        ("乙企业。", (3,)),
        ("丙企业。", (4,)),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "条款写着“应当建立。不得转让。”的话。",
        "名为「一。二」的章。",
        "名为『一？二』的章。",
        "企业（指法人。下同）申请。",
        "企业(指法人。下同)申请。",
        "见《问答。汇编》一书。",
    ],
)
def test_quotes_and_brackets_are_not_split(text: str) -> None:
    assert told(text + "另一句。") == [(text, ()), ("另一句。", ())]


def test_a_quote_that_is_never_closed_ends_with_its_line() -> None:
    assert told("写着“应当建立。不得转让。\n另一句。") == [("写着“应当建立。不得转让。", ()), ("另一句。", ())]


@pytest.mark.parametrize("stop", ["。", "！", "？", "!", "?", "？！", "！！！"])
def test_a_sentence_ends_with_its_signs(stop: str) -> None:
    assert told(f"甲企业{stop}乙企业。") == [(f"甲企业{stop}", ()), ("乙企业。", ())]


@pytest.mark.parametrize("sign", ["- ", "* ", "• ", "1. ", "1、", "2）", "(3) ", "（4）", "10. ", "  - "])
def test_signs_of_a_list_are_taken_off_and_told(sign: str) -> None:
    assert read(f"{sign}营业执照[1]\n") == [Written("营业执照", (1,), item=True)]


@pytest.mark.parametrize("text", ["5.1.2 条规定归口。", "3.5 分。", "2012年实施。", "一、二级都算。"])
def test_a_number_that_begins_a_sentence_is_no_list_sign(text: str) -> None:
    assert read(text) == [Written(text, ())]


@pytest.mark.parametrize(
    ("raw", "text", "heading"),
    [
        ("# 结论\n", "结论", True),
        ("### 依据 ###\n", "依据 ###", True),
        ("**结论**\n", "结论", False),
        ("C# 语言\n", "C# 语言", False),
    ],
)
def test_headings(raw: str, text: str, heading: bool) -> None:
    assert read(raw) == [Written(text, (), heading=heading)]


@pytest.mark.parametrize("raw", ["**三年**有效。", "__三年__有效。", "`三年`有效。", "> 三年有效。", "三年有效 。"])
def test_markdown_is_taken_off(raw: str) -> None:
    assert told(raw) == [("三年有效。", ())]


THOUGHTS = ["<think>想[1]。\n再想。</think>", "<think></think>\n\n", "<think>a<b</think>"]


@pytest.mark.parametrize("thought", THOUGHTS)
def test_thoughts_are_left_out_however_they_are_cut(thought: str) -> None:
    text = f"{thought}三年有效。[2]五年不对。"
    for first in range(len(text)):
        for second in range(first, len(text)):
            assert read(text[:first], text[first:second], text[second:]) == read("三年有效。[2]五年不对。")


@pytest.mark.parametrize("thought", THOUGHTS)
def test_a_thought_is_never_pending(thought: str) -> None:
    reader = SentenceReader()
    for letter in thought:
        assert reader.feed(letter) == []
        assert reader.pending == ""
    reader.feed("三年")
    assert (reader.pending, reader.text) == ("三年", "三年")


def test_a_thought_that_is_never_closed_says_nothing() -> None:
    assert told("<think>三年有效。[1]") == []


def test_a_sign_of_comparison_is_no_thought() -> None:
    assert told("得分<80分的不合格。") == [("得分<80分的不合格。", ())]


@pytest.mark.parametrize(
    "text", ["证书[12]三年有效【3,4】。", "证书三年有效。[1][2-3]又一句［4］", "证书[^5]，见[条款6]"]
)
def test_pending_never_shows_half_a_mark(text: str) -> None:
    reader = SentenceReader()
    for letter in text:
        reader.feed(letter)
        assert not re.search(r"[\[【［\]】］^\d]", reader.pending)


def test_a_sentence_is_given_as_soon_as_the_next_begins_and_not_before() -> None:
    reader = SentenceReader()
    assert reader.feed("三年有效。") == []
    assert reader.feed("[1]") == []
    assert reader.pending == "三年有效。"
    assert reader.feed("又") == [Written("三年有效。", (1,))]
    assert reader.pending == "又"
    assert reader.finish() == [Written("又", ())]
    assert (reader.pending, reader.finish()) == ("", [])


def test_text_is_all_that_was_written_without_thoughts() -> None:
    reader = SentenceReader()
    reader.feed("<think>想</think>三年[1]。又<")
    assert reader.text == "三年[1]。又"


def test_marks_on_a_line_of_their_own_are_not_lost() -> None:
    assert told("三年有效。\n[1]\n") == [("三年有效。", ()), ("", (1,))]
