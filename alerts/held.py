"""The mail to the operator about a held delivery: why, with the differences side by side, and where to decide. Pure."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from alerts.digest import SUBJECT_LIMIT, one_line
from alerts.held_html import write_held_html
from alerts.held_plan import HeldPlan, Table
from alerts.mailing import AlertSettings
from budget.counted import is_counted, told_count, told_label
from budget.expectations import told_expected
from budget.flagged import flagged_rows
from budget.holding import difference_fen, find_causes, in_chinese, told_cause, told_measure, told_place
from budget.masking import mask_found
from budget.money import format_yuan
from warehouse.held import Held
from warehouse.outbox import NewMessage

KIND: Final = "held"
MOST_CAUSES: Final = 4
MOST_LINES: Final = 8
MOST_REJECTED: Final = 5


class Told(NamedTuple):
    """What the mail knows of its surroundings: the feed's name, when the file came, and the district's code."""

    feed_title: str
    came_at: str
    district_code: str


def held_message(held: Held, recipient: str, told: Told, settings: AlertSettings) -> NewMessage:
    """Return the one outbox row that tells a recipient of a held batch; the same batch gives the same number."""
    plan = build_held_plan(held, told, settings.base_url.rstrip("/"))
    payload = {"text": write_held_text(plan), "html": write_held_html(plan)}
    divisions = {piece.division_code for piece in held.slices}
    (only,) = divisions if len(divisions) == 1 else {None}
    return NewMessage(
        message_id=_message_id(held.batch.batch_id, recipient, settings.mail_domain),
        kind=KIND,
        division_code=only or told.district_code,
        recipient=recipient,
        run_id=None,
        subject=plan.subject,
        payload_json=json.dumps(payload, ensure_ascii=False, sort_keys=True),
    )


def _message_id(batch_id: int, recipient: str, domain: str) -> str:
    mark = hashlib.sha256(f"{batch_id}/{recipient}".encode()).hexdigest()[:24]
    return f"<held.{batch_id}.{mark}@{domain}>"


def build_held_plan(held: Held, told: Told, base_url: str) -> HeldPlan:
    """Choose what the mail says: the reasons in full, of the tables as much as one screen holds."""
    batch = held.batch
    file_name = one_line(batch.file_name)
    found = find_causes(batch.reason, held.checks, batch.mapping_name, batch.refusals)
    causes = [mask_found(None, one_line(told_cause(cause, in_chinese))) or "" for cause in found]
    more = len(causes) - MOST_CAUSES
    subject = f"【明账】数据暂扣待核: {told.feed_title}, {file_name} (批次 {batch.batch_id})"
    return HeldPlan(
        subject=subject if len(subject) <= SUBJECT_LIMIT else f"{subject[: SUBJECT_LIMIT - 1]}…",
        lead=f"{told.came_at} 送来的{told.feed_title}没有发布，等人核对。",
        file=f"文件：{file_name}　批次：{batch.batch_id}　映射：{batch.mapping_name}",
        meanwhile=_meanwhile(held),
        causes=tuple(causes[:MOST_CAUSES]) + ((f"另有 {more} 处不符，见系统",) if more > 0 else ()),
        raw=(mask_found(None, one_line(batch.reason or "")) or "") if found[0].kind == "unread" else "",
        tables=tuple(table for table in _tables(held) if table.rows),
        next_step=_next_step(held),
        link=f"{base_url}/system/batches/{batch.batch_id}",
    )


def _tables(held: Held) -> tuple[Table, ...]:
    return _checks(held), _slips(held), _flagged(held), _figures(held), _warned(held), _rejected(held)


def _meanwhile(held: Held) -> str:
    is_new = bool(held.slices) and not held.standing
    return "这一份数据此前没有发布过。" if is_new else "上一次送来的数据照旧有效，没有任何数字因此改变。"


def _next_step(held: Held) -> str:
    if held.slices:
        return "请先与送数据的单位核对。确实无误的，登录后说明理由并放行；有错的，请其更正后重新送来。"
    return "请送数据的单位核对文件，更正后重新送来；文件没有错而是映射要改的，改好映射后登录重读。"


def _yuan(fen: int | None) -> str:
    return format_yuan(fen)


def _failed_sums(held: Held) -> list[dict[str, Any]]:
    return [one for one in held.checks if one["outcome"] in {"hold", "warn"} and not is_counted(one)]


def _checks(held: Held) -> Table:
    failed = [one for one in _failed_sums(held) if one["check_code"] != "H04"]
    rows = [
        (
            told_place(one, in_chinese),
            told_measure(one["measure"], in_chinese),
            _yuan(one["expected_fen"]),
            _yuan(one["actual_fen"]),
            _yuan(difference_fen(one)),
            _yuan(one["tolerance_fen"]),
        )
        for one in failed
    ]
    heads = ("哪里", "指标", "文件所写", "各行相加", "相差", "容差")
    return Table("不符之处 (元)", heads, 2, tuple(rows[:MOST_LINES]), _more(rows, MOST_LINES, "处"))


def _slips(held: Held) -> Table:
    """Tell figures that may be in the wrong unit beside those of before: neither side is a sum of the file."""
    rows = [
        (
            "上一次送来的" if one["check_name"] == "last_delivery" else "上年同期",
            told_measure(one["measure"], in_chinese),
            _yuan(one["expected_fen"]),
            _yuan(one["actual_fen"]),
        )
        for one in _failed_sums(held)
        if one["check_code"] == "H04"
    ]
    heads = ("与什么相比", "指标", "当时的数", "这次送来")
    return Table("单位疑错 (元)", heads, 2, tuple(rows[:MOST_LINES]), _more(rows, MOST_LINES, "处"))


def _flagged(held: Held) -> Table:
    """Tell the rows that the checks which hold the delivery point at."""
    rows = [
        ("—" if one.row is None else str(one.row), one.label, one.about, one.actual or "—", one.expected or "—")
        for one in flagged_rows(held.checks, in_chinese)
        if one.outcome == "hold"
    ]
    heads = ("行号", "检查", "编号", "这份文件", "应为")
    # A check keeps only its first rows, so how many more there are is not known here.
    more = "更多的行见系统" if len(rows) > MOST_LINES else ""
    return Table("检查指出的行", heads, 9, tuple(rows[:MOST_LINES]), more)


def _warned(held: Held) -> Table:
    """Tell the counting checks that only warn: the reasons above do not name them."""
    warned = [one for one in held.checks if one["outcome"] == "warn" and is_counted(one)]
    rows = [(told_label(one, in_chinese), told_count(one, in_chinese)) for one in warned]
    return Table("另有提示 (不影响发布)", ("检查", "情况"), 9, tuple(rows[:MOST_LINES]), _more(rows, MOST_LINES, "处"))


def _figures(held: Held) -> Table:
    rows = []
    for piece in held.slices:
        before = held.standing.get(piece.slice_key)
        for measure, fen in piece.totals.items():
            old = before.totals.get(measure) if before else None
            change = None if old is None else fen - old
            name = told_measure(measure, in_chinese)
            rows.append((piece.slice_key, name, _yuan(old), _yuan(fen), "—" if change is None else _yuan(change)))
    heads = ("哪一份", "指标", "现在有效", "这次送来", "相差")
    return Table("与现在有效的数据相比 (元)", heads, 2, tuple(rows[:MOST_LINES]), _more(rows, MOST_LINES, "行"))


def _rejected(held: Held) -> Table:
    rows = [
        (
            str(one["row"]),
            "整行" if one["column"] in {None, "cells"} else one["column"],
            mask_found(one["column"], one["found"], one["cells"]) or "空白",
            told_expected(one["expected"], in_chinese),
        )
        for one in held.rejected
    ]
    heads = ("行号", "列", "原文", "应为")
    count = held.batch.rejected_count
    more = f"另有 {count - MOST_REJECTED} 行，见系统" if count > MOST_REJECTED else ""
    return Table(f"读不通的行 (共 {count} 行)", heads, 9, tuple(rows[:MOST_REJECTED]), more)


def _more(rows: Sequence[tuple[str, ...]], most: int, unit: str) -> str:
    return f"另有 {len(rows) - most} {unit}，见系统" if len(rows) > most else ""


def write_held_text(plan: HeldPlan) -> str:
    """Write the mail as plain text that ends in a line break."""
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: HeldPlan) -> Iterator[str]:
    yield from (plan.lead, plan.file, "", "原因")
    yield from (f"  {number}. {cause}" for number, cause in enumerate(plan.causes, start=1))
    if plan.raw:
        yield f"  程序记录的原话: {plan.raw}"
    yield plan.meanwhile
    for table in plan.tables:
        yield from ("", table.title)
        yield from ("  " + "；".join(f"{h} {c}" for h, c in zip(table.heads, row, strict=True)) for row in table.rows)
        if table.more:
            yield f"  {table.more}"
    yield from ("", plan.next_step, f"去核对: {plan.link}", "", plan.note, plan.signature)
