"""A code is valid by its own year's table; a new table changes nothing about earlier years."""

import polars as pl
import pytest

from budget import frames
from budget.classification import code_name, code_of_name, judge_codes, plain_name, valid_codes


def tables(*rows):
    """Rows of (table year, code, name, parent, from, to)."""
    full = [
        {
            "fiscal_year": year,
            "scheme": "function",
            "code": code,
            "name": name,
            "parent_code": parent,
            "valid_from_year": since,
            "valid_to_year": until,
        }
        for year, code, name, parent, since, until in rows
    ]
    schema = frames.CLASSIFICATIONS
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in full], schema=schema)


OLD = [
    (2019, "210", "医疗卫生与计划生育支出", None, 2014, 2018),
    (2019, "210", "卫生健康支出", None, 2019, None),
    (2019, "215", "资源勘探信息等支出", None, 2014, None),
    (2019, "21501", "资源勘探开发", "215", 2014, None),
    (2019, "218", "地震灾后恢复重建支出", None, 2014, 2016),
]
NEW = [
    (2026, "210", "卫生健康支出", None, 2026, None),
    (2026, "215", "资源勘探工业信息等支出", None, 2026, None),
]


@pytest.mark.parametrize(
    ("rows", "year", "code", "name", "why"),
    [
        (OLD, 2018, "210", "医疗卫生与计划生育支出", "the name of that year"),
        (OLD, 2019, "210", "卫生健康支出", "renamed from this year on"),
        (OLD, 2016, "218", "地震灾后恢复重建支出", "its last year counts"),
        (OLD, 2017, "218", None, "gone"),
        (OLD + NEW, 2025, "21501", "资源勘探开发", "a new table says nothing of the year before"),
        (OLD + NEW, 2025, "215", "资源勘探信息等支出", "nor of its names"),
        (OLD + NEW, 2026, "21501", None, "the new year's table dropped it"),
        (OLD + NEW, 2026, "215", "资源勘探工业信息等支出", "the new year's name"),
        (OLD + NEW, 2027, "215", "资源勘探工业信息等支出", "in force until the next table"),
        ([], 2026, "215", None, "no table at all"),
    ],
)
def test_a_code_is_known_by_its_own_years_table(rows, year, code, name, why):
    assert code_name(tables(*rows), "function", year, code) == name, why


def test_a_code_stands_once_among_the_valid_ones():
    assert valid_codes(tables(*OLD), "function", 2019)["code"].to_list() == ["210", "215", "21501"]
    assert valid_codes(tables(*OLD), "fund", 2019).is_empty()


@pytest.mark.parametrize(
    ("code", "year", "status"),
    [
        ("210", 2026, "valid"),
        ("21501", 2026, "not_in_year"),
        ("21501", 2025, "valid"),
        ("21502", 2025, "unknown"),
        ("2150101", 2025, "unlisted"),
        ("999", 2025, "unknown"),
        ("2010301", 2025, "unknown"),
    ],
)
def test_codes_are_judged_by_year(code, year, status):
    rows = pl.DataFrame(
        {"fiscal_year": [year, year], "function_code": [code, None]}, schema_overrides={"fiscal_year": pl.Int32}
    )
    found = judge_codes(rows, "function_code", "function", tables(*OLD, *NEW))
    assert found.select("code", "status").rows() == [(code, status)]


def test_without_a_table_nobody_can_tell():
    rows = pl.DataFrame({"fiscal_year": [2026], "function_code": ["999"]}, schema_overrides={"fiscal_year": pl.Int32})
    assert judge_codes(rows, "function_code", "function", tables())["status"].to_list() == ["unlisted"]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("十三、资源勘探信息等支出", "资源勘探工业信息等支出"),
        ("十三、资源勘探工业信息等支出", "资源勘探工业信息等支出"),
        ("　　　其他收入", "其他收入"),
        ("房产税 ", "房产税"),
        ("6.城市维护建设税", "城市维护建设税"),
        ("（一）增值税", "增值税"),
        ("其中：房产税", "房产税"),
        ("#个人所得税", "个人所得税"),
        ("合    计", "合计"),
        ("医疗卫生与计划生育支出", "卫生健康支出"),
    ],
)
def test_names_are_read_without_their_dress(text, plain):
    assert plain_name(text) == plain


def test_a_renamed_subject_is_found_by_its_old_and_its_new_name():
    table = tables(*OLD, *NEW)
    for name in ("十三、资源勘探信息等支出", "资源勘探工业信息等支出"):
        assert code_of_name(table, "function", 2026, name) == "215"
        assert code_of_name(table, "function", 2025, name) == "215"
    assert code_of_name(table, "function", 2026, "资源勘探开发") is None


@pytest.mark.parametrize(
    ("code", "status", "why"),
    [
        ("2010102", "valid", "listed"),
        ("2010199", "unknown", "its 款 lists others"),
        ("2010299", "unlisted", "its 款 lists nothing below it"),
        ("20109", "unknown", "its 类 lists others"),
    ],
)
def test_a_table_that_names_no_parents_tells_them_by_its_digits(code, status, why):
    names = ["201", "20101", "2010102", "20102"]
    table = tables(*((2026, one, one, None, 2026, None) for one in names))
    rows = pl.DataFrame({"fiscal_year": [2026], "code": [code]}, schema={"fiscal_year": pl.Int32, "code": pl.String})
    assert judge_codes(rows, "code", "function", table)["status"].to_list() == [status], why
