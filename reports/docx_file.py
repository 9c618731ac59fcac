"""Writing a report as docx in the form of GB/T 9704-2012; the same content always gives the same bytes."""

import hashlib
import io
import re
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH

from reports.blocks import Annex, Block, Heading, Paragraph, ProgressChart, ReportContent, Table
from reports.chart import chinese_face, draw_progress
from reports.docx_form import (
    FANGSONG,
    HEITI,
    KAITI,
    TITLE_FACE,
    set_form,
    set_paragraph,
    turn_page,
    type_area_width,
    width_chars,
    write_run,
)
from reports.docx_table import write_table

TITLE_PT, TITLE_LINE_PT, NOTE_PT, NOTE_LINE_PT = 22.0, 36.0, 12.0, 18.0
SEALED_RIGHT_CHARS = 4.0  # the date of a sealed document stands four characters in
LONG_TOKEN = re.compile(r"[!-~]{12,}")
EPOCH = (1980, 1, 1, 0, 0, 0)
CENTRE, LEFT, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.RIGHT
NO_FONT = (
    "the chart was left out: no Chinese typeface is installed on this machine; install one "
    "(Debian package fonts-noto-cjk) and build the report again"
)


class Written(NamedTuple):
    """A written document, and what could not be drawn in it."""

    sha256: str
    warnings: tuple[str, ...]


def write_docx(content: ReportContent, path: Path) -> Written:
    """Write a report to a file, whole or not at all, and return its sha256 and warnings."""
    document = Document()
    face = chinese_face()
    set_form(document, content)
    _head(document, content)
    for block in content.body:
        _write(document, block, face)
    # The page that is signed carries some of the text: nobody signs an empty page.
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    _note_of_annexes(document, content.annexes)
    _sign(document, content)
    is_across = False
    for number, annex in enumerate(content.annexes, start=1):
        if annex.is_wide != is_across:
            turn_page(document)
            is_across = annex.is_wide
            _annex(document, number, annex, face, is_new_page=True)
        else:
            _annex(document, number, annex, face)
    packed = _same_bytes(document)
    aside = path.with_name(f".{path.name}.part")
    aside.write_bytes(packed)
    aside.replace(path)
    drawn = face is not None or not any(isinstance(block, ProgressChart) for block in content.body)
    return Written(sha256=hashlib.sha256(packed).hexdigest(), warnings=() if drawn else (NO_FONT,))


def _line(document: Any, text: str = "", face: str = FANGSONG, size_pt: float = 16.0, **form: Any) -> Any:
    paragraph = document.add_paragraph()
    set_paragraph(paragraph, size_pt=size_pt, **form)
    write_run(paragraph, text, face, size_pt)
    return paragraph


def _head(document: Any, content: ReportContent) -> None:
    for line in content.title:
        _line(document, line, TITLE_FACE, TITLE_PT, align=CENTRE, line_pt=TITLE_LINE_PT)
    _line(document)
    _line(document, f"{content.recipient}：", align=LEFT)


def _write(document: Any, block: Block, face: str | None) -> None:
    match block:
        case Heading():
            heading = _line(document, block.text, HEITI if block.level == 1 else KAITI, first_line_chars=2)
            heading.paragraph_format.keep_with_next = True
        case Paragraph():
            text = block.lead + block.text
            # A long number goes to the next line whole; spread out to the margin the line before it would gape.
            align = LEFT if LONG_TOKEN.search(text) else WD_ALIGN_PARAGRAPH.JUSTIFY
            small: dict[str, Any] = {"size_pt": NOTE_PT, "line_pt": NOTE_LINE_PT} if block.is_note else {}
            _line(document, text, align=align, first_line_chars=2, **small)
        case Table():
            _table(document, block)
        case ProgressChart() if face is not None:
            _chart(document, block, face)
        case _:
            pass


def _table(document: Any, table: Table) -> None:
    note: dict[str, Any] = {"size_pt": NOTE_PT, "line_pt": NOTE_LINE_PT}
    _line(document, table.caption, KAITI, align=CENTRE, **note)
    _line(document, table.unit, align=RIGHT, **note)
    write_table(document, table)
    for text in table.notes or ("",):
        _line(document, text, align=LEFT, **note)


def _chart(document: Any, chart: ProgressChart, face: str) -> None:
    paragraph = document.add_paragraph()
    set_paragraph(paragraph, align=CENTRE, line_pt=0)
    paragraph.paragraph_format.keep_with_next = True
    paragraph.add_run().add_picture(io.BytesIO(draw_progress(chart, face)), width=type_area_width())
    _line(document, chart.caption, size_pt=NOTE_PT, align=CENTRE, line_pt=NOTE_LINE_PT)


def _note_of_annexes(document: Any, annexes: tuple[Annex, ...]) -> None:
    """Write 附件：1.… after an empty line; later annexes stand under the first, none with a mark at its end."""
    _line(document).paragraph_format.keep_with_next = True
    for number, annex in enumerate(annexes, start=1):
        text, indent = (f"附件：{number}.{annex.title}", 2) if number == 1 else (f"{number}.{annex.title}", 5)
        line = _line(document, text, align=LEFT, first_line_chars=indent)
        line.paragraph_format.keep_with_next = True


def _sign(document: Any, content: ReportContent) -> None:
    """Write who signs centred over the date, the date four characters in, as a sealed document has it."""
    off_centre = (width_chars(content.dated) - width_chars(content.signer)) / 2
    empty = [_line(document), _line(document)]
    name = _line(document, content.signer, align=RIGHT, right_chars=max(0.0, SEALED_RIGHT_CHARS + off_centre))
    for paragraph in (*empty, name):
        paragraph.paragraph_format.keep_with_next = True
    _line(document, content.dated, align=RIGHT, right_chars=SEALED_RIGHT_CHARS)


def _annex(document: Any, number: int, annex: Annex, face: str | None, *, is_new_page: bool = False) -> None:
    first = _line(document, f"附件{number}", HEITI, align=LEFT)
    first.paragraph_format.page_break_before = not is_new_page
    if not annex.is_wide:
        _line(document)
    _line(document, annex.title, TITLE_FACE, TITLE_PT, align=CENTRE, line_pt=TITLE_LINE_PT)
    for block in annex.blocks:
        _write(document, block, face)


def _same_bytes(document: Any) -> bytes:
    """Pack the document with one fixed date on every part: the zip's clock is the only thing that would differ."""
    loose, packed = io.BytesIO(), io.BytesIO()
    document.save(loose)
    with zipfile.ZipFile(loose) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = zipfile.ZipInfo(name, EPOCH)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = 0o600 << 16
            target.writestr(part, source.read(name))
    return packed.getvalue()
