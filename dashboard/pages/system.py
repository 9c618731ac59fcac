"""系统管理: deliveries and their held-back rows, mails written, job runs."""

from collections.abc import Mapping

from dash import dcc, html

from budget.holding import find_causes, told_cause, told_measure
from dashboard.components.marks import section
from dashboard.components.table_view import table_view
from dashboard.desk import Desk, NotShownError
from dashboard.formats import wan_text
from dashboard.handover import may_hand_over
from dashboard.job_words import told_run, worth_listing
from dashboard.page import Page
from dashboard.pages.facts_behind import feed_words
from dashboard.tables import Column, Table
from warehouse import queries
from warehouse.batches import Batch, read_batches
from warehouse.held import batch_checks, count_warnings, released_because, waiting_batches

PATH = "/system"
ARRIVALS = "/system/arrivals"
RULES = "/system/rules"
BY_DIVISION = ("division", "known")  # the filters that deliveries answer to


def tabs(desk: Desk, here: str) -> html.Nav:
    """Draw the ways between the pages of 系统管理; mails and jobs are for readers of the whole district."""
    t, view = desk.view.t, desk.view
    entries = [("/system", t("批次")), (ARRIVALS, t("数据到达"))]
    if desk.services.handover is not None and may_hand_over(desk.account):
        entries.append(("/system/upload", t("上传")))
    if desk.services.rule_desk is not None:
        entries.append((RULES, t("规则与阈值")))
    if sees_all(desk):
        entries += [("/system/mails", t("邮件")), ("/system/jobs", t("任务"))]
    links = [
        dcc.Link(label, href=view.href(path), className="way" + (" here" if path == here else ""))
        for path, label in entries
    ]
    return html.Nav(links, className="ways")


def sees_all(desk: Desk) -> bool:
    """Tell whether the reader may see the whole district."""
    return desk.scope.divisions is None


def batches_page(desk: Desk) -> Page:
    """List the batches."""
    t = desk.view.t
    body = [tabs(desk, PATH), section(t("数据批次"), table_view(batches_table(desk), desk.view))]
    return Page(t("系统管理: 批次"), body, export="batches", menu=PATH, filters=BY_DIVISION)


def batches_table(desk: Desk) -> Table:
    """Return the batches, newest first."""
    t, view = desk.view.t, desk.view
    waiting = {one.batch_id for one in waiting_batches(desk.connection, desk.narrowed)}
    warned = count_warnings(desk.connection)
    rows = []
    for batch in read_batches(desk.connection, desk.narrowed, known_at=view.known_at):
        link = view.href(f"/system/batches/{batch.batch_id}")
        warnings = warned.get(batch.batch_id, 0) if batch.status == "published" else 0
        rows.append(
            {
                "batch_id": batch.batch_id,
                "batch_id:href": link,
                "feed": feed_words(batch.feed, desk),
                "file_name": batch.file_name,
                "file_name:note": batch_note(desk, batch),
                "status": status_words(desk, batch, is_waiting=batch.batch_id in waiting),
                "status:href": link if batch.batch_id in waiting else None,
                "status:note": t("检查有 {count} 处提示", count=warnings) if warnings else None,
                "row_count": batch.row_count,
                "accepted_count": batch.accepted_count,
                "rejected_count": batch.rejected_count,
                "rejected_count:href": link if batch.rejected_count else None,
                "totals": totals_words(batch.totals, desk),
                "known_at": desk.local(batch.known_at),
            }
        )
    columns = [
        Column("batch_id", t("批次"), "count"),
        Column("feed", t("数据")),
        Column("file_name", t("文件")),
        Column("status", t("状态")),
        Column("row_count", t("行数"), "count"),
        Column("accepted_count", t("接收"), "count", t("合计、小计等行只用来核对, 不算接收, 也不算退回")),
        Column("rejected_count", t("退回"), "count"),
        Column("totals", t("合计 (万元)"), wraps=True),
        Column("known_at", t("送达时间")),
    ]
    return Table("batches", t("数据批次"), columns, rows, empty=t("还没有数据送来; 把文件放进收件箱即可"))


def status_words(desk: Desk, batch: Batch, *, is_waiting: bool) -> str:
    """Say where a batch stands."""
    t = desk.view.t
    if batch.status == "published":
        return t("已发布")
    return t("暂扣待核") if is_waiting else t("曾暂扣, 已处理")


def batch_note(desk: Desk, batch: Batch) -> str | None:
    """Say why a batch was held or released, in words and in short."""
    t = desk.view.t
    if (why := released_because(batch)) is not None:
        return t("放行: {why}", why=why)
    if batch.status != "held":
        return None
    checks = batch_checks(desk.connection, batch.batch_id)
    first, *others = find_causes(batch.reason, checks, batch.mapping_name, batch.refusals)
    return told_cause(first, t) + (t("; 另有 {count} 处", count=len(others)) if others else "")


def totals_words(totals: Mapping[str, int | None], desk: Desk) -> str:
    """Write a batch's totals, measure by measure."""
    parts = [
        f"{told_measure(key, desk.view.t)} {wan_text(value, desk.view.language)}"
        for key, value in totals.items()
        if value is not None
    ]
    return "; ".join(parts) or "—"


def mails_page(desk: Desk) -> Page:
    """List the messages that the files transport wrote."""
    t = desk.view.t
    _only_whole_district(desk)
    body = [tabs(desk, "/system/mails"), section(t("已写出的邮件"), table_view(mails_table(desk), desk.view))]
    return Page(t("系统管理: 邮件"), body, menu=PATH, has_filters=False)


def mails_table(desk: Desk) -> Table:
    """Return the messages, newest first."""
    t, view = desk.view.t, desk.view
    rows = [
        {
            "subject": mail.subject,
            "subject:href": view.href(f"/system/mails/{mail.mail_id}"),
            "recipient": mail.recipient,
            "written_at": desk.local(mail.written_at),
        }
        for mail in desk.services.list_mails()
    ]
    columns = [
        Column("subject", t("主题"), wraps=True),
        Column("recipient", t("收件人")),
        Column("written_at", t("写出时间")),
    ]
    return Table("mails", t("邮件"), columns, rows, empty=t("还没有邮件; 评估出新线索后会写出一封"))


def mail_page(desk: Desk, mail_id: str) -> Page:
    """Show one message as plain text."""
    t, view = desk.view.t, desk.view
    _only_whole_district(desk)
    mail = desk.services.read_mail(mail_id)
    if mail is None:
        raise NotShownError(mail_id)
    told = html.P(f"{t('收件人')}: {mail.recipient} · {desk.local(mail.written_at)}", className="quiet")
    body = [section(mail.subject, told, html.Pre(mail.text, className="mail"))]
    return Page(
        mail.subject,
        body,
        [(t("邮件"), view.href("/system/mails")), (mail.subject, None)],
        menu=PATH,
        has_filters=False,
    )


def jobs_page(desk: Desk) -> Page:
    """List the latest job runs."""
    t = desk.view.t
    _only_whole_district(desk)
    quiet = html.P(t("没有事可做的运行, 每种任务只列最近的一次"), className="quiet")
    body = [tabs(desk, "/system/jobs"), section(t("任务记录"), quiet, table_view(jobs_table(desk), desk.view))]
    return Page(t("系统管理: 任务"), body, menu=PATH, has_filters=False)


def jobs_table(desk: Desk) -> Table:
    """Return the latest job runs, newest first."""
    t = desk.view.t
    names = {
        "inbox": t("收件箱扫描"),
        "fetch": t("取数"),
        "evaluate": t("夜间评估"),
        "dispatch": t("发送"),
        "quarterly_draft": t("季度报告起草"),
    }
    outcomes = {"done": t("完成"), "failed": t("失败"), "abandoned": t("中断")}
    rows = [
        {
            "job": names.get(row["job"], row["job"]),
            "scheduled_for": desk.local(row["scheduled_for"]),
            "started_at": desk.local(row["started_at"]),
            "finished_at": desk.local(row["finished_at"]),
            "outcome": outcomes.get(row["outcome"], row["outcome"]) if row["outcome"] else t("进行中"),
            "message": told_run(row["message"], t),
        }
        for row in worth_listing(queries.list_job_runs(desk.connection).iter_rows(named=True))
    ]
    columns = [
        Column("job", t("任务")),
        Column("scheduled_for", t("计划时间")),
        Column("started_at", t("开始")),
        Column("finished_at", t("结束")),
        Column("outcome", t("结果")),
        Column("message", t("说明"), wraps=True),
    ]
    return Table("jobs", t("任务记录"), columns, rows, empty=t("还没有任务运行过"))


def _only_whole_district(desk: Desk) -> None:
    if not sees_all(desk):
        raise NotShownError(desk.view.asked.path)
