"""A mapping file is strict: a slip of the pen is a refusal that says where and what was meant."""

import pytest
from ingest_ground import PAYMENTS, built_in, mapping_of

from ingest.mapping import BUILT_IN, load_mapping, load_mappings, match, named
from ingest.problems import MappingError, NoMappingError


def test_every_built_in_mapping_loads():
    names = {one.name for one in load_mappings([BUILT_IN])}
    assert {"qinghe-units", "qinghe-allotments", "qinghe-adjustments", "qinghe-payments", "qinghe-execution"} <= names
    assert {"putuo-budgets", "putuo-finals", "devon", "exeter", "jerez", "classifications"} <= names


def test_the_hash_follows_the_bytes(tmp_path):
    first = mapping_of(tmp_path, PAYMENTS)
    assert mapping_of(tmp_path, PAYMENTS).sha256 == first.sha256
    assert mapping_of(tmp_path, PAYMENTS + "\n# a remark\n").sha256 != first.sha256


@pytest.mark.parametrize(
    ("old", "new", "told", "why"),
    [
        ("[amounts]", "[amount]", "unknown key amount; known keys: feed, title", "a table misspelt"),
        ('unit = "元"', 'units = "元"', "amounts: unknown key units; known keys: unit, unit_cell", "a key misspelt"),
        ('from = "单位"', 'form = "单位"', "unknown key form; known keys: from, group, constant", "a column's key"),
        ("unit_code", "unit_kode", "feed payments has no column unit_kode; it has: fiscal_year", "no such column"),
        ('paid_on = { from = "日期" }\n', "", "feed payments needs the column paid_on", "a column left out"),
        ('unit = "元"', 'unit = "角"', 'found "角"', "a unit nobody knows"),
        ('unit = "元"', "", "amounts need a unit", "no unit at all"),
        ('feed = "payments"', 'feed = "paymints"', "feed: there is no feed", "no such feed"),
        (
            '{ from = "凭证" }',
            '{ from = "凭证", constant = "x" }',
            "exactly one of: from, group, constant",
            "two sources",
        ),
        (
            'group = "period", extract',
            'group = "month", extract',
            "file_name has no group month; it has: period",
            "a group",
        ),
        (r"pay-(?P<period>\d{6})", r"pay-(?P<period>\d{6}", "is not a regular expression", "a pattern that is none"),
        ('title = "支付"', "", "title: Field required", "no title"),
        ('format = "csv"', 'format = "dbf"', "'csv', 'excel', 'json' or 'json_lines'", "a format nobody reads"),
        ("[slice]", "[checks]\ntolerance = 0.1\n[slice]", 'quote it ("0.1")', "an amount as a float"),
        (
            "[slice]",
            '[[subtotals]]\nwhere = [{ column = "单位" }]\nparts = "all"\n[slice]',
            "exactly one of: matches",
            "no test",
        ),
        (
            "[slice]",
            '[[subtotals]]\nwhere = [{ column = "单位", is = "合计" }]\nparts = "prefix"\n[slice]',
            'parts = "prefix" need group',
            "a group without a code",
        ),
        (
            'division_code = "990101010"',
            'division_code = "990101010"\npaid_on = "2026-1-1"',
            "both columns and",
            "twice",
        ),
        ('feed = "payments"', 'name = "x"\nfeed = "payments"', "a mapping is named by its file", "a name inside"),
        ("^(\\d{4})'", "^\\d{4}'", "needs a group in brackets", "an extract without a group"),
        ("^(\\d{4})'", "^(?=2)(\\d{4})'", "look-around and back-references are unknown", "a pattern cells cannot take"),
        (
            "[slice]",
            '[delivery]\non = "period"\ntime_zone = "Mars"\n[slice]',
            "not a time zone such as",
            "no such zone",
        ),
        ('feed = "payments"', "feed = payments", "not a TOML file", "no TOML"),
        (
            "[columns]",
            '[columns]\npayment_kind = { from = "类", choices = { "退款" = "refnd", "正常" = "normal" } }',
            "payment_kind knows no refnd; it knows: normal, refund, correction",
            "a slip in a value that rules look for",
        ),
        (
            "[columns]",
            '[columns]\nbudget_source = { constant = "last year" }',
            "budget_source knows no last year; it knows: current, carryover, transfer",
            "the same in a constant",
        ),
    ],
)
def test_a_slip_is_refused_with_its_place(tmp_path, old, new, told, why):
    assert old in PAYMENTS
    with pytest.raises(MappingError) as refused:
        mapping_of(tmp_path, PAYMENTS.replace(old, new))
    assert str(refused.value).startswith("mapping probe.toml: "), why
    assert told in str(refused.value), why


def test_one_mapping_knows_a_file_by_its_name():
    known = load_mappings([BUILT_IN])
    assert match(known, "payments-990101010-202606-20260708.csv").name == "qinghe-payments"
    assert match(known, "units-2026-20260105.xlsx").name == "qinghe-units"


def test_groups_of_the_file_name_are_told():
    groups = built_in("qinghe-payments").groups("payments-990101010-202606-20260708.csv")
    assert groups == {"division_code": "990101010", "period": "202606", "delivered_on": "20260708"}


def test_an_unknown_name_is_refused_with_the_candidates():
    with pytest.raises(
        NoMappingError, match=r"foo\.csv: no mapping knows this name; known mappings: .*qinghe-payments"
    ):
        match(load_mappings([BUILT_IN]), "foo.csv")


def test_a_name_that_two_mappings_know_is_refused_with_both():
    with pytest.raises(
        NoMappingError, match=r"several mappings know this name: putuo-budgets, .*say which with --feed"
    ):
        match(load_mappings([BUILT_IN]), "expenditure_by_function.csv")


def test_a_site_replaces_a_built_in_mapping_by_its_name(tmp_path):
    mapping_of(tmp_path, PAYMENTS, name="devon")
    assert named(load_mappings([BUILT_IN, tmp_path]), "devon").title == "支付"


def test_a_missing_mapping_is_refused_with_the_known_ones():
    with pytest.raises(NoMappingError, match=r'there is no mapping "devin"; known: .*devon'):
        named(load_mappings([BUILT_IN]), "devin")


def test_a_mapping_saved_by_a_windows_editor_is_read_or_refused_in_words(tmp_path):
    path = tmp_path / "probe.toml"
    path.write_text(PAYMENTS, encoding="utf-8-sig")
    assert load_mapping(path).feed == "payments"
    path.write_text(PAYMENTS, encoding="gb18030")
    with pytest.raises(MappingError, match=r"mapping probe\.toml: not written in UTF-8; save it as UTF-8"):
        load_mapping(path)
    with pytest.raises(MappingError, match=r"mapping .*none\.toml cannot be read: No such file"):
        load_mapping(tmp_path / "none.toml")
