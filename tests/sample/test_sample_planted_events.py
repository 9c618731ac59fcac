"""What planted.json lists of vouchers and deliveries is true of the written files: reckoned without the rules."""

import datetime as dt
from collections import defaultdict
from itertools import pairwise
from typing import Any

from sample_ground import Entries, cells, fen, in_force, listed

from sample.people import LATE_DIVISION
from sample.write import Written


def test_e05_vouchers_pay_people_ten_thousand_yuan_or_more(planted: dict[str, Any], payments: list[Entries]) -> None:
    by_number = {f"payment:{row['支付凭证号']}": row for row in payments}
    for subject, period in listed(planted, "planted", "E05"):
        row = by_number[subject]
        assert 2 <= len(row["收款人名称"]) <= 4
        assert row["fen"] >= 1_000_000
        assert f"{row['on']:%Y-%m}" == period
    large = {one for one, row in by_number.items() if row["fen"] >= 1_000_000 and 2 <= len(row["收款人名称"]) <= 4}
    known = {subject for kind in ("planted", "innocent") for subject, _ in listed(planted, kind, "E05")}
    assert large <= known


def test_e07_pieces_lie_just_under_the_limit_within_ten_days(planted: dict[str, Any], payments: list[Entries]) -> None:
    for subject, period in listed(planted, "planted", "E07"):
        unit, payee, economic = subject.removeprefix("payee:").split("/")
        start = dt.date.fromisoformat(period)
        pieces = [
            row["fen"]
            for row in payments
            if (row["单位编码"], row["收款人名称"], row["部门经济科目编码"][:3]) == (unit, payee, economic)
            and start <= row["on"] <= start + dt.timedelta(days=10)
            and 40_000_000 <= row["fen"] < 50_000_000
        ]
        assert len(pieces) > 1, subject


def test_e08_vouchers_were_paid_again_within_seven_days(planted: dict[str, Any], payments: list[Entries]) -> None:
    undone = {row["原支付凭证号"] for row in payments if row["原支付凭证号"]}
    same = defaultdict(list)
    for row in payments:
        if row["fen"] > 1_000_000 and row["支付凭证号"] not in undone:
            text = row["用途"].rstrip("。")
            same[row["单位编码"], row["收款人账号"], row["fen"], text].append((row["on"], row["支付凭证号"]))
    repeated = {
        (f"payment:{group[0][1]}", f"{group[0][0]:%Y-%m}")
        for group in (sorted(rows) for rows in same.values())
        if any((later[0] - earlier[0]).days <= 7 for earlier, later in pairwise(group))
    }
    assert repeated == listed(planted, "planted", "E08")


def test_h03_months_differ_from_the_vouchers_of_the_units(
    planted: dict[str, Any], written: Written, payments: list[Entries]
) -> None:
    wrong = set()
    slipped = listed(planted, "planted", "H04")
    for path in in_force(written.files, "execution-"):
        year, month = int(path.name[20:24]), int(path.name[24:26])
        if year != 2026 or path.name[10:19] == LATE_DIVISION:
            continue
        last = dt.date(year, month + 1, 1)
        reported: dict[str, int] = defaultdict(int)
        for row in cells(path)[3:]:
            if row[2]:
                reported[row[0]] += fen(row[6])
        for department, stated in reported.items():
            paid = sum(row["fen"] for row in payments if row["单位编码"][:3] == department and row["on"] < last)
            if abs(paid - stated) > 1_000_000:
                wrong.add((f"unit:{department}", f"2026-{month:02d}"))
    assert wrong - slipped == listed(planted, "planted", "H03")
    assert slipped <= wrong


def test_h02_subtotals_of_reports_differ_from_their_parts(planted: dict[str, Any], written: Written) -> None:
    wrong = set()
    for path in in_force(written.files, "execution-"):
        parts: dict[str, list[int]] = defaultdict(list)
        for row in cells(path)[3:]:
            if row[2]:
                parts[row[0]].append(fen(row[6]))
            elif row[0] and abs(fen(row[6]) - sum(parts[row[0]])) > 10_000 * len(parts[row[0]]):
                wrong.add((f"check:execution_months/{path.name[10:19]}/{path.name[20:26]}/{row[0]}", path.name[20:24]))
    assert wrong == {entry for entry in listed(planted, "planted", "H02") if "execution" in entry[0]}
