"""The sample's files look like what finance sends, and are the same bytes each time."""

import datetime as dt
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from sample_ground import SCALE, UNTIL, cells, day, fen, in_force, listed, vouchers, yuan_fen

from sample.people import ACCOUNTS, DISTRICT_CODE, LATE_DIVISION, OFFICES
from sample.write import Written, write_sample

NAME = re.compile(
    r"units-\d{4}-\d{8}\.xlsx|(allotments|adjustments)-\d{9}-\d{4}-\d{8}\.xlsx"
    r"|payments-\d{9}-\d{4}(\d{2})?-\d{8}\.csv|execution-\d{9}-\d{6}-\d{8}\.xlsx"
    r"|(revenue|debt)-\d{9}-\d{6}-\d{8}\.xlsx|treasury-\d{9}-\d{6}-\d{8}\.csv"
    r"|(projects|transfers|finals|performance|cashplans)-\d{9}-\d{4}-\d{8}\.xlsx"
    r"|(milestones|contracts)-\d{9}-\d{4}-\d{8}\.csv|documents-\d{4}-\d{8}\.csv"
)


def _hashes(files: tuple[Path, ...]) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_until_seed_and_scale_give_the_same_bytes(written: Written, folder: Path, tmp_path: Path) -> None:
    again = write_sample(tmp_path, until=UNTIL, scale=SCALE)
    assert _hashes(again.files) == _hashes(written.files)
    assert (tmp_path / "planted.json").read_bytes() == (folder / "planted.json").read_bytes()


def test_another_seed_gives_another_district(written: Written, tmp_path: Path) -> None:
    other = _hashes(write_sample(tmp_path, until=UNTIL, scale=SCALE, seed=7).files)
    same = {name for name, found in _hashes(written.files).items() if other.get(name) == found}
    assert not {name for name in same if not name.startswith("units")}


def test_a_scale_that_is_not_positive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected a number above 0"):
        write_sample(tmp_path, until=UNTIL, scale=0)


def test_a_year_that_has_just_begun_can_be_written(tmp_path: Path) -> None:
    first = write_sample(tmp_path, until=dt.date(2026, 1, 1), scale=SCALE)
    assert {path.stem.split("-")[0] for path in first.files} >= {"units", "allotments", "payments", "execution"}


def test_every_file_name_is_of_a_known_form_and_stands_in_order_of_delivery(written: Written) -> None:
    assert [path.name for path in written.files if not NAME.fullmatch(path.name)] == []
    delivered = [path.stem.rpartition("-")[2] for path in written.files]
    assert delivered == sorted(delivered)
    assert max(delivered) == f"{UNTIL:%Y%m%d}"


def test_payments_are_gb18030_and_not_utf8(written: Written) -> None:
    path = next(path for path in written.files if path.name.startswith(f"payments-{DISTRICT_CODE}-2025-"))
    content = path.read_bytes()
    assert content.decode("gb18030").startswith("业务年度,区划编码,单位编码,单位名称,项目编码,功能科目编码")
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")


def test_payments_carry_both_forms_of_dates_and_separators_in_some_amounts(written: Written) -> None:
    rows = [row for path in in_force(written.files, "payments-") for row in vouchers(path)[:200]]
    dates = {row["支付日期"] for row in rows}
    assert any(re.fullmatch(r"\d{8}", one) for one in dates)
    assert any(re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", one) for one in dates)
    assert any("," in row["支付金额"] for row in rows)
    assert any("," not in row["支付金额"] for row in rows)


def test_every_payment_names_an_account_a_purpose_and_a_voucher_of_its_own_but_for_the_planted(
    written: Written, planted: dict[str, Any]
) -> None:
    rows = [row for path in in_force(written.files, "payments-") for row in vouchers(path)]
    doubled = len(listed(planted, "planted", "H06"))
    assert doubled > 0
    assert len({row["支付凭证号"] for row in rows}) + doubled == len(rows) == written.payments
    assert all(row["用途"] for row in rows)
    lacking = {
        (f"unit:{row['单位编码']}", f"{day(row['支付日期']):%Y-%m}")
        for row in rows
        if not (row["收款人账号"] and row["收款人名称"])
    }
    assert lacking <= listed(planted, "planted", "E10") | listed(planted, "innocent", "E10")
    assert {row["业务类型"] for row in rows} == {"正常", "退款", "更正"}
    assert {row["作废标志"] for row in rows} == {"0", "1"}
    slips = {subject for subject, _ in listed(planted, "planted", "H08")}
    normal = [row for row in rows if row["业务类型"] == "正常" and f"payment:{row['支付凭证号']}" not in slips]
    assert min(yuan_fen(row["支付金额"]) for row in normal) > 0


def test_a_refund_names_a_voucher_that_is_there_but_for_planted_ones(written: Written, planted: dict[str, Any]) -> None:
    rows = [row for path in in_force(written.files, "payments-") for row in vouchers(path)]
    numbers = {row["支付凭证号"] for row in rows}
    undone = [row for row in rows if row["业务类型"] != "正常"]
    unknown = {f"payment:{row['支付凭证号']}" for row in undone if row["原支付凭证号"] not in numbers}
    assert len(undone) > len(unknown) > 0
    assert unknown <= {subject for subject, _ in listed(planted, "planted", "E09")}


def test_the_late_office_stops_53_days_before_the_others(written: Written) -> None:
    last = {}
    for path in in_force(written.files, "payments-"):
        last[path.name[9:18]] = max(
            [last.get(path.name[9:18], dt.date.min), *(day(r["支付日期"]) for r in vouchers(path))]
        )
    assert last.pop(LATE_DIVISION) <= UNTIL - dt.timedelta(days=53)
    assert min(last.values()) >= UNTIL - dt.timedelta(days=6)


def test_one_month_of_payments_came_wrong_first_and_right_later(written: Written) -> None:
    names = [path.stem.rpartition("-")[0] for path in written.files if path.name.startswith("payments-")]
    (twice,) = {name for name in names if names.count(name) == 2}
    wrong, right = (path for path in written.files if path.name.startswith(f"{twice}-"))
    assert len(vouchers(wrong)) == len(vouchers(right)) - 2


def test_allotments_have_a_preamble_three_header_rows_and_merged_units(written: Written) -> None:
    rows = cells(in_force(written.files, f"allotments-{DISTRICT_CODE}-2025")[0])
    assert "单位：万元" in rows[1]
    assert rows[2][:2] == ["单位编码", "单位名称"]
    assert rows[2][6] == "功能分类科目"
    assert rows[4][6:9] == ["类", "款", "项"]
    assert rows[3][16] == "年初预算数"
    assert rows[5][0]
    assert rows[6][:2] == ["", ""]
    assert rows[-1][0].startswith("注：")
    assert rows[-2][1] == "合    计"


@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_allotment_subtotals_and_totals_of_past_years_add_up(written: Written, year: int) -> None:
    for office in OFFICES:
        rows = cells(in_force(written.files, f"allotments-{office.division_code}-{year}")[0])[5:-1]
        department = total = 0
        for row in rows:
            if row[1].endswith("小计"):
                assert fen(row[16]) == department
                department = 0
            elif row[1] == "合    计":
                assert fen(row[16]) == total
            else:
                department += fen(row[16])
                total += fen(row[16])


def test_amounts_are_here_and_there_typed_in_full_width_digits(written: Written) -> None:
    rows = cells(in_force(written.files, f"allotments-{DISTRICT_CODE}-2026")[0])
    amounts = [row[16] for row in rows[5:-1]]
    assert any(set("０１２３４５６７８９") & set(text) for text in amounts)
    assert sum(bool(set("０１２３４５６７８９") & set(text)) for text in amounts) < len(amounts) / 10


def test_the_towns_first_allotments_come_with_a_wrong_total_then_right(written: Written) -> None:
    files = [path for path in written.files if path.name.startswith("allotments-990101100-2026-202602")]
    sums = []
    for path in files:
        rows = cells(path)[5:-1]
        parts = sum(fen(row[16]) for row in rows if "计" not in row[1][-1:])
        sums.append(fen(rows[-1][16]) - parts)
    assert sums[0] != 0
    assert sums[1] == 0


def test_a_closed_unit_names_its_successor_from_the_current_year_on(written: Written) -> None:
    before, now = (cells(in_force(written.files, f"units-{year}")[0])[3:] for year in (2025, 2026))
    assert [row for row in before if row[7] or row[8]] == []
    codes = {row[0] for row in now}
    assert all(row[8] in codes for row in now if row[7])


def test_people_are_offices_of_the_five_divisions_and_one_account_each() -> None:
    assert {office.division_code for office in OFFICES} == {
        account.division_code for account in ACCOUNTS if account.division_code
    } | {DISTRICT_CODE}
    assert all(office.mail_to.endswith("@qinghe.example") for office in OFFICES)
    assert [account.role for account in ACCOUNTS].count("office") == 4
