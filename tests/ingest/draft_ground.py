"""Ground of the tests of drafted mappings: files to draft for, and a draft held against the mapping that is right."""

from dataclasses import dataclass
from pathlib import Path

from ingest_ground import csv_bytes

from ingest.delivery import Delivery
from ingest.draft.propose import draft_mapping
from ingest.draft.shapes import Draft, Guess
from ingest.mapping import Mapping, reference_files
from ingest.prepare import NO_LIMITS_GIVEN
from ingest.readers import read_sheets
from ingest.table import Table, find_table, plain

# mapping: its file below shared/data. A file of several tables is read as the mapping's feed: a person says so.
REAL = {
    "devon": "uk-devon-payments/DCCSpendingOver500_202504.csv",
    "exeter": "uk-exeter-payments/apr-2024-jun-2024-csv.csv",
    "jerez": "es-jerez-execution-snapshots/2022LiqGas_committed-2023-11-01_f7e67af9.json.gz",
    "jerez-economic": "es-jerez-execution-snapshots/gastosEconomicaEconomicos.json",
    "jerez-units": "es-jerez-execution-snapshots/programasInfo.json",
    "ua-cities": "ua-city-monthly/expenses_3cities_2023-2024.csv",
    "putuo-budgets": "cn-putuo-dept-budget/expenditure_by_function.csv",
    "putuo-finals": "cn-putuo-dept-budget/expenditure_by_function.csv",
    "putuo-finals-general": "cn-putuo-dept-budget/expenditure_by_function.csv",
    "putuo-basic": "cn-putuo-dept-budget/basic_expenditure_by_economic_class.csv",
    "putuo-codes": "cn-putuo-dept-budget/function_codes_seen.csv",
    "putuo-final-items": "cn-putuo-dept-budget/final_vs_budget_by_item.csv",
    "mof-months": "cn-mof-monthly/long.csv",
    "mof-months-wide": "cn-mof-monthly/wide.csv",
    "mof-totals": "cn-mof-monthly/wide.csv",
    "divisions": "cn-admin-divisions/areas.csv",
    "holidays": "cn-holidays/2024.json",
    "tokyo": "jp-tokyo-payments-sample/tokyo_2025-05_first_rows.csv",
    "puebla": "mx-puebla-projects-2016q1/Gasto Federalizado_Avance Financiero_Puebla_Q1_2016.xlsx",
    "puebla-ramo": "mx-puebla-projects-2016q1/RAMO_23_general2015.csv",
}
FEED_IS_SAID = frozenset({"putuo-finals", "putuo-finals-general", "mof-totals"})


BOKUAN = csv_bytes(
    "青禾区二〇二六年六月拨款明细,,,,",
    "编制单位：区财政局,,,,单位：万元",
    "单位,单位,科目,拨款,",
    "编码,名称,编码,金额,日期",
    '101001,教育局（本级）,2050101,"1,200.50",2026年6月3日',
    ",,2050201,３４.５０,20260618",
    ",教育局小计,,1235.00,",
    "102001,水利局,2130301,—,2026-6-30",
    ",合    计,,1235.00,",
    "注：金额为当月数。,,,,",
    encoding="gb18030",
)
# The element names of the common platform and of older audit exports, unlike any built-in mapping's labels.
PLATFORM = csv_bytes(
    "fiscal_year,mof_div_code,agency_code,agency_name,exp_func,dep_bgt_eco,pro_code,payAppNo,VoucherNo,VouDate,PayAmt,"
    "PayeeAcctName,PayeeAcctNo,useDes",
    *(
        f"2026,440604010,101{n:03d},局{n},2050201,30201,4406040102600000{n:05d},SQ{n},ZF{n},202605{n:02d},{n}.5,"
        f"宏达公司{n},62220012345678{n:04d},维修费{n}"
        for n in range(1, 21)
    ),
    encoding="gb18030",
)


@dataclass(frozen=True)
class Held:
    """A draft beside the mapping that is right: canonical column -> is it drafted right."""

    draft: Draft
    mapping: Mapping
    table: Table
    columns: dict[str, bool]

    def finds_the_header(self) -> bool:
        """Tell whether the rows of data begin where they do."""
        first = int(self.table.rows["\x01row"][0])
        return self.draft.header_row + self.draft.header_rows == (first if self.mapping.table.format != "json" else 1)


def hold(mapping: Mapping, path: Path) -> Held:
    """Draft for a file and compare column by column with a mapping of the same file."""
    content = path.read_bytes()
    said = mapping.feed if mapping.name in FEED_IS_SAID else None
    draft = draft_mapping(path.name, content, feed=said)
    sheet = read_sheets(path.name, Delivery.of_bytes(content), mapping.table, NO_LIMITS_GIVEN)[0]
    table = find_table(mapping, path.name, sheet, as_delivered=True)
    guesses = {one.column: one for one in draft.guesses if one.status != "left_out"}
    turned = mapping.table.unpivot
    made = set() if turned is None else {turned.label, turned.value}
    wanted = {name: spec.from_ for name, spec in mapping.columns.items() if spec.from_ and not made & set(spec.from_)}
    return Held(
        draft,
        mapping,
        table,
        {name: _is_right(mapping, table, labels, guesses.get(name)) for name, labels in wanted.items()},
    )


def _is_right(mapping: Mapping, table: Table, labels: tuple[str, ...], guess: Guess | None) -> bool:
    """Tell whether a guess takes the columns that the mapping takes; the year may also come from the file's name."""
    if guess is None:
        return False
    if guess.column == "fiscal_year" and guess.group is not None:
        return True
    delivered = {plain(new): plain(old) for old, new in mapping.table.aliases.items() if plain(old) != plain(new)}
    full = [table.column(one) for one in labels]
    wanted = [_end(delivered.get(one, one)) for one in full if one is not None]
    return [_end(one) for one in guess.labels] == wanted


def _end(label: str) -> str:
    # A merged row above may or may not be taken for a part of the header: the end of the path is the column.
    return label.rpartition("/")[2]


def classification_file() -> Path:
    return next(path for path in reference_files() if "function" in path.name)
