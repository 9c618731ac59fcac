import datetime as dt
import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from matplotlib import font_manager
from PIL import Image
from report_cast import CATALOGUE, DISTRICT, KNOWN, QUARTER, SITE, STREET, District

from reports.build import build_quarterly_report, keep_report, rebuild_report, write_report
from reports.chart import FACES, chinese_face
from reports.docx_form import width_chars
from warehouse.engine import reading, writing
from warehouse.reports import read_reports
from warehouse.scope import Scope


@pytest.fixture(scope="module", autouse=True)
def chinese_typeface() -> None:
    assert chinese_face() is not None, "no Chinese typeface (Debian package fonts-noto-cjk)"


def test_a_typeface_installed_after_fonts_were_listed_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = font_manager.fontManager.ttflist
    new = {one.fname for one in listed if one.name in FACES}
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [one for one in listed if one.fname not in new])
    assert chinese_face() in FACES


@pytest.fixture
def written(told: District, tmp_path: Path) -> Path:
    return write_report(told.snapshot(STREET), tmp_path / "out").path


def test_the_page_is_that_of_an_official_document(written: Path) -> None:
    section = Document(str(written)).sections[0]
    assert [round(side / Mm(1), 1) for side in (section.page_width, section.page_height)] == [210, 297]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin / Mm(1)) for margin in margins] == [37, 35, 28, 26]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert {name: grid.get(qn(f"w:{name}")) for name in ("type", "linePitch", "charSpace")} == {
        "type": "linesAndChars",
        "linePitch": "580",
        "charSpace": "-848",
    }


def test_twenty_two_lines_of_twenty_eight_characters_fit_the_type_area(written: Path) -> None:
    normal = Document(str(written)).styles["Normal"]
    squeeze = int(normal.element.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
    assert normal.paragraph_format.line_spacing * 22 <= Mm(225)
    assert (normal.font.size.pt + squeeze) * 28 <= Mm(156).pt
    assert (normal.font.size.pt + squeeze) * 29 > Mm(156).pt


@pytest.mark.parametrize(
    ("starts", "face", "size", "why"),
    [
        ("关于石桥街道", "方正小标宋简体", 22, "the title is 2号小标宋"),
        ("一、总体情况", "黑体", 16, "the first level is 3号黑体"),
        ("（一）", "楷体_GB2312", 16, "the second level is 3号楷体"),
        ("1.石桥街道市政所", "仿宋_GB2312", 16, "the third level is 3号仿宋"),
        ("本报告数据截至", "仿宋_GB2312", 16, "the body is 3号仿宋"),
        ("附件1", "黑体", 16, "an annex number is 3号黑体"),
    ],
)
def test_every_level_has_its_face_and_size(written: Path, starts: str, face: str, size: int, why: str) -> None:
    paragraph = next(one for one in Document(str(written)).paragraphs if one.text.startswith(starts))
    run = paragraph.runs[0]
    assert run._r.rPr.rFonts.get(qn("w:eastAsia")) == face, why
    assert run.font.size == Pt(size), why


def test_body_paragraphs_are_indented_by_two_characters(written: Path) -> None:
    paragraph = next(one for one in Document(str(written)).paragraphs if one.text.startswith("本报告数据截至"))
    assert paragraph._p.pPr.ind.get(qn("w:firstLineChars")) == "200"


def test_page_numbers_stand_outside_right_on_odd_and_left_on_even_pages(written: Path) -> None:
    document = Document(str(written))
    assert document.settings.odd_and_even_pages_header_footer
    section = document.sections[0]
    for footer, edge, side in ((section.footer, "right", "right"), (section.even_page_footer, "left", "left")):
        paragraph = footer.paragraphs[0]
        assert paragraph.text.split() == ["—", "—"]
        assert "PAGE" in paragraph._p.xml
        assert paragraph._p.pPr.jc.val.name.lower() == side
        assert paragraph._p.pPr.ind.get(qn(f"w:{edge}Chars")) == "100"


def test_the_signature_is_centred_over_a_date_four_characters_in(written: Path) -> None:
    texts = {one.text: one._p.pPr.ind for one in Document(str(written)).paragraphs if one.text}
    name, date = texts["石桥街道人大工委"], texts["2026年10月9日"]
    assert date.get(qn("w:rightChars")) == "400"
    middle = [int(ind.get(qn("w:rightChars"))) / 100 + width_chars(text) / 2 for ind, text in
              ((name, "石桥街道人大工委"), (date, "2026年10月9日"))]  # fmt: skip
    assert middle[0] == pytest.approx(middle[1], abs=0.01)


def test_annexes_are_listed_after_the_body_without_a_mark_at_the_end(written: Path) -> None:
    texts = [one.text for one in Document(str(written)).paragraphs]
    first = texts.index("附件：1.石桥街道各单位支出进度表")
    assert texts[first - 1] == ""
    assert texts[first + 1 : first + 3] == ["2.预警及核实清单", "3.数据口径说明"]


def test_the_table_in_the_file_adds_up_and_repeats_its_head(written: Path) -> None:
    table = Document(str(written)).tables[0]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    paid = [float(row[5].replace(",", "")) for row in rows[1:]]
    assert sum(paid[:-1]) == pytest.approx(paid[-1])
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    width = sum(int(column.get(qn("w:w"))) for column in table._tbl.tblGrid.findall(qn("w:gridCol"))) / 1440 * 25.4
    assert width == pytest.approx(156, abs=0.5)


def test_the_chart_is_one_picture_as_wide_as_the_text(written: Path) -> None:
    (shape,) = Document(str(written)).inline_shapes
    assert shape.width == Mm(156)
    with zipfile.ZipFile(written) as parts:
        picture = Image.open(io.BytesIO(parts.read("word/media/image1.png")))
    assert picture.width == round(156 / 25.4 * 200)
    assert len(picture.convert("RGB").getcolors(1 << 20) or []) > 2


def test_the_same_snapshot_gives_the_same_bytes(told: District, tmp_path: Path) -> None:
    snapshot = told.snapshot(DISTRICT)
    one, other = write_report(snapshot, tmp_path / "one"), write_report(snapshot, tmp_path / "other")
    assert one.path.read_bytes() == other.path.read_bytes()
    assert one.sha256 == hashlib.sha256(one.path.read_bytes()).hexdigest()
    with zipfile.ZipFile(one.path) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_kept_report_is_rebuilt_to_the_byte_whatever_came_after(told: District, tmp_path: Path) -> None:
    with reading(told.engine) as connection:
        built = build_quarterly_report(
            connection,
            snapshots_dir=told.snapshots,
            out_dir=tmp_path / "out",
            quarter=QUARTER,
            division_code=STREET,
            known_at=KNOWN,
            catalogue=CATALOGUE,
            site=SITE,
        )
    with writing(told.engine) as connection:
        keep_report(connection, built, built_at=KNOWN)
    line = {"unit_code": "601", "division_code": STREET, "payment_fen": 10**9, "paid_on": dt.date(2026, 9, 1)}
    told.deliver("payments", [line], division=STREET, year=2026, known_at=KNOWN)
    told.judge(QUARTER.last_day, [], known_at=KNOWN)
    with reading(told.engine) as connection:
        (stored,) = read_reports(connection, Scope.of([STREET]))
    again = rebuild_report(stored, tmp_path / "again")
    assert again.sha256 == stored.document_sha256 == built.sha256
    assert again.path.read_bytes() == built.path.read_bytes()


def test_the_summary_names_file_run_totals_and_levels(told: District, tmp_path: Path) -> None:
    summary = write_report(told.snapshot(STREET), tmp_path).summary
    assert summary["file"] == str(tmp_path / "report-2026Q3-990101010.docx")
    assert summary["findings"] == {"red": 1, "orange": 1, "yellow": 1, "blue": 0}
    assert summary["totals"]["payment_fen"] == 402_000_000
    assert summary["warnings"] == []


def test_without_a_chinese_typeface_the_chart_is_left_out_and_the_summary_says_what_to_install(
    told: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.chart.FACES", ())
    built = write_report(told.snapshot(STREET), tmp_path)
    assert len(Document(str(built.path)).inline_shapes) == 0
    assert ["fonts-noto-cjk" in warning for warning in built.summary["warnings"]] == [True]
