"""When the feeds beside the budget line are delivered; drawn apart, so that the other files stay as they are."""

import datetime as dt
from pathlib import Path

from sample.acts import acts_of
from sample.deliveries import DIVISIONS
from sample.levels import LEVELS, LevelMonth
from sample.model import District
from sample.months import delivered_on
from sample.people import DISTRICT_CODE
from sample.transfers import write_transfers
from sample.write_accounts import write_finals, write_plans
from sample.write_acts import write_acts
from sample.write_cash import write_debt, write_treasury
from sample.write_revenue import write_revenue
from sample.write_works import reviewed_projects, write_contracts, write_milestones, write_projects, write_reviews


def deliver_more(folder: Path, district: District, seed: int) -> list[Path]:
    """Write revenue, treasury, debt, projects, contracts, transfers, accounts, reviews, cash plans and acts."""
    return [
        *_monthly(folder, district, seed),
        *_works(folder, district),
        *_yearly(folder, district),
        *_acts(folder, district, seed),
    ]


def _monthly(folder: Path, district: District, seed: int) -> list[Path]:
    """Write each month of the current year; of finished years the last month, of cash and debt last year's only."""
    files: list[Path] = []
    for level in LEVELS:
        for year in district.lines:
            months = range(1, 13) if year == district.year else (12,)
            for when in (LevelMonth(level, year, month) for month in months):
                day = delivered_on(year, when.month)
                if day > district.until:
                    continue
                name = f"{level}-{year}{when.month:02d}-{day:%Y%m%d}"
                files.append(folder / f"revenue-{name}.xlsx")
                write_revenue(files[-1], district, when, seed)
                if year < district.year - 1:
                    continue
                files.append(folder / f"treasury-{name}.csv")
                write_treasury(files[-1], district, when, seed)
                if level == DISTRICT_CODE:
                    files.append(folder / f"debt-{name}.xlsx")
                    write_debt(files[-1], district, when, seed)
    return files


def _works(folder: Path, district: District) -> list[Path]:
    files: list[Path] = []
    for division in DIVISIONS:
        works = district.papers.works.get(division)
        if not works:
            continue
        name = f"{division}-{district.year}-{district.until:%Y%m%d}"
        files += [folder / f"projects-{name}.xlsx", folder / f"milestones-{name}.csv"]
        write_projects(files[-2], works, division, district.year, on=district.until, papers=district.papers)
        write_milestones(files[-1], works, division, district.year)
        if any(work.contracts for work in works):
            files.append(folder / f"contracts-{name}.csv")
            write_contracts(files[-1], works)
    return files


def _yearly(folder: Path, district: District) -> list[Path]:
    year, until = district.year, district.until
    files: list[Path] = []
    for level in LEVELS:
        for told, day in ((year - 1, dt.date(year - 1, 12, 31)), (year, until)):
            files.append(folder / f"transfers-{level}-{told}-{day:%Y%m%d}.xlsx")
            write_transfers(files[-1], district, level, told)
        for past in (one for one in district.lines if dt.date(one + 1, 7, 20) <= until):
            files.append(folder / f"finals-{level}-{past}-{past + 1}0720.xlsx")
            write_finals(files[-1], district, level, past)
    for division in DIVISIONS:
        if dt.date(year, 1, 31) <= until:
            files.append(folder / f"cashplans-{division}-{year}-{year}0131.xlsx")
            write_plans(files[-1], district, division, year)
        for told, day in ((year - 1, dt.date(year, 3, 31)), (year, dt.date(year, 2, 10))):
            if day <= until and reviewed_projects(district, division, told):
                files.append(folder / f"performance-{division}-{told}-{day:%Y%m%d}.xlsx")
                write_reviews(files[-1], district, division, told, reviewed=day if told < year else None)
    return files


def _acts(folder: Path, district: District, seed: int) -> list[Path]:
    files: list[Path] = []
    for year in (district.year - 1, district.year):
        acts = [one for level in LEVELS for one in acts_of(district, level, year, seed)]
        if acts:
            files.append(folder / f"documents-{year}-{district.until:%Y%m%d}.csv")
            write_acts(files[-1], acts)
    return files
