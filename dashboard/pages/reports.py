"""季度报告: the reports that were built, with their files."""

from dataclasses import replace

from budget.calendar import Quarter
from dashboard.components.marks import section
from dashboard.components.table_view import table_view
from dashboard.desk import Desk
from dashboard.page import Page
from dashboard.pages.today import report_thing, things_list
from dashboard.tables import Column, Table
from warehouse import queries

PATH = "/reports"


def page(desk: Desk) -> Page:
    """List the built reports."""
    t = desk.view.t
    due = things_list([replace(report_thing(desk), action="")], desk.view, title=t("报送进度"))
    hint = t("初稿请下载核对, 由负责人签发后报送区人大财经工委")
    return Page(
        t("季度报告"),
        [due, section(t("已成稿的报告"), table_view(table(desk), desk.view), aside=hint)],
        export="reports",
        menu=PATH,
    )


def table(desk: Desk) -> Table:
    """Return the table of reports, newest first."""
    t = desk.view.t
    statuses = {"draft": t("初稿待审签"), "signed": t("已签"), "filed": t("已报送")}
    rows = []
    for row in queries.list_reports(desk.connection, desk.narrowed).iter_rows(named=True):
        has_file = row["document_sha256"] is not None
        rows.append(
            {
                "quarter": Quarter.parse(row["quarter"]).chinese if desk.view.language == "zh" else row["quarter"],
                "division": desk.division_names.get(row["division_code"], row["division_code"]),
                "status": statuses.get(row["status"], row["status"]),
                "as_of_on": row["as_of_on"],
                "known_at": desk.local(row["known_at"]),
                "built_at": desk.local(row["built_at"]),
                "file": t("下载 Word 文档") if has_file else t("没有文件"),
                "file:download": f"/reports/{row['report_id']}/file" if has_file else None,
            }
        )
    columns = [
        Column("quarter", t("季度")),
        Column("division", t("区划")),
        Column("status", t("状态")),
        Column("as_of_on", t("截至"), "day"),
        Column("known_at", t("已知时点")),
        Column("built_at", t("成稿时间")),
        Column("file", t("文件"), is_sortable=False),
    ]
    empty = t("还没有成稿的季度报告; 每季度首月 1 日自动起草")
    return Table("reports", t("季度报告"), columns, rows, empty=empty)
