"""Ruled tables of a report as WordprocessingML, written directly: a table of many hundred rows takes no time."""

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from reports.blocks import Column, Table
from reports.docx_form import FANGSONG, HEITI, LATIN

TWIPS_PER_MM = 1440 / 25.4
CELL_HALF_POINTS, CELL_LINE_TWIPS = 18, 260  # 小五, 9 pt, on a 13 pt line
CELL_MARGIN_TWIPS = 57
ALIGNMENTS = {"left": "left", "right": "right", "centre": "center"}


def write_table(document: Any, table: Table) -> None:
    """Add a table after the last paragraph; its head repeats on every page and no row is torn."""
    xml = [
        f"<w:tbl {nsdecls('w')}>",
        _properties(table.columns),
        _row(table.columns, [column.head for column in table.columns], HEITI, is_head=True),
        *(_row(table.columns, row, FANGSONG) for row in table.rows),
        *([_row(table.columns, table.total, HEITI)] if table.total else []),
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


def _row(columns: Sequence[Column], cells: Sequence[str], face: str, *, is_head: bool = False) -> str:
    head = "<w:tblHeader/>" if is_head else ""
    placed = "".join(_cell(*one, face, is_head=is_head) for one in zip(columns, cells, strict=True))
    return f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>{placed}</w:tr>"


def _cell(column: Column, text: str, face: str, *, is_head: bool) -> str:
    align = "center" if is_head else ALIGNMENTS[column.align]
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{round(column.width_mm * TWIPS_PER_MM)}" w:type="dxa"/><w:vAlign w:val="center"/>'
        f'</w:tcPr><w:p><w:pPr><w:snapToGrid w:val="0"/>'
        f'<w:spacing w:before="20" w:after="20" w:line="{CELL_LINE_TWIPS}" w:lineRule="exact"/><w:jc w:val="{align}"/>'
        f'</w:pPr><w:r><w:rPr><w:rFonts w:hint="eastAsia" w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{face}" '
        f'w:cs="{LATIN}"/><w:spacing w:val="0"/>'
        f'<w:sz w:val="{CELL_HALF_POINTS}"/><w:szCs w:val="{CELL_HALF_POINTS}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p></w:tc>'
    )
