"""Makers of real files to import, made by the real programs, and the invented statute that they hold."""

import io
import random
import shutil
import subprocess
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

CHROMIUM = shutil.which("chromium")
SOFFICE = shutil.which("soffice")

TITLE = "家用电器上门维修服务管理办法"
PREAMBLE = "（2024年3月15日青江省市场监督管理局令第12号公布　自2024年7月1日起施行）"
ARTICLES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("章", "第一章", ("总则",)),
    (
        "条",
        "第一条",
        (
            "为了规范家用电器上门维修服务活动，保障消费者和维修经营者的合法权益，提高维修服务质量，根据有关法律、行政法规的规定，结合本省实际，制定本办法。",
        ),
    ),
    (
        "条",
        "第二条",
        (
            "在本省行政区域内从事家用电器上门维修服务以及对其实施监督管理，适用本办法。",
            "本办法所称家用电器上门维修服务，是指维修经营者应消费者要求，在消费者指定的场所对家用电器进行检查、维护、修理、更换零部件的经营活动。",
        ),
    ),
    ("条", "第三条", ("从事上门维修服务应当遵循自愿、公平、诚实信用的原则，明码标价，不得欺诈、误导消费者。",)),
    (
        "条",
        "第四条",
        (
            "省市场监督管理部门负责全省家用电器上门维修服务的监督管理工作；设区的市、县级市场监督管理部门负责本行政区域内的监督管理工作。",
            "商务、应急管理、生态环境等部门按照各自职责做好相关工作。",
        ),
    ),
    ("章", "第二章", ("维修经营者",)),
    (
        "条",
        "第五条",
        (
            "维修经营者应当具备下列条件：",
            "（一）依法取得营业执照；",
            "（二）有与维修项目相适应的工具、仪器和不少于三名持有相应证书的维修人员；",
            "（三）有完善的服务规范、收费标准和投诉处理制度；",
            "（四）法律、法规规定的其他条件。",
        ),
    ),
    (
        "条",
        "第六条",
        (
            "维修经营者应当自开展业务之日起30日内，向所在地县级市场监督管理部门备案。备案内容发生变化的，应当自变化之日起15个工作日内办理变更手续。",
        ),
    ),
    (
        "条",
        "第七条",
        ("维修人员上门服务时应当佩戴标识、出示工作证件，并向消费者提供联系电话，例如400-800-1234转8分机。",),
    ),
    ("条", "第八条", ("维修经营者应当建立维修人员培训档案，每名维修人员每年接受安全和技能培训的时间不得少于40学时。",)),
    ("章", "第三章", ("服务规范",)),
    ("节", "第一节", ("报修与派单",)),
    (
        "条",
        "第九条",
        ("维修经营者接到报修后，应当在2小时内与消费者联系，约定上门时间；消费者没有特别要求的，应当在24小时内上门。",),
    ),
    (
        "条",
        "第十条",
        (
            "维修经营者通过网络平台承接业务的，平台经营者应当核验其营业执照、备案信息和维修人员资格，核验记录保存期限不少于3年。",
            "平台经营者不得对消费者的评价进行删除、隐匿或者篡改。",
        ),
    ),
    ("节", "第二节", ("检查与收费",)),
    (
        "条",
        "第十一条",
        (
            "维修前，维修人员应当对故障进行检查，将故障原因、维修方案、所需零部件和费用书面告知消费者，经消费者同意后方可维修。",
        ),
    ),
    (
        "条",
        "第十二条",
        ("上门费、检查费、维修费和零部件费应当分别列明。未能排除故障的，不得收取维修费；检查费每次不得超过50元。",),
    ),
    (
        "条",
        "第十三条",
        (
            "维修使用的零部件应当符合GB/T 27922—2011以及相关产品标准的要求，不得使用假冒伪劣或者拆机零部件冒充新品。",
            "更换下来的零部件归消费者所有，消费者不要的，由维修经营者按照规定回收处理。",
        ),
    ),
    (
        "条",
        "第十四条",
        (
            "维修完成后，维修经营者应当向消费者出具维修凭证。维修凭证应当载明下列内容：",
            "（一）维修经营者名称、地址和联系方式；",
            "（二）产品名称、型号；",
            "（三）故障原因、维修项目和更换的零部件；",
            "（四）收费明细；",
            "（五）质量保证期限。",
        ),
    ),
    (
        "条",
        "第十五条",
        (
            "维修质量保证期不得少于90日，自维修完成之日起计算。质量保证期内因维修质量出现同一故障的，维修经营者应当免费返修；返修两次仍不能排除故障的，应当退还维修费和零部件费。",
        ),
    ),
    ("章", "第四章", ("监督管理",)),
    (
        "条",
        "第十六条",
        (
            "市场监督管理部门应当采取随机抽取检查对象、随机选派执法检查人员的方式，对维修经营者实施监督检查，并及时公布检查结果。",
        ),
    ),
    (
        "条",
        "第十七条",
        (
            "消费者与维修经营者发生争议的，可以协商解决，也可以向消费者协会或者市场监督管理部门投诉。市场监督管理部门应当自收到投诉之日起7个工作日内作出是否受理的决定。",
        ),
    ),
    ("条", "第十八条", ("维修经营者应当建立投诉档案，投诉档案保存期限不少于2年，投诉办结率应当达到95%以上。",)),
    ("章", "第五章", ("法律责任",)),
    (
        "条",
        "第十九条",
        (
            "违反本办法第六条规定，未按照规定备案的，由县级市场监督管理部门责令限期改正；逾期不改正的，处1000元以上5000元以下的罚款。",
        ),
    ),
    (
        "条",
        "第二十条",
        (
            "违反本办法第十二条、第十三条第一款规定的，由县级以上市场监督管理部门责令改正，处5000元以上3万元以下的罚款；情节严重的，依照本办法第二十一条的规定处理。",
        ),
    ),
    ("条", "第二十条之一", ("维修经营者伪造维修凭证或者夸大故障骗取维修费的，依照前款规定从重处罚，并记入信用档案。",)),
    (
        "条",
        "第二十一条",
        (
            "市场监督管理部门工作人员在监督管理工作中滥用职权、玩忽职守、徇私舞弊的，依法给予处分；构成犯罪的，依法追究刑事责任。",
        ),
    ),
    ("章", "第六章", ("附则",)),
    ("条", "第二十二条", ("商用电器的上门维修服务参照本办法执行。",)),
    ("条", "第一百零三条之一", ("本办法由省市场监督管理局负责解释。",)),
    ("条", "第一百零四条", ("本办法自2024年7月1日起施行。2016年5月10日发布的《家用电器维修服务暂行规定》同时废止。",)),
)


def paragraphs() -> list[str]:
    """Return the statute as an official text prints it, one entry a paragraph."""
    out = [TITLE, PREAMBLE]
    for _, label, texts in ARTICLES:
        out += [f"{label}　{texts[0]}", *texts[1:]]
    return out


def articles() -> list[str]:
    """Return the numbers of the articles."""
    return [label for scheme, label, _ in ARTICLES if scheme == "条"]


def contents() -> list[str]:
    """Return the entries of the table of contents."""
    return [f"{label}　{texts[0]}" for scheme, label, texts in ARTICLES if scheme in "章节"]


def page_html(body: str, title: str = TITLE, style: str = "") -> str:
    """Return a page set like an official text: 16 px, first lines indented by two letters, justified."""
    return f"""<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>{title}</title><style>
    body {{ font: 14px/1.8 "Noto Serif CJK SC", serif; text-align: justify }} h1 {{ text-align: center; font-size: 22px }}
    p {{ margin: 0; text-indent: 2em }} .centre {{ text-align: center; text-indent: 0 }} .toc {{ text-indent: 0; display: flex }}
    .toc i {{ flex: 1; overflow: hidden; white-space: nowrap; font-style: normal }} .page {{ break-before: page }}
    table {{ border-collapse: collapse; width: 100% }} td, th {{ border: 1px solid black; padding: 3px }} {style}
    </style></head><body>{body}</body></html>"""


def statute_html(*, with_contents: bool = False, repeats: int = 1) -> str:
    """Return the statute as HTML for printing; ``repeats`` prints it several times."""
    body = f"<h1>{TITLE}</h1><p class=centre>{PREAMBLE}</p>"
    if with_contents:
        entries = "".join(
            f"<p class=toc><span>{entry}</span><i>{'…' * 60}</i><span>{number}</span></p>"
            for number, entry in enumerate(contents(), start=1)
        )
        body += f"<p class=centre>目　　次</p>{entries}<div class=page></div>"
    text = "".join(
        f"<p class={'centre' if line[1:].partition('　')[0][-1:] in '章节' else 'text'}>{line}</p>"
        for line in paragraphs()[2:]
    )
    return page_html(body + text * repeats)


def print_pdf(html: str, path: Path, *, running: bool = True) -> Path:
    """Print ``html`` to a PDF with Chromium; ``running`` prints its date, title, address and page numbers."""
    source = path.with_suffix(".html")
    source.write_text(html, encoding="utf-8")
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", f"--print-to-pdf={path}"]
    command += [] if running else ["--no-pdf-header-footer"]
    subprocess.run(
        [*command, f"--user-data-dir={path.parent / 'profile'}", source.as_uri()],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return path


def convert(path: Path, target: str) -> Path:
    """Convert an office file with LibreOffice into the format ``target`` (``pdf``, ``docx``, ``doc``, ``xls`` …)."""
    profile = f"-env:UserInstallation={(path.parent / 'office').as_uri()}"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", target, "--outdir", str(path.parent), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return path.with_suffix("." + target.partition(":")[0])


def draw_pages(pdf: Path, dpi: int = 200) -> list["object"]:
    """Return the pages of a PDF as Pillow images."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=dpi / 72).to_pil().convert("RGB") for page in document]


def scan(pdf: Path, path: Path, *, dpi: int = 200, angle: float = 0.7, noise: float = 12.0) -> Path:
    """Make an image-only PDF as a scanner would: pages askew, grey noise, JPEG."""
    import numpy as np

    chance = np.random.default_rng(7)
    pages = []
    for image in draw_pages(pdf, dpi):
        turned = image.rotate(angle, expand=False, fillcolor="white", resample=3)
        grey = np.asarray(turned.convert("L"), dtype=np.float32)
        noisy = np.clip(grey * 0.92 + 10 + chance.normal(0, noise, grey.shape), 0, 255).astype(np.uint8)
        pages.append(_jpeg(noisy))
    pages[0].save(path, save_all=True, append_images=pages[1:], resolution=float(dpi))
    return path


def _jpeg(pixels):
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=60)
    return Image.open(buffer)


def join_pdfs(paths: Sequence[Path], path: Path) -> Path:
    """Put the pages of several PDF files into one."""
    import pypdfium2

    joined = pypdfium2.PdfDocument.new()
    for source in paths:
        with pypdfium2.PdfDocument(source) as document:
            joined.import_pages(document)
    joined.save(path)
    joined.close()
    return path


def plain_pdf(pages: Iterable[str], *, extra: bytes = b"") -> bytes:
    """Return a PDF written by hand: one content stream a page, Helvetica as F1; ``extra`` goes into each page."""
    streams = [page.encode("latin-1") for page in pages]
    kids = " ".join(f"{3 + 2 * number} 0 R" for number in range(len(streams)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(streams)} >>".encode(),
    ]
    font = b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
    for number, stream in enumerate(streams):
        page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] " + font + extra
        objects.append(page + b" /Contents %d 0 R >>" % (4 + 2 * number))
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return out + trailer + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def word_file(body: str, **parts: str) -> bytes:
    """Return a .docx with ``body`` (WordprocessingML); ``numbering``, ``styles``, ``footnotes`` are further parts."""
    kinds = {"numbering": "numbering", "styles": "styles", "footnotes": "footnotes"}
    relations = "".join(
        f'<Relationship Id="r{name}" Type="{OFFICE}/{kinds[name]}" Target="{name}.xml"/>' for name in parts
    )
    package = "http://schemas.openxmlformats.org/package/2006"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}/relationships">{relations}</Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
    }
    files |= {f"word/{name}.xml": f'<w:{name} xmlns:w="{WORD}">{content}</w:{name}>' for name, content in parts.items()}
    return pack(files)


def pack(files: dict[str, str | bytes]) -> bytes:
    """Return a zip archive of ``files``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def paragraph(text: str, properties: str = "") -> str:
    """Return a WordprocessingML paragraph."""
    return f'<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def listed(text: str, number: int, level: int = 0) -> str:
    """Return a paragraph of a list, its number as Word counts it."""
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def statute_docx(path: Path) -> Path:
    """Write the statute as a Word file whose chapter and article numbers are Word's own list numbers."""
    from docx import Document
    from docx.oxml import parse_xml

    document = Document()
    levels = ["第%1章", "第%2条", "（%3）"]
    lists = "".join(
        f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/>'
        f"{'<w:lvlRestart w:val=' + chr(34) + '0' + chr(34) + '/>' if index == 1 else ''}"
        f'<w:suff w:val="space"/><w:lvlText w:val="{text}"/></w:lvl>'
        for index, text in enumerate(levels)
    )
    root = document.part.numbering_part.element
    abstract = parse_xml(f'<w:abstractNum xmlns:w="{WORD}" w:abstractNumId="77">{lists}</w:abstractNum>')
    root.insert(0, abstract)
    root.append(parse_xml(f'<w:num xmlns:w="{WORD}" w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    document.add_paragraph(TITLE, style="Title")
    document.add_paragraph(PREAMBLE)
    for scheme, label, texts in ARTICLES:
        if scheme == "节" or label.startswith("第一百") or "之" in label:
            continue
        for number, text in enumerate(texts):
            item = text.startswith("（")
            added = document.add_paragraph(text[3:] if item else text)
            if number == 0 or item:
                level = 2 if item else 0 if scheme == "章" else 1
                properties = added._p.get_or_add_pPr()
                properties.append(
                    parse_xml(f'<w:numPr xmlns:w="{WORD}"><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>')
                )
    document.sections[0].header.paragraphs[0].text = "青江省市场监督管理局文件"
    document.sections[0].footer.paragraphs[0].text = "内部资料"
    document.save(str(path))
    return path


def letters_right(found: str, expected: str) -> float:
    """Return the share of ``expected`` that ``found`` has in order (1 − edit distance / length), white space left out."""
    a, b = "".join(found.split()), "".join(expected.split())
    row = list(range(len(b) + 1))
    for i, char in enumerate(a, start=1):
        above, row[0] = row[0], i
        for j, other in enumerate(b, start=1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (char != other))
    return 1 - row[-1] / max(1, len(b))


def shuffled_sentences(count: int, seed: int = 1) -> list[str]:
    """Return ``count`` paragraphs of running text drawn from the statute, for long files."""
    chance = random.Random(seed)
    pool = [text for _, _, texts in ARTICLES for text in texts if len(text) > 30]
    return [chance.choice(pool) + chance.choice(pool) for _ in range(count)]
