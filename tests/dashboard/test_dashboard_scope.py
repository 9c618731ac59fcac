"""A street office sees its own street and nothing else, whichever way it asks."""

import district
import pytest
from dashboard_cast import House

# What must never reach the office of 石桥街道: units, projects, people and figures of other divisions.
FOREIGN = [
    "教育局",
    "实验中学",
    "校舍维修",
    "河道整治",
    "南塘",
    "社区服务补助",
    "王*",
    "2026-XS-0002",
    "990101011",
    "105003",
]
PAGES = ["/", "/execution", "/clues", "/system", "/reports"]
TABLES = ["overview", "execution", "clues", "batches", "reports"]
WHOLE_DISTRICT = ["/system/mails", "/system/mails/a1.eml", "/system/jobs"]


def leaks(text: str) -> list[str]:
    """Return the foreign words in an answer."""
    return [word for word in FOREIGN if word in text]


@pytest.mark.parametrize("path", PAGES)
def test_pages_show_the_own_division_only(visit, screen, path: str) -> None:
    text = screen(visit("shiqiao"), path)
    assert leaks(text) == []
    assert "石桥街道" in text


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/", "?division=990101011"),
        ("/execution", "?division=990101000"),
        ("/execution", "?division=990101010&department=105001"),
        ("/execution", "?department=105001&unit=105003"),
        ("/execution", "?unit=105003&project=P105003"),
        ("/clues", "?division=990101000"),
        ("/clues/2026-XS-0002", ""),
        ("/clues/2026-XS-0003", ""),
        ("/search", "?q=实验"),
        ("/search", "?q=王建国"),
        ("/search", "?q=105003"),
        ("/search", "?q=南塘"),
        ("/system", "?division=990101000"),
    ],
)
def test_asking_for_another_division_by_url_shows_nothing_of_it(visit, screen, path: str, query: str) -> None:
    text = screen(visit("shiqiao"), path, query)
    typed = query.partition("q=")[2]
    assert [word for word in leaks(text) if word not in typed] == []


def test_another_divisions_voucher_looks_like_a_page_that_is_not_there(house: House, visit, screen) -> None:
    slice_id, row_no = house.seed.facts["V2026E05"]
    client = visit("shiqiao")
    assert "没有这个页面" in screen(client, f"/source/{slice_id}/{row_no}")
    assert leaks(screen(client, f"/source/{slice_id}/{row_no}")) == []


def test_the_own_voucher_is_shown(house: House, visit, screen) -> None:
    slice_id, row_no = house.seed.facts["V202609801002P801002"]
    assert "送来的原始行" in screen(visit("shiqiao"), f"/source/{slice_id}/{row_no}")


@pytest.mark.parametrize("name", TABLES)
def test_exports_hold_the_own_division_only(visit, name: str) -> None:
    text = visit("shiqiao").get(f"/export/{name}.csv").get_data().decode("utf-8-sig")
    assert leaks(text) == []


@pytest.mark.parametrize(
    "path",
    [
        "/export/execution.csv?division=990101000",
        "/export/execution.csv?division=990101010&department=105001&unit=105003",
        "/export/vouchers.csv?unit=105003&project=P105003",
        "/export/facts-2026-XS-0003.csv",
        "/export/nothing.csv",
    ],
)
def test_exports_of_another_division_are_not_there(visit, path: str) -> None:
    answer = visit("shiqiao").get(path)
    assert answer.status_code == 404 or leaks(answer.get_data().decode("utf-8-sig")) == []


@pytest.mark.parametrize("path", WHOLE_DISTRICT)
def test_mails_and_jobs_are_for_the_whole_district(visit, screen, path: str) -> None:
    assert "没有这个页面" in screen(visit("shiqiao"), path)
    assert "没有这个页面" not in screen(visit("caijing"), path)


def test_a_report_of_the_own_street_is_given_and_no_other(visit) -> None:
    client = visit("shiqiao")
    assert client.get("/reports/1/file").status_code == 200
    assert client.get("/reports/2/file").status_code == 404


def test_an_office_after_the_committee_does_not_meet_its_cached_figures(visit, screen) -> None:
    everything = screen(visit("caijing"), "/")
    assert leaks(everything) != []
    assert leaks(screen(visit("shiqiao"), "/")) == []


def test_the_committee_sees_every_division(visit, screen) -> None:
    text = screen(visit("caijing"), "/execution")
    assert all(name in text for name in ("石桥街道", "南塘街道", "青禾区本级"))


def test_persons_are_masked_on_every_page(house: House, visit, screen) -> None:
    client = visit("caijing")
    slice_id, row_no = house.seed.facts["V2026E05"]
    asked = [
        ("/execution", "?unit=105003&project=P105003"),
        (f"/source/{slice_id}/{row_no}", ""),
        ("/clues/2026-XS-0003", ""),
        ("/clues", ""),
        ("/search", "?q=V2026E05"),
    ]
    for path, query in asked:
        text = screen(client, path, query)
        assert district.PERSON not in text, path
        assert district.PERSON_ACCOUNT not in text, path
    exported = client.get("/export/vouchers.csv?unit=105003&project=P105003").get_data().decode("utf-8-sig")
    assert "王*" in exported
    assert district.PERSON not in exported
    assert district.PERSON_ACCOUNT not in exported


@pytest.mark.parametrize("path", [*PAGES, "/clues/2026-XS-0001", "/search", "/system/jobs", "/no-such-page"])
def test_an_account_without_a_scope_meets_one_page_that_says_so(visit, screen, path: str) -> None:
    text = screen(visit("danwei"), path, "?q=道路&division=990101010")
    assert "还没有开通" in text
    assert [word for word in [*FOREIGN, "道路养护", "万元", "2026-XS", "990101010"] if word in text] == []


@pytest.mark.parametrize("name", TABLES)
def test_an_account_without_a_scope_exports_nothing(visit, name: str) -> None:
    assert visit("danwei").get(f"/export/{name}.csv?division=990101010").status_code == 404
    assert visit("danwei").get("/reports/1/file").status_code == 404
