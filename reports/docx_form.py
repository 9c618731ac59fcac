"""The form of an official document (GB/T 9704-2012) in Word's terms: page, grid, faces, indents, page numbers.

A4 with margins 37/35/28/26 mm leaves the 156 x 225 mm type area of 22 lines by 28 characters: a line pitch of
225 / 22 mm = 28.99 pt, here fixed at 28.95 pt so that 22 lines always fit, and a character pitch of 15.79 pt.
"""

import datetime as dt
from typing import Any

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Length, Mm, Pt

from reports.blocks import ReportContent

LATIN = "Times New Roman"  # digits and letters; Chinese, and punctuation both scripts share, in the face named
FANGSONG, KAITI, HEITI, SONGTI, TITLE_FACE = "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体", "方正小标宋简体"
BODY_PT, PAGE_NUMBER_PT = 16.0, 14.0
LINE_PT = 28.95
LINE_PITCH, CHAR_SPACE = 580, -848  # twips, and 1/4096 pt off the 16 pt body
SQUEEZE_TWIPS = -5  # 16 pt - 0.25 pt: 28 characters are 441 pt of the 442 pt line
FOOTER_MM = 25.5  # the number's middle stands 7 mm under the type area
TWIPS_PER_PT = 20


def set_form(document: Any, content: ReportContent) -> None:
    """Set page, grid, body style, page numbers and properties; every date comes from the content."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
        Mm(37),
        Mm(35),
        Mm(28),
        Mm(26),
    )
    section.header_distance, section.footer_distance = Mm(15), Mm(FOOTER_MM)
    _set_grid(section)
    _set_body_style(document)
    document.settings.odd_and_even_pages_header_footer = True
    _number_pages(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)
    _number_pages(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)
    _set_properties(document.core_properties, content)


def _set_grid(section: Any) -> None:
    for there in section._sectPr.findall(qn("w:docGrid")):  # noqa: SLF001 (python-docx has no name for the grid)
        section._sectPr.remove(there)  # noqa: SLF001
    section._sectPr.append(  # noqa: SLF001
        parse_xml(
            f'<w:docGrid {nsdecls("w")} w:type="linesAndChars" w:linePitch="{LINE_PITCH}" w:charSpace="{CHAR_SPACE}"/>'
        )
    )


def turn_page(document: Any) -> None:
    """Begin a section on a new page with the sheet turned; page numbers go on as before.

    A sheet turned to the left keeps its margins: what was the top becomes the left.
    """
    old = document.sections[-1]
    width, height = old.page_width, old.page_height
    top, right, bottom, left = old.top_margin, old.right_margin, old.bottom_margin, old.left_margin
    section = document.add_section(WD_SECTION.NEW_PAGE)
    # The paragraph that carries the break is as low as can be, lest it take a page of its own.
    set_paragraph(document.paragraphs[-1], size_pt=1, line_pt=1)
    section.page_width, section.page_height = height, width
    if width < height:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.left_margin, section.top_margin, section.right_margin, section.bottom_margin = top, left, bottom, right
    else:
        section.orientation = WD_ORIENT.PORTRAIT
        section.top_margin, section.left_margin, section.bottom_margin, section.right_margin = left, top, right, bottom


def _set_body_style(document: Any) -> None:
    # The grid's character pitch is counted from the default size: it must be the body's, not the template's.
    for size in document.styles.element.xpath("w:docDefaults//w:sz | w:docDefaults//w:szCs"):
        size.set(qn("w:val"), str(round(BODY_PT * 2)))
    style = document.styles["Normal"]
    style.font.size = Pt(BODY_PT)
    _set_faces(style.element.get_or_add_rPr(), FANGSONG)
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = Pt(LINE_PT)
    style.paragraph_format.widow_control = False
    # 28 characters a line by spacing, not by snapping: LibreOffice gives a 16 pt character two cells of a 15.79 pt
    # grid, where Word and WPS squeeze it into one. The grid itself stays declared, as the standard has it.
    style.element.pPr.insert_element_before(
        parse_xml(f'<w:snapToGrid {nsdecls("w")} w:val="0"/>'), "w:spacing", "w:ind", "w:jc", "w:rPr"
    )
    style.element.rPr.insert_element_before(
        parse_xml(f'<w:spacing {nsdecls("w")} w:val="{SQUEEZE_TWIPS}"/>'), "w:sz", "w:szCs", "w:lang"
    )


def _number_pages(footer: Any, side: WD_ALIGN_PARAGRAPH) -> None:
    """Write — 1 — in 4号 宋体, one character in from the outer edge: odd pages right, even pages left."""
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.style = footer.part.document.styles["Normal"] if hasattr(footer.part, "document") else paragraph.style
    edge = "right" if side == WD_ALIGN_PARAGRAPH.RIGHT else "left"
    set_paragraph(paragraph, align=side, **{f"{edge}_chars": 1.0}, size_pt=PAGE_NUMBER_PT)
    write_run(paragraph, "— ", SONGTI, PAGE_NUMBER_PT)
    run = write_run(paragraph, "", SONGTI, PAGE_NUMBER_PT)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run._r.append(  # noqa: SLF001 (python-docx has no fields)
            parse_xml(f'<w:fldChar {nsdecls("w")} w:fldCharType="{kind}"/>')
            if kind
            else parse_xml(f'<w:instrText {nsdecls("w")} xml:space="preserve">{text}</w:instrText>')
        )
    write_run(paragraph, " —", SONGTI, PAGE_NUMBER_PT)


def _set_properties(properties: Any, content: ReportContent) -> None:
    day = dt.date.fromisoformat(content.dated_on)
    stamp = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).replace(tzinfo=None)
    properties.title = "".join(content.title)
    properties.author = properties.last_modified_by = content.signer
    properties.comments = ""
    properties.language = "zh-CN"
    properties.identifier = content.fingerprint
    properties.revision = 1
    properties.created = properties.modified = stamp


def set_paragraph(
    paragraph: Any,
    *,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY,
    first_line_chars: float = 0,
    left_chars: float = 0,
    right_chars: float = 0,
    size_pt: float = BODY_PT,
    line_pt: float | None = None,
) -> None:
    """Set how a paragraph stands; indents are in characters of its own size, as the standard counts them.

    ``line_pt`` 0 lets the line grow with its content (pictures); None keeps the body's fixed pitch.
    """
    form = paragraph.paragraph_format
    form.alignment = align
    indents = {"firstLine": first_line_chars, "left": left_chars, "right": right_chars}
    ind = paragraph._p.get_or_add_pPr().get_or_add_ind()  # noqa: SLF001 (character units have no name in python-docx)
    for name, chars in indents.items():
        if chars:
            ind.set(qn(f"w:{name}Chars"), str(round(chars * 100)))
            ind.set(qn(f"w:{name}"), str(round(chars * size_pt * TWIPS_PER_PT)))
    if line_pt == 0:
        form.line_spacing_rule = WD_LINE_SPACING.SINGLE
    elif line_pt is not None:
        form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        form.line_spacing = Pt(line_pt)


def write_run(paragraph: Any, text: str, face: str, size_pt: float = BODY_PT) -> Any:
    """Add text: Chinese in this face, digits and letters in LATIN (宋体 keeps its own, as page numbers want it)."""
    run = paragraph.add_run(text)
    run.font.size = Pt(size_pt)
    _set_faces(run._r.get_or_add_rPr(), face)  # noqa: SLF001 (the East Asian face has no name in python-docx)
    return run


def _set_faces(properties: Any, face: str) -> None:
    fonts = properties.get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    fonts.set(qn("w:eastAsia"), face)
    for slot in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{slot}"), SONGTI if face == SONGTI else LATIN)
    fonts.set(qn("w:hint"), "eastAsia")


def width_chars(text: str) -> float:
    """Return the width of a text in full-width characters: Latin and digits count half."""
    return sum(0.5 if ord(letter) < 0x2E80 else 1.0 for letter in text)


def type_area_width() -> Length:
    """Return the width of the type area, 156 mm."""
    return Mm(156)
