"""Ruled tables of a report as WordprocessingML, written directly: a table of many hundred rows takes no time."""

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from reports.blocks import Column, Table
from reports.docx_form import FANGSONG, HEITI, LATIN

TWIPS_PER_MM = 1440 / 25.4
CELL_HALF_POINTS, CELL_LINE_TWIPS, DENSE_LINE_TWIPS = 18, 260, 204  # 小五, 9 pt, on a 13 pt line; in long lists 10.2 pt
CELL_MARGIN_TWIPS = 57
ALIGNMENTS = {"left": "left", "right": "right", "centre": "center"}


def write_table(document: Any, table: Table) -> None:
    """Add a table after the last paragraph; its head repeats on every page and no row is torn."""
    line = DENSE_LINE_TWIPS if table.is_dense else CELL_LINE_TWIPS
    xml = [
        f"<w:tbl {nsdecls('w')}>",
        _properties(table.columns),
        _row(table.columns, [column.head for column in table.columns], HEITI, line, is_head=True),
        *(
            _band(table.columns, row[0], line) if len(row) == 1 else _row(table.columns, row, FANGSONG, line)
            for row in table.rows
        ),
        *([_row(table.columns, table.total, HEITI, line)] if table.total else []),
        "</w:tbl>",
    ]
    document.element.body.insert_element_before(parse_xml("".join(xml)), "w:sectPr")


def _properties(columns: Sequence[Column]) -> str:
    widths = [round(column.width_mm * TWIPS_PER_MM) for column in columns]
    rules = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{rules}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="{CELL_MARGIN_TWIPS}" w:type="dxa"/>'
        f'<w:right w:w="{CELL_MARGIN_TWIPS}" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
    )


def _row(columns: Sequence[Column], cells: Sequence[str], face: str, line: int, *, is_head: bool = False) -> str:
    head = "<w:tblHeader/>" if is_head else ""
    placed = "".join(_cell(*one, face, line, is_head=is_head) for one in zip(columns, cells, strict=True))
    return f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>{placed}</w:tr>"


def _band(columns: Sequence[Column], text: str, line: int) -> str:
    """Write a heading over the rows under it, across all columns; it stays with the first of them."""
    whole = Column("", sum(column.width_mm for column in columns))
    cell = _cell(whole, text, HEITI, line, is_head=False, span=len(columns))
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cell}</w:tr>"


def _cell(column: Column, text: str, face: str, line: int, *, is_head: bool, span: int = 1) -> str:
    align = "center" if is_head else ALIGNMENTS[column.align]
    across = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    gap = 0 if line == DENSE_LINE_TWIPS else 20
    keep = "<w:keepNext/>" if span > 1 else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{round(column.width_mm * TWIPS_PER_MM)}" w:type="dxa"/>{across}'
        f'<w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr>{keep}<w:snapToGrid w:val="0"/>'
        f'<w:spacing w:before="{gap}" w:after="{gap}" w:line="{line}" w:lineRule="exact"/><w:jc w:val="{align}"/>'
        f'</w:pPr><w:r><w:rPr><w:rFonts w:hint="eastAsia" w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{face}" '
        f'w:cs="{LATIN}"/><w:spacing w:val="0"/>'
        f'<w:sz w:val="{CELL_HALF_POINTS}"/><w:szCs w:val="{CELL_HALF_POINTS}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p></w:tc>'
    )
