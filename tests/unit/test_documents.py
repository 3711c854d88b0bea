import re
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.corpus.documents import Corpus, corpus_digest, load_corpus
from assistant.corpus.front_matter import Fault, parse_document
from assistant.errors import CorpusError
from assistant.types import CalendarDate, Document, Form, Kind
from tests.fakes import FAQ, LAW, OLD_STANDARD, STANDARD


def parsed(text: str) -> tuple[Document | None, list[Fault]]:
    faults: list[Fault] = []
    return parse_document(text, "standards/new.md", faults), faults


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_front_matter_becomes_the_fields_of_the_document() -> None:
    document, faults = parsed(STANDARD)
    assert faults == []
    assert document is not None
    assert (document.id, document.number, document.kind, document.form) == (
        "gbt-1-2020",
        "GB/T 11111-2020",
        Kind.STANDARD,
        Form.DIGEST,
    )
    assert document.effective_on == CalendarDate(2020, 6, 1)
    assert document.replaces == ("gbt-1-2010",)
    assert document.subject
    assert document.text.lstrip().startswith("## 5 评价指标")


def test_a_source_marked_with_a_dagger_is_doubtful_and_keeps_its_plain_address() -> None:
    document, _ = parsed(STANDARD)
    assert document is not None
    assert [(source.key, source.address, source.doubtful) for source in document.sources] == [
        ("S1", "https://example.org/a", False),
        ("S7", "http://example.org/b", True),
    ]


@pytest.mark.parametrize(
    ("old", "new", "field", "message"),
    [
        ("kind: standard\n", "kind: novel\n", "kind", "README"),
        ("form: digest\n", "form: digest\nauthor: 某人\n", "author", "不认识"),
        ("id: gbt-1-2020", "id: GBT 一", "id", "写法"),
        ("effective_on: 2020-06-01", "effective_on: 去年", "effective_on", "日期"),
        ("effective_on: 2020-06-01", 'effective_on: "2020-02-31"', "effective_on", ""),
        ("effective_on: 2020-06-01", "effective_on: 2020-13", "effective_on", ""),
        ("checked_on: 2026-01-01", "checked_on: 2026年", "checked_on", "日期"),
        ("confidence: 双源\nchecked_on", "confidence: 可能\nchecked_on", "confidence", "README"),
        ("kind: standard\n", "kind: [standard\n", "元数据", "YAML"),
    ],
)
def test_a_wrong_field_is_reported_with_file_line_and_field(old: str, new: str, field: str, message: str) -> None:
    assert old in STANDARD
    text = STANDARD.replace(old, new, 1)
    document, faults = parsed(text)
    assert document is None
    (fault,) = faults
    assert fault.fatal
    assert (fault.path, fault.field) == ("standards/new.md", field)
    if field != "元数据":
        assert fault.line == line_of(text, f"\n{field}:") + 1
    assert message in fault.message
    assert str(fault) == f"standards/new.md:{fault.line} {field}：{fault.message}"


def test_an_unquoted_31_february_is_reported_with_its_line_and_field() -> None:
    text = STANDARD.replace("effective_on: 2020-06-01", "effective_on: 2020-02-31")
    _, (fault,) = parsed(text)
    assert (fault.line, fault.field) == (line_of(text, "effective_on:"), "effective_on")


def test_an_unquoted_31_february_keeps_the_document_out() -> None:
    document, faults = parsed(STANDARD.replace("effective_on: 2020-06-01", "effective_on: 2020-02-31"))
    assert document is None
    assert [fault.fatal for fault in faults] == [True]


@pytest.mark.parametrize("field", ["id", "title", "kind", "form", "checked_on", "confidence"])
def test_a_missing_field_is_named(field: str) -> None:
    document, faults = parsed(re.sub(rf"(?m)^{field}: .*\n", "", STANDARD, count=1))
    assert document is None
    assert [(fault.field, fault.message) for fault in faults] == [(field, "必填，没有写")]


def test_all_wrong_fields_are_reported_at_once() -> None:
    text = STANDARD.replace("kind: standard", "kind: novel").replace("form: digest", "form: poem")
    assert {fault.field for fault in parsed(text)[1]} == {"kind", "form"}


def test_broken_yaml_is_reported_on_its_own_line() -> None:
    text = STANDARD.replace("issued_on: 2020-01-05", "issued_on: 'open")
    _, (fault,) = parsed(text)
    assert "YAML" in fault.message
    assert line_of(text, "issued_on") <= fault.line <= text.count("\n", 0, text.index("\n---\n")) + 2


@pytest.mark.parametrize("text", ["", "# 没有元数据\n\n正文。\n", "---\nid: a\n没有结束\n", "正文\n---\nid: a\n---\n"])
def test_a_file_without_front_matter_is_reported(text: str) -> None:
    document, (fault,) = parsed(text)
    assert document is None
    assert (fault.line, fault.field, fault.fatal) == (1, "元数据", True)


@pytest.mark.parametrize("yaml", ["- a\n- b\n", "只是文字\n", "42\n"])
def test_front_matter_that_is_no_mapping_is_reported(yaml: str) -> None:
    document, faults = parsed(f"---\n{yaml}---\n正文。\n")
    assert document is None
    assert [fault.field for fault in faults] == ["元数据"]


@pytest.mark.parametrize(
    "spelling",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("---\n", "---  \n", 1),
    ],
)
def test_files_of_windows_editors_load(spelling: Callable[[str], str]) -> None:
    document, faults = parsed(spelling(LAW))
    assert faults == []
    assert document is not None
    assert document.id == "ceshi-tiaoli"


def test_a_number_without_quotes_is_text() -> None:
    document, _ = parsed(LAW.replace("title: 测试认证条例", "title: 27922"))
    assert document is not None
    assert document.title == "27922"


@pytest.mark.parametrize(("written", "known"), [("2012-09", (2012, 9, None)), ("2002", (2002, None, None))])
def test_dates_may_lack_day_and_month(written: str, known: tuple[int, int | None, int | None]) -> None:
    document, faults = parsed(OLD_STANDARD.replace("effective_on: 2010-06-01", f"effective_on: {written}"))
    assert faults == []
    assert document is not None
    assert document.effective_on == CalendarDate(*known)


def test_expiry_before_effect_is_a_reminder_on_its_line() -> None:
    text = OLD_STANDARD.replace("expires_on: 2020-06-01", "expires_on: 2009-06-01")
    document, (fault,) = parsed(text)
    assert document is not None
    assert (fault.line, fault.field, fault.fatal) == (line_of(text, "expires_on"), "expires_on", False)


def test_a_source_key_without_address_is_a_reminder_on_its_line() -> None:
    text = STANDARD.replace("配备服务管理师。〔双源 S1〕", "配备服务管理师。〔双源 S1 S9〕")
    document, (fault,) = parsed(text)
    assert document is not None
    assert (fault.line, fault.field, fault.fatal) == (line_of(text, "S9"), "sources", False)
    assert "S9" in fault.message


def test_an_unknown_confidence_word_is_a_reminder_on_its_line() -> None:
    text = STANDARD.replace("未查到。〔未知〕", "未查到。〔大概〕")
    document, faults = parsed(text)
    assert document is not None
    assert {(fault.line, fault.field, fault.fatal) for fault in faults} == {(line_of(text, "〔大概〕"), "标注", False)}
    assert any("大概" in fault.message for fault in faults)


def test_a_reference_to_a_missing_clause_is_a_reminder(small_corpus: Path) -> None:
    path = small_corpus / "faq/faq.md"
    path.write_text(FAQ.replace("见 测试认证条例 第十二条", "见 测试认证条例 第十三条"), encoding="utf-8")
    (fault,) = load_corpus(small_corpus).faults
    assert (fault.path, fault.field, fault.fatal) == ("faq/faq.md", "见", False)
    assert "测试认证条例 第十三条" in fault.message


def test_a_reference_to_a_missing_clause_is_reported_on_its_line_in_the_file(small_corpus: Path) -> None:
    text = FAQ.replace("见 测试认证条例 第十二条", "见 测试认证条例 第十三条")
    (small_corpus / "faq/faq.md").write_text(text, encoding="utf-8")
    (fault,) = load_corpus(small_corpus).faults
    assert fault.line == line_of(text, "第十三条")


def test_a_gbk_file_is_reported_on_its_line_and_the_rest_loads(small_corpus: Path) -> None:
    (small_corpus / "laws/law.md").write_bytes(LAW.encode("gb18030"))
    corpus = load_corpus(small_corpus)
    assert {document.id for document in corpus.documents} == {"gbt-1-2020", "gbt-1-2010", "wenda"}
    fault = next(fault for fault in corpus.faults if fault.fatal)
    assert (fault.path, fault.line, fault.field) == ("laws/law.md", line_of(LAW, "国务院令"), "编码")


@pytest.mark.parametrize("content", ["", "坏文件", STANDARD.replace("kind: standard", "kind: x")])
def test_one_bad_file_leaves_the_rest_loaded(small_corpus: Path, content: str) -> None:
    (small_corpus / "bad.md").write_text(content, encoding="utf-8")
    corpus = load_corpus(small_corpus)
    assert len(corpus.documents) == 4
    assert [fault.path for fault in corpus.faults] == ["bad.md"]


def test_a_folder_with_the_name_of_a_file_is_reported(small_corpus: Path) -> None:
    (small_corpus / "folder.md").mkdir()
    corpus = load_corpus(small_corpus)
    assert len(corpus.documents) == 4
    assert [(fault.path, fault.field) for fault in corpus.faults] == [("folder.md", "文件")]


def test_a_second_file_with_the_same_id_is_left_out(small_corpus: Path) -> None:
    (small_corpus / "laws/zz.md").write_text(LAW.replace("测试认证条例", "另一条例"), encoding="utf-8")
    corpus = load_corpus(small_corpus)
    assert [document.title for document in corpus.documents if document.id == "ceshi-tiaoli"] == ["测试认证条例"]
    (fault,) = corpus.faults
    assert (fault.path, fault.field, fault.fatal) == ("laws/zz.md", "id", True)
    assert "laws/law.md" in fault.message


def test_the_same_edition_under_another_id_is_left_out(small_corpus: Path) -> None:
    (small_corpus / "standards/zz.md").write_text(STANDARD.replace("id: gbt-1-2020", "id: other"), encoding="utf-8")
    corpus = load_corpus(small_corpus)
    assert "other" not in {document.id for document in corpus.documents}
    (fault,) = corpus.faults
    assert (fault.path, fault.field, fault.fatal) == ("standards/zz.md", "number", True)


def test_hidden_files_and_readme_are_no_documents(small_corpus: Path) -> None:
    (small_corpus / "README.md").write_text("说明", encoding="utf-8")
    (small_corpus / ".draft.md").write_text("草稿", encoding="utf-8")
    assert load_corpus(small_corpus).faults == ()


def test_an_empty_folder_is_an_error_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="没有可用的文件") as caught:
        load_corpus(tmp_path)
    assert "README" in caught.value.hint


def test_a_missing_folder_is_an_error_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="没有资料文件夹") as caught:
        load_corpus(tmp_path / "nowhere")
    assert "--corpus" in caught.value.hint


def test_a_folder_of_bad_files_tells_the_first_fault(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("坏", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"a\.md:1 元数据"):
        load_corpus(tmp_path)


def test_the_digest_changes_with_content_and_name_only(small_corpus: Path) -> None:
    before = corpus_digest(small_corpus)
    (small_corpus / "notes.txt").write_text("无关")
    assert corpus_digest(small_corpus) == before
    path = small_corpus / "faq/faq.md"
    path.write_text(FAQ + "\n", encoding="utf-8")
    changed = corpus_digest(small_corpus)
    assert changed != before
    path.write_text(FAQ, encoding="utf-8")
    assert corpus_digest(small_corpus) == before
    path.rename(path.with_name("other.md"))
    assert corpus_digest(small_corpus) not in (before, changed)


def test_the_lock_of_an_editor_does_not_hinder_the_digest(small_corpus: Path) -> None:
    before = corpus_digest(small_corpus)
    (small_corpus / "faq/.#faq.md").symlink_to("user@host.1234:567")  # as Emacs leaves while a file is open
    assert len(load_corpus(small_corpus).documents) == 4
    assert corpus_digest(small_corpus) == before


def test_the_real_corpus_has_no_fault(real_corpus: Corpus) -> None:
    assert [str(fault) for fault in real_corpus.faults] == []
    assert len(real_corpus.documents) > 80


def test_the_successors_named_in_the_real_corpus_are_held(real_corpus: Corpus) -> None:
    ids = {document.id for document in real_corpus.documents}
    assert {key for document in real_corpus.documents for key in document.replaced_by} <= ids
