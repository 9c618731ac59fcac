"""A quarterly report's words and tables, written from a frozen snapshot and from nothing else."""

from typing import Any

from budget.calendar import Quarter
from reports.annexes import annexes
from reports.blocks import ReportContent
from reports.overview import overall, work_done
from reports.problems import advice, next_quarter, problems, rectified
from reports.words import day


def build_report(snapshot: dict[str, Any]) -> ReportContent:
    """Write the report of a snapshot; the same snapshot always gives the same report.

    Every number in it is one of the snapshot's. A figure that is missing is written 无数据, never as zero, and no
    warning that nobody verified is called a finding.
    """
    division = snapshot["division"]
    return ReportContent(
        title=(
            f"关于{division['division_name']}{Quarter.parse(snapshot['quarter']).chinese}",
            "预算联网监督情况的报告",
        ),
        recipient=snapshot["recipient"],
        body=(
            *overall(snapshot),
            *work_done(snapshot),
            *problems(snapshot),
            *rectified(snapshot),
            *advice(snapshot),
            *next_quarter(snapshot),
        ),
        annexes=annexes(snapshot),
        signer=division["office_name"],
        dated=day(snapshot["dated_on"]),
        dated_on=snapshot["dated_on"],
        fingerprint=snapshot["sha256"],
    )
