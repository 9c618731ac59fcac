"""Cells of an .xlsx say what they said to the program that wrote them, whatever program that was."""

import pytest
from hostile_books import sheet_xml, xlsx_of

from ingest.delivery import Delivery
from ingest.mapping_parts import TableSpec
from ingest.problems import UnreadableError
from ingest.readers import Limits, read_sheets

STYLES = """
<numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/>
<numFmt numFmtId="165" formatCode="[Red]#,##0.00_);\\(#,##0.00\\)"/>
<numFmt numFmtId="166" formatCode="0.00&quot;年&quot;"/>
</numFmts><fonts><font><u val="nonsense"/></font></fonts><fills><fill><nothing/></fill></fills>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="31"/><xf numFmtId="57"/><xf numFmtId="164"/>
<xf numFmtId="165"/><xf numFmtId="166"/></cellXfs>
<dxfs><dxf><numFmt numFmtId="165" formatCode="yyyy"/></dxf></dxfs>
"""
TEXTS = (
    "<si><t>教育局</t></si>"
    '<si><r><t>常</t></r><r><rPr><b/></rPr><t>粗</t></r><rPh sb="0" eb="1"><t>chang</t></rPh></si>'
)


def cells(content):
    return read_sheets("a.xlsx", Delivery.of_bytes(content), TableSpec(format="excel"), Limits())[0].cells.rows()


def one(cell, properties=""):
    """Return what a cell says, given its XML."""
    return cells(xlsx_of(f"<row>{cell}<c><v>1</v></c></row>", texts=TEXTS, styles=STYLES, properties=properties))[0][0]


@pytest.mark.parametrize(
    ("cell", "said", "why"),
    [
        ('<c s="1"><v>43555</v></c>', "2019-03-31 00:00:00", "a day by a format of every language"),
        ('<c s="2"><v>43555</v></c>', "2019-03-31 00:00:00", "yyyy年m月d日, which Chinese programs know by number"),
        ('<c s="3"><v>43555.5</v></c>', "2019-03-31 12:00:00", "yyyy年m月, likewise"),
        ('<c s="4"><v>43555</v></c>', "2019-03-31 00:00:00", "a day by a format of its own"),
        (
            '<c s="5"><v>43555</v></c>',
            "43555",
            "an amount; a format of the same number for a rule's colours counts not",
        ),
        ('<c s="6"><v>3.5</v></c>', "3.5", "a number of years is no day"),
        (
            '<c s="1"><v>20000000.5</v></c>',
            "20000000.5",
            "a number that no calendar has a day for is told, not #VALUE!",
        ),
        ('<c s="1"><v>-5</v></c>', "-5", "likewise before there were days"),
        ('<c s="99"><v>43555</v></c>', "43555", "a style that is not there"),
        ('<c t="d"><v>2019-03-31T11:07:33</v></c>', "2019-03-31 11:07:33", "a day written as one"),
        ("<c><v>12.50</v></c>", "12.5", "zeros of a number are not kept"),
        ("<c><v>7.0</v></c>", "7", "an integer"),
        ("<c><v>0.1</v></c>", "0.1", "the shortest that is the same number"),
        ("<c><v>440604000201234567890</v></c>", "4.40604000201235E+20", "digits that a number has lost"),
        ('<c t="str"><v>440604000201234567890</v></c>', "440604000201234567890", "digits that a text keeps"),
        ('<c t="s"><v>0</v></c>', "教育局", "a shared text"),
        ('<c t="s"><v>1</v></c>', "常粗", "a text in several faces, its phonetic guide left out"),
        ('<c t="inlineStr"><is><r><t>常</t></r><r><t>粗</t></r></is></c>', "常粗", "a text in its place"),
        ('<c t="b"><v>1</v></c>', "true", "a boolean"),
        ('<c t="b"><v>0</v></c>', "false", "a boolean"),
        ('<c t="e"><v>#DIV/0!</v></c>', "#DIV/0!", "an error"),
        ('<c t="e"/>', "#N/A", "an error that does not say which is no blank"),
        ("<c><f>B1+1</f><v>2</v></c>", "2", "a formula that was worked out"),
        ("<c><f>B1+1</f></c>", "=B1+1", "a formula that was not is no blank"),
        ("<c><f>B1+1</f><v></v></c>", "=B1+1", "some programs write an empty value for it"),
        ('<c t="str"><f>IF(B1=1,"","x")</f><v></v></c>', None, "a formula that came out as no text"),
        ('<c s="5"/>', None, "a blank with a format"),
    ],
)
def test_a_cell_says_what_it_shows(cell, said, why):
    assert one(cell) == said, why


def test_days_are_counted_from_1904_where_the_workbook_says_so():
    assert one('<c s="1"><v>42093</v></c>', properties='date1904="1"') == "2019-03-31 00:00:00"


def test_cells_stand_where_they_say_and_else_behind_one_another():
    rows = '<row r="2"><c r="B2"><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>'
    assert cells(xlsx_of(rows)) == [(None, None, None), (None, "1", "2"), ("3", None, None)]


def test_parts_whose_names_have_a_prefix_are_read():
    sheet = sheet_xml("<row><c><v>1</v></c></row>").replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
    assert cells(xlsx_of(sheet=sheet.replace("xmlns=", "xmlns:x="))) == [("1",)]


def test_what_stands_behind_the_cells_may_be_what_no_library_knows():
    unknown = '<conditionalFormatting sqref="?"><cfRule type="never"/></conditionalFormatting><pageSetup scale="x"/>'
    assert cells(xlsx_of(sheet=sheet_xml("<row><c><v>1</v></c></row>", behind=unknown))) == [("1",)]


def test_strict_open_xml_is_named():
    strict = '<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"/>'
    with pytest.raises(
        UnreadableError, match=r"^a\.xlsx is Strict Open XML; open it in Excel or WPS and save it as plain \.xlsx$"
    ):
        cells(xlsx_of(workbook=strict))


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("<c><v>1,5</v></c>", "a number that is none"),
        ('<c t="s"><v>9</v></c>', "a shared text that is not there"),
        ('<c r="?"><v>1</v></c>', "a place that is none"),
        ("<c><v>1</v>", "XML that is not whole"),
    ],
)
def test_damage_within_a_sheet_is_told_with_its_cause(row, why):
    with pytest.raises(UnreadableError, match=r"^a\.xlsx is a damaged \.xlsx: [^\n]+; ask for it again$"):
        pytest.fail(f"{why}: {cells(xlsx_of(f'<row>{row}</row>'))}")
