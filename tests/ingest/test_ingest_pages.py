"""Pages that programs name .xls are laid out as Excel shows them, whatever they are made of."""

import pytest

from ingest.delivery import Delivery
from ingest.mapping_parts import TableSpec
from ingest.problems import UnreadableError
from ingest.readers import Limits, read_sheets

EXCEL = TableSpec(format="excel")
LIMITS = Limits()


def cells(content, table=EXCEL, limits=LIMITS):
    raw = content if isinstance(content, bytes) else content.encode()
    return read_sheets("a.xls", Delivery.of_bytes(raw), table, limits)[0].cells.rows()


@pytest.mark.parametrize(
    ("page", "rows", "why"),
    [
        (
            "<table><tr><td>单位</td><td>金额</td></tr><tr><td>教育局</td><td>1.00</td></tr></table>",
            [("单位", "金额"), ("教育局", "1.00")],
            "a plain table",
        ),
        (
            "<table><tr><td>a<td>b<tr><td>1<td>2</table>",
            [("a", "b"), ("1", "2")],
            "closing tags may be missing",
        ),
        (
            (
                "<table><tr><td colspan=2>科目</td><td rowspan='2'>金额</td></tr><tr><td>类</td><td>款</td></tr>"
                "<tr><td>201</td><td>01</td><td>7</td></tr></table>"
            ),
            [("科目", None, "金额"), ("类", "款", None), ("201", "01", "7")],
            "merged cells say their text once, in the first place",
        ),
        (
            (
                "<table><tr><td rowspan=3>教育局</td><td>1</td></tr><tr><td>2</td></tr><tr><td>3</td></tr>"
                "<tr><td>水利局</td><td>4</td></tr></table>"
            ),
            [("教育局", "1"), (None, "2"), (None, "3"), ("水利局", "4")],
            "a cell over three rows pushes the cells below it to the right, and no further",
        ),
        (
            "<table><tr><td>&nbsp;</td><td>&nbsp;&nbsp;其他&nbsp;收入</td><td>&yen;1&lt;2</td></tr></table>",
            [(None, "其他 收入", "¥1<2")],
            "blanks that do not break are blanks, entities are their characters",
        ),
        (
            "<table><tr><td>支付\n   金额<br>（万元）</td><td><p>a</p><p>b</p></td></tr></table>",
            [("支付 金额\n（万元）", "a\nb")],
            "the page's own line breaks are blanks, <br> and paragraphs are line breaks",
        ),
        (
            "<p>2026年6月</p>单位：万元<table><tr><td>a</td></tr></table><div>注：无</div>",
            [("2026年6月",), ("单位：万元",), ("a",), ("注：无",)],
            "text between tables is a row",
        ),
        (
            (
                "<table><tr><td><table><tr><td>a</td><td>b</td></tr></table></td></tr>"
                "<tr><td>外<table><tr><td>1</td></tr></table></td><td>z</td></tr></table>"
            ),
            [("a", "b"), ("1", None), ("外", "z")],
            "tables within cells have rows of their own; a row that only holds one is no row",
        ),
        (
            (
                '<table><tr><td x:num="1234567890.129">1.23E+09</td><td x:num="43555">2019-03-31</td>'
                '<td x:num="0.125">12.5%</td><td x:num>7</td><td sdval="2050101">2,050,101</td></tr></table>'
            ),
            [("1234567890.129", "2019-03-31", "12.5%", "7", "2050101")],
            "a number that is shown shortened is taken in full; days and percents are read as shown",
        ),
        (
            "<style>td{}</style><title>t</title><script>x</script><table><tr><th>a</th></tr></table>",
            [("a",)],
            "what is not shown is not read",
        ),
        ("<table><tr><td>a</td></tr><tr></tr><tr><td>b", [("a",), ("b",)], "the page may end anywhere"),
        (
            "<table><tr><td colspan='999999999999'>a</td></tr></table>",
            [("a", *[None] * 999)],
            "spans are capped as browsers do",
        ),
        ("<table><tr><td colspan='-1' rowspan='x'>a</td><td>b</td></tr></table>", [("a", "b")], "absurd spans are 1"),
    ],
)
def test_tables_of_a_page_become_rows(page, rows, why):
    assert cells(page) == rows, why


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("<meta charset='gb2312'><table><tr><td>朱镕基</td></tr></table>".encode("gb18030"), "镕 is not in gb2312"),
        (
            "<table><tr><td>朱镕基</td></tr></table>".encode("gb18030"),
            "the mapping's encodings, where the page is silent",
        ),
        ("<meta charset='gb2312'><table><tr><td>朱镕基</td></tr></table>".encode(), "UTF-8, whatever the page says"),
        (b"\xef\xbb\xbf" + "<table><tr><td>朱镕基</td></tr></table>".encode(), "UTF-8 with a mark"),
        ("<table><tr><td>朱镕基</td></tr></table>".encode("utf-16"), "UTF-16 by its mark"),
        ("<meta charset=x-unknown><table><tr><td>朱镕基</td></tr></table>".encode(), "a name that nobody knows"),
        (
            "<?xml version='1.0' encoding='gbk'?><html><table><tr><td>朱镕基</td></tr></table></html>".encode("gbk"),
            "XHTML",
        ),
    ],
)
def test_a_page_in_any_encoding_it_or_the_mapping_names(content, why):
    assert cells(content) == [("朱镕基",)], why


def test_a_page_in_no_encoding_is_refused():
    with pytest.raises(UnreadableError, match=r"a\.xls is none of utf-8-sig, gb18030"):
        cells(b"<table><tr><td>\xff\xff</td></tr></table>")


ARCHIVE = """MIME-Version: 1.0
X-Document-Type: Workbook
Content-Type: multipart/related; boundary="b"

--b
Content-Location: file:///C:/a.htm
Content-Transfer-Encoding: quoted-printable
Content-Type: text/html; charset="gb2312"

<html><x:ExcelWorksheet><x:Name>=B1=A8=B1=ED</x:Name>
<x:WorksheetSource HRef=3D"a.files/sheet001.htm"/></x:ExcelWorksheet></html>
--b
Content-Location: file:///C:/a.files/sheet001.htm
Content-Transfer-Encoding: quoted-printable
Content-Type: text/html; charset="gb2312"

<html><meta charset=3Dgb2312><table><tr><td>=B5=A5=CE=BB</td><td>1=
23</td></tr></table></html>
{more}--b--
"""
SECOND = """--b
Content-Location: file:///C:/a.files/sheet002.htm
Content-Transfer-Encoding: base64
Content-Type: text/html

PHRhYmxlPjx0cj48dGQ+Yjwvc2VjPjwvdGQ+PC90cj48L3RhYmxlPg==
"""


def test_a_web_archive_is_decoded_and_read():
    assert cells(ARCHIVE.format(more="")) == [("单位", "123")]


def test_sheets_of_a_web_archive_are_chosen_by_name():
    content = ARCHIVE.format(more=SECOND)
    assert cells(content, TableSpec(format="excel", sheet="报表")) == [("单位", "123")]
    assert cells(content, TableSpec(format="excel", sheets_matching="sheet002")) == [("b",)]
    with pytest.raises(UnreadableError, match=r'has no sheet "x"; it has: 报表, sheet002\.htm'):
        cells(content, TableSpec(format="excel", sheet="x"))


XML = """<?xml version="1.0" encoding="{encoding}"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
 <Worksheet ss:Name="支付"><Table>
  <Row><Cell ss:MergeAcross="1"><Data ss:Type="String">科目</Data></Cell>
   <Cell><Data ss:Type="String">金额</Data></Cell></Row>
  <Row ss:Index="3"><Cell ss:Index="2"><Data ss:Type="String">0101</Data></Cell>
   <Cell><Data ss:Type="Number">1234567890.1199999</Data></Cell>
   <Cell><Data ss:Type="DateTime">2019-03-31T00:00:00.000</Data></Cell></Row>
  <Row><Cell ss:Formula="=1/0"><Data ss:Type="Error">#DIV/0!</Data></Cell><Cell ss:Formula="=A1+1"/>
   <Cell><Data ss:Type="Number">4.4060400020123458E+20</Data></Cell></Row>
 </Table></Worksheet>
 <Worksheet ss:Name="另"><Table><Row><Cell><Data ss:Type="String">x</Data></Cell></Row></Table></Worksheet>
</Workbook>"""


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312"])
def test_excels_xml_is_read_by_its_indexes(encoding):
    content = XML.format(encoding=encoding).encode("gb18030" if encoding == "gb2312" else encoding)
    assert cells(content) == [
        ("科目", None, "金额", None),
        (None, None, None, None),
        (None, "0101", "1234567890.12", "2019-03-31T00:00:00.000"),
        ("#DIV/0!", "=A1+1", "4.40604000201235E+20", None),
    ]
    assert cells(content, TableSpec(format="excel", sheet="另")) == [("x",)]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('ss:Index="3"', 'ss:Index="99999999"'), "beyond the last row or column"),
        (('ss:Index="3"', 'ss:Index="1000000"'), "has more than 90,000 cells"),
        (("</Workbook>", ""), "is a damaged XML workbook"),
        (("<?mso", "<!DOCTYPE x [<!ENTITY a 'aa'>]><?mso"), None),
    ],
)
def test_excels_xml_that_is_damaged_or_absurd_is_refused(change, told):
    content = XML.format(encoding="utf-8").replace(*change)
    if told is None:
        assert cells(content)[0][0] == "科目"
        return
    with pytest.raises(UnreadableError, match=told):
        cells(content, limits=Limits(cells=90_000))


def test_entities_that_stand_for_a_billion_letters_are_not_looked_up():
    bomb = (
        '<!DOCTYPE w [<!ENTITY a "'
        + "x" * 1000
        + '">'
        + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(8))
        + "]>"
    )
    content = XML.format(encoding="utf-8").replace("<?mso", bomb + "<?mso").replace("金额", "&i;")
    try:
        found = cells(content)
    except UnreadableError as error:
        assert "damaged XML workbook" in str(error)  # noqa: PT017  # both ends are good ones
    else:
        assert all(len(cell or "") < 5_000 for row in found for cell in row)


def test_a_page_with_more_cells_than_fit_is_refused():
    page = "<table><tr>" + "<td>1" * 60 + "</tr>" + "<tr><td>x" * 60 + "</table>"
    with pytest.raises(UnreadableError, match="spans 61 rows and 60 columns; at most 3,000 cells"):
        cells(page, limits=Limits(cells=3_000))
    with pytest.raises(UnreadableError, match="has more than 100 cells"):
        cells(page, limits=Limits(cells=100))
