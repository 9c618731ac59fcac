"""A compact district for the pages: two departments of the district, one street, one late street, four years."""

import datetime as dt
import json

import polars as pl
import sqlalchemy as sa

from warehouse.bulk import insert_frame

AS_OF = dt.date(2026, 9, 30)
NOW = dt.datetime(2026, 10, 3, 2, 0, tzinfo=dt.UTC)
DISTRICT, STREET, LATE = "990101000", "990101010", "990101011"
DIVISIONS = {DISTRICT: "青禾区", STREET: "石桥街道", LATE: "南塘街道"}
# unit, department, name, division
UNITS = [
    ("105001", None, "区教育局", DISTRICT),
    ("105002", "105001", "区第一小学", DISTRICT),
    ("105003", "105001", "区实验中学", DISTRICT),
    ("212001", None, "区水利局", DISTRICT),
    ("801001", None, "石桥街道办事处", STREET),
    ("801002", "801001", "石桥街道市政所", STREET),
    ("802001", None, "南塘街道办事处", LATE),
]
# project, unit, name, category, kind, budget in 元, share paid by as_of: of this year, of years before
PROJECTS = [
    ("P105002", "105002", "校舍维修", "工程", "project", 3_000_000, 0.62, 0.60),
    ("P105003", "105003", "实验设备购置", "采购", "project", 1_800_000, 0.40, 0.55),
    ("P212001", "212001", "河道整治二期", "工程", "project", 8_120_000, 0.0, 0.60),
    ("P801002", "801002", "道路养护", "运维", "project", 10_000_000, 0.1044, 0.5820),
    ("P802001", "802001", "社区服务补助", "补助", "project", 2_000_000, 0.5, 0.6),
]
PERSONNEL = [("105001", 2_400_000), ("105002", 6_000_000), ("105003", 7_200_000), ("212001", 3_600_000)]
PERSONNEL += [("801001", 4_800_000), ("801002", 1_200_000), ("802001", 4_000_000)]
PERSON, PERSON_ACCOUNT = "王建国", "6222021234567890123"


class Writer:
    """Writes deliveries slice by slice."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.slice_id = 0
        self.facts: dict[str, tuple[int, int]] = {}
        insert_frame(
            connection,
            "landing",
            pl.DataFrame([{"sha256": "ab" * 32, "file_name": "all", "byte_count": 1, "received_at": NOW}]),
        )

    def deliver(
        self, feed: str, table: str, rows: list[dict], *, division: str | None, year: int, last_on=None, at=None
    ) -> None:
        """Publish one slice as a batch of its own."""
        self.slice_id += 1
        at = at or dt.datetime(year, 1, 10, 10, tzinfo=dt.UTC)
        file_name = f"{feed}-{division or 'all'}-{year}.csv"
        count = len(rows)
        totals = {name: sum(row[name] for row in rows) for name in rows[0] if name.endswith("_fen")} if rows else {}
        batch = {
            "batch_id": self.slice_id,
            "feed": feed,
            "mapping_name": feed,
            "mapping_sha256": "cd" * 32,
            "landing_sha256": "ab" * 32,
            "file_name": file_name,
            "status": "published",
            "known_at": at,
            "recorded_at": at,
            "row_count": count,
            "accepted_count": count,
            "rejected_count": 0,
            "totals_json": json.dumps(totals),
            "recorded_by": "sample",
        }
        insert_frame(self.connection, "batch", pl.DataFrame([batch]))
        piece = {
            "slice_id": self.slice_id,
            "batch_id": self.slice_id,
            "feed": feed,
            "slice_key": f"{division or ''}/{year}",
            "division_code": division,
            "fiscal_year": year,
            "first_on": dt.date(year, 1, 1),
            "last_on": last_on,
            "row_count": count,
            "known_at": at,
        }
        schema = {"division_code": pl.String, "last_on": pl.Date}
        insert_frame(self.connection, "batch_slice", pl.DataFrame([piece], schema_overrides=schema))
        keyed = [
            {"slice_id": self.slice_id, "row_no": n, "source_sheet": None, "source_row": n + 1} | row
            for n, row in enumerate(rows, 1)
        ]
        for row in keyed:
            if row.get("voucher_no"):
                self.facts[row["voucher_no"]] = (row["slice_id"], row["row_no"])
        overrides = {"source_sheet": pl.String}
        insert_frame(self.connection, table, pl.DataFrame(keyed, schema_overrides=overrides, infer_schema_length=None))


def write_year(writer: Writer, year: int) -> None:
    units = [
        {
            "fiscal_year": year,
            "unit_code": unit,
            "unit_name": name,
            "parent_code": parent,
            "division_code": division,
            "division_name": DIVISIONS[division],
            "unit_level": "unit" if parent else "department",
        }
        for unit, parent, name, division in UNITS
    ]
    writer.deliver("units", "budget_unit", units, division=None, year=year)
    place = {unit: division for unit, _parent, _name, division in UNITS}
    for division in DIVISIONS:
        own = [unit for unit in place if place[unit] == division]
        writer.deliver("allotments", "allotment", _allotments(year, division, own), division=division, year=year)
        writer.deliver("adjustments", "adjustment", _adjustments(year, division, own), division=division, year=year)
        rows = _payments(year, division, own)
        last = dt.date(year, 12, 31) if year < 2026 else (dt.date(2026, 8, 8) if division == LATE else AS_OF)
        at = dt.datetime(2026, 10, 2, 10, tzinfo=dt.UTC) if year == 2026 else dt.datetime(year + 1, 1, 8, tzinfo=dt.UTC)
        writer.deliver("payments", "payment", rows, division=division, year=year, last_on=last, at=at)


def _line(  # noqa: PLR0917  # a row, in the order of its columns
    year: int, division: str, unit: str, project: str | None, name: str | None, kind: str, category: str | None
) -> dict:
    return {
        "fiscal_year": year,
        "division_code": division,
        "unit_code": unit,
        "project_code": project,
        "project_name": name,
        "function_code": "2050201" if unit.startswith("105") else "2130305",
        "fund_type_code": "11",
        "budget_source": "current",
        "spending_kind": kind,
        "project_category": category,
    }


def _allotments(year: int, division: str, own: list[str]) -> list[dict]:
    rows = [
        _line(year, division, unit, code, name, kind, category)
        | {
            "allotment_code": f"{year}-{code[-3:]}",
            "document_no": f"青财预〔{year}〕{n}号",
            "released_on": dt.date(year, 1, 18),
            "appropriation_fen": yuan * 100,
        }
        for n, (code, unit, name, category, kind, yuan, _now, _then) in enumerate(PROJECTS, 1)
        if unit in own
    ]
    rows += [
        _line(year, division, unit, None, None, "personnel", None)
        | {
            "allotment_code": f"{year}-{unit}",
            "document_no": None,
            "released_on": dt.date(year, 1, 1),
            "appropriation_fen": yuan * 100,
        }
        for unit, yuan in PERSONNEL
        if unit in own
    ]
    return rows


def _adjustments(year: int, division: str, own: list[str]) -> list[dict]:
    return [
        _line(year, division, unit, code, name, kind, category)
        | {
            "document_no": f"青财预〔{year}〕6{code[-1]}号",
            "adjustment_kind": "cut",
            "adjusted_on": dt.date(year, 6, 18),
            "reason": "年中调减",
            "adjustment_fen": -20_000_000,
        }
        for code, unit, name, category, kind, _yuan, _now, _then in PROJECTS
        if unit in own and code == "P801002"
    ] or [
        _line(year, division, own[0], None, None, "personnel", None)
        | {
            "document_no": f"青财预〔{year}〕70号",
            "adjustment_kind": "add",
            "adjusted_on": dt.date(year, 6, 20),
            "reason": "人员增加",
            "adjustment_fen": 5_000_000,
        },
    ]


def _payments(year: int, division: str, own: list[str]) -> list[dict]:
    rows: list[dict] = []
    last_month = 12 if year < 2026 else (8 if division == LATE else 9)
    for unit, yuan in PERSONNEL:
        if unit in own:
            rows += [
                _paid(year, month, division, unit, None, yuan * 100 // 12, "区财政代发工资户")
                for month in range(1, last_month + 1)
            ]
    for code, unit, _name, _category, _kind, yuan, now, then in PROJECTS:
        if unit not in own:
            continue
        share = now if year == 2026 else then
        for month in range(3, min(last_month, 9) + 1):
            fen = int(yuan * 100 * share) // 7
            if fen:
                rows.append(_paid(year, month, division, unit, code, fen, "青禾建设工程有限公司"))
        if year < 2026:
            rows.append(_paid(year, 12, division, unit, code, int(yuan * 100 * 0.3), "青禾建设工程有限公司"))
        if code == "P105003" and year == 2026:
            rows.append(
                _paid(year, 9, division, unit, code, 6_000_000, PERSON, account=PERSON_ACCOUNT, number="V2026E05")
            )
    return rows


def _paid(  # noqa: PLR0917  # a row, in the order of its columns
    year, month, division, unit, project, fen, payee, account="3305010100000012345", number=None
) -> dict:
    return {
        "fiscal_year": year,
        "division_code": division,
        "unit_code": unit,
        "project_code": project,
        "function_code": "2050201" if unit.startswith("105") else "2130305",
        "dept_economic_code": "30101" if project is None else "30213",
        "fund_type_code": "11",
        "voucher_no": number or f"V{year}{month:02d}{unit}{project or 'JB'}",
        "paid_on": dt.date(year, month, 20),
        "payment_kind": "normal",
        "payee_name": payee,
        "payee_account": account,
        "payee_bank": "青禾农商银行",
        "purpose": "工资" if project is None else "工程款",
        "is_voided": False,
        "payment_fen": fen,
    }
