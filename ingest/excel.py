"""Workbooks to sheets of text cells: .xlsx, .xls, and the pages that programs name .xls.

They are read by libraries in Python: a damaged workbook makes those raise, where one in another language asks for
memory by whatever number stands in the file and takes the whole process down. Hidden rows, columns and sheets are read
like all others; a merged cell says its text in its first place only.
"""

from ingest.cells import Sheet
from ingest.mapping_parts import TableSpec
from ingest.readers import WORKBOOK_MAGICS, Limits
from ingest.web_page import read_page
from ingest.xls import read_xls
from ingest.xlsx import read_xlsx


def read_excel(file_name: str, content: bytes, table: TableSpec, limits: Limits) -> list[Sheet]:
    """Read the sheets a mapping asks for; which kind of workbook it is, the content tells."""
    zip_magic, _ = WORKBOOK_MAGICS
    if content.startswith(zip_magic):
        return read_xlsx(file_name, content, table, limits)
    if content.startswith(WORKBOOK_MAGICS):
        return read_xls(file_name, content, table, limits)
    return read_page(file_name, content, table, limits)
