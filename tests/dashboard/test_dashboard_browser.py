"""The pages as a reader meets them: a real server, a real browser, and not one request to another host."""

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import district
import pytest
from dashboard_cast import PASSWORD, House
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from dashboard.server import create_server

expect.set_options(timeout=20_000)  # a busy machine is not a broken page

pytestmark = pytest.mark.browser
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
QUIET += ["--disable-sync", "--no-first-run"]


class Silent(WSGIRequestHandler):
    """Answers without writing a line a request."""

    def log_request(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(house: House) -> Iterator[str]:
    """Serve the seeded house on loopback."""
    http = make_server("127.0.0.1", 0, create_server(house.services), threaded=True, request_handler=Silent)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return headless Chromium."""
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        assert chromium, "no chromium (Debian package chromium)"
        started = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield started
        started.close()


@contextmanager
def watched(browser: Browser, address: str, state: Any = None) -> Iterator[Page]:
    """Open a reader's page; fail where anything is asked of another host or the page breaks its own policy."""
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, base_url=address, locale="zh-CN", storage_state=state
    )
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    foreign: list[str] = []
    errors: list[str] = []
    ours = (address, "data:", "blob:")
    opened.on("request", lambda request: None if request.url.startswith(ours) else foreign.append(request.url))
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
    yield opened
    context.close()
    assert foreign == []
    assert errors == []


@pytest.fixture
def stranger(browser: Browser, address: str) -> Iterator[Page]:
    """Return the page of someone who has not logged in."""
    with watched(browser, address) as opened:
        yield opened


@pytest.fixture(scope="module")
def session(browser: Browser, address: str) -> Any:
    """Return the cookies of the committee's log-in."""
    with watched(browser, address) as opened:
        opened.goto("/login")
        fill_in(opened)
        return opened.context.storage_state()


@pytest.fixture
def page(browser: Browser, address: str, session: Any) -> Iterator[Page]:
    """Return the page of the committee, logged in."""
    with watched(browser, address, session) as opened:
        yield opened


def fill_in(page: Page, password: str = PASSWORD) -> None:
    """Fill the log-in form in and send it."""
    page.fill("[name=username]", "caijing")
    page.fill("[name=password]", password)
    page.click("button[type=submit]")


def show(page: Page, path: str) -> None:
    """Open a page and wait until it is drawn."""
    page.goto(path)
    expect(page.locator(".frame")).to_be_visible()


def test_a_wrong_password_is_told_and_the_right_one_opens_the_overview(stranger: Page) -> None:
    stranger.goto("/")
    fill_in(stranger, "not this one")
    expect(stranger.get_by_role("alert")).to_contain_text("用户名或密码不对")
    fill_in(stranger)
    expect(stranger.get_by_role("heading", name="今天要看的 3 件事")).to_be_visible()


def test_the_overview_says_what_is_seen_and_draws_it(page: Page) -> None:
    show(page, "/")
    expect(page).to_have_title("总览 · 明账")
    expect(page.locator(".things li")).to_have_count(3)
    expect(page.locator(".chart h2")).to_contain_text("低于历史同期")
    expect(page.locator(".chart .main-svg").first).to_be_visible()
    expect(page.locator(".data-state")).to_contain_text("南塘街道 迟 53 天")
    expect(page.locator(".foot")).to_contain_text("覆盖 6/7 单位")
    expect(page.locator("#table-overview .totals .mark-history")).to_have_count(1)
    expect(page.locator("#table-overview .totals .mark-ruler")).to_have_count(1)


def test_the_district_drills_down_to_the_delivered_row(page: Page) -> None:
    show(page, "/execution")
    for step in ("青禾区本级", "区教育局", "区实验中学", "实验设备购置"):
        page.locator("#table-execution").get_by_role("link", name=step, exact=True).click()
        expect(page.locator(".crumb-here")).to_have_text(step)
    page.get_by_role("link", name="V2026E05").click()
    expect(page.locator(".source-place")).to_contain_text("payments-990101000-2026.csv")
    expect(page.locator(".raw")).to_contain_text("王*")
    assert district.PERSON not in page.content()
    page.get_by_role("link", name="青禾区", exact=True).click()
    expect(page.locator("#table-execution")).to_contain_text("石桥街道")


def test_filters_stand_in_the_url_and_a_link_gives_the_same_view(page: Page) -> None:
    show(page, "/execution")
    page.locator("select[data-name=division]").select_option(label="石桥街道")
    expect(page.locator("h2").first).to_contain_text("石桥街道: 各部门")
    page.locator("select[data-name=asof]").select_option(label="06-30")
    expect(page.locator(".foot")).to_contain_text("截至 2026-06-30")
    assert f"division={district.STREET}" in page.url
    assert "asof=2026-06-30" in page.url
    totals = page.locator("#table-execution .totals").inner_text()
    other = page.context.new_page()
    other.goto(page.locator("#copy-link").get_attribute("data-link") or "")
    expect(other.locator(".foot")).to_contain_text("截至 2026-06-30")
    assert other.locator("#table-execution .totals").inner_text() == totals
    page.go_back()
    expect(page.locator(".foot")).to_contain_text("截至 2026-09-30")


def test_heads_sort_on_the_server_and_the_totals_stay(page: Page) -> None:
    show(page, "/execution")
    totals = page.locator("#table-execution .totals").inner_text()
    page.locator("#table-execution th").get_by_role("link", name="支出 (万元)").click()
    expect(page.locator("#table-execution th[aria-sort=descending]")).to_contain_text("支出")
    assert "sort=-execution.payment_fen" in page.url
    names = page.locator("#table-execution tbody tr td:first-child a").all_inner_texts()
    assert names == ["青禾区本级", "石桥街道", "南塘街道"]
    assert page.locator("#table-execution .totals").inner_text() == totals


def test_a_warning_leads_to_its_clue_and_the_rows_behind_it(page: Page) -> None:
    show(page, "/")
    page.get_by_role("link", name="预警防控").click()
    page.get_by_role("link", name="2026-XS-0001").click()
    for words in (
        "102.40 ÷ 980.00 = 10.44%",
        "《预算法》第五十三条",
        "按工程节点付款",
        "红 ≥ 40.00 个百分点",
        "向单位发问询单",
    ):
        expect(page.locator("main")).to_contain_text(words)
    expect(page.locator("#table-facts tbody tr")).to_have_count(7)
    page.locator("#table-facts").get_by_role("link", name="看原始行").first.click()
    expect(page.get_by_role("heading", name="送来的原始行")).to_be_visible()


def test_the_list_of_warnings_narrows_by_level_and_rule(page: Page) -> None:
    show(page, "/clues")
    page.locator(".level-card").nth(1).click()
    expect(page.locator("#table-clues tbody tr")).to_have_count(1)
    page.locator(".level-card").nth(1).click()
    page.locator("select[data-name=rule]").select_option(value="A03")
    expect(page.locator("#table-clues tbody tr")).to_have_count(1)
    expect(page.locator("#table-clues")).to_contain_text("河道整治二期")


def test_the_language_changes_every_word_and_is_kept(page: Page) -> None:
    show(page, "/")
    page.click("#language")
    expect(page.locator(".menu")).to_contain_text("Budget execution")
    expect(page).to_have_title("Overview · 明账")
    page.get_by_role("link", name="Warnings").click()
    expect(page.locator("#table-clues th").nth(1)).to_contain_text("Clue")
    page.click("#language")
    expect(page.locator(".menu")).to_contain_text("预算执行查询")


@pytest.mark.parametrize("path", ["/", "/execution", "/clues", "/clues/2026-XS-0001", "/system"])
def test_no_page_runs_over_its_width_in_either_type_size(page: Page, path: str) -> None:
    show(page, path)
    over = []
    for size in ("14px", "18.9px"):
        assert page.evaluate("getComputedStyle(document.body).fontSize") == size
        for width in (1366, 1024, 820):
            page.set_viewport_size({"width": width, "height": 768})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                over.append((size, width))
        page.click("#large-type")
    assert over == []


def test_the_page_alone_scrolls_and_the_head_of_the_table_stays_in_sight(page: Page) -> None:
    page.set_viewport_size({"width": 1366, "height": 400})
    show(page, "/")
    frame, head = page.locator("#table-overview .table-frame"), page.locator("#table-overview th").first
    expect(frame).to_have_class("table-frame fits")
    assert frame.evaluate("one => one.scrollHeight <= one.clientHeight")
    page.locator("#table-overview tbody tr").last.scroll_into_view_if_needed()
    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    last, foot, top = (
        page.locator(place).bounding_box() for place in ("#table-overview tbody tr:last-child", ".foot", ".top")
    )
    assert last["y"] + last["height"] <= foot["y"]
    assert head.bounding_box()["y"] >= top["height"] - 1


def test_over_the_bars_stand_their_scale_and_their_name(page: Page) -> None:
    show(page, "/")
    expect(page.locator("#table-overview th .bar-head")).to_have_text(re.compile("0.*100%.*执行率"))


def test_slow_figures_are_announced_and_then_the_words_go(page: Page) -> None:
    show(page, "/")
    expect(page.locator(".wait")).to_be_hidden()
    page.evaluate("document.documentElement.classList.add('waiting')")
    expect(page.locator(".wait")).to_be_visible()
    expect(page.locator(".wait")).to_have_text("正在取数, 请稍候…")
    page.get_by_role("link", name="预警防控").click()
    expect(page.locator("#table-clues")).to_be_visible()
    expect(page.locator(".wait")).to_be_hidden()


def test_a_printed_page_shows_the_whole_table_and_no_buttons(page: Page) -> None:
    show(page, "/")
    page.emulate_media(media="print")
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator(".foot")).to_have_css("position", "static")
    expect(page.locator("#table-overview thead")).to_have_css("position", "static")


def test_large_type_is_kept(page: Page) -> None:
    show(page, "/clues")
    page.click("#large-type")
    show(page, "/clues")
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "18.9px"


def test_the_current_table_downloads_with_its_totals(page: Page, tmp_path: Path) -> None:
    show(page, f"/execution?division={district.STREET}")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="导出 CSV").click()
    file = tmp_path / "table.csv"
    waiting.value.save_as(file)
    text = file.read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    lines = text.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("部门,年初预算 (元)")
    shown = page.locator("#table-execution .totals td").nth(3).get_attribute("title") or ""
    assert lines[-1].split(",")[3] == shown.removesuffix(" 元").replace(",", "")


def test_the_search_box_finds_projects_and_units(page: Page) -> None:
    show(page, "/")
    page.fill("#search-box", "道路")
    page.keyboard.press("Enter")
    page.locator("#table-projects").get_by_role("link", name="道路养护").click()
    expect(page.locator(".crumb-here")).to_have_text("道路养护")


def test_a_mail_is_shown_as_plain_text(page: Page) -> None:
    show(page, "/system/mails")
    page.locator("#table-mails td a").click()
    expect(page.locator("pre.mail")).to_contain_text("<b>道路养护</b>")


def test_an_ended_session_leads_back_to_the_log_in_and_to_the_same_place(page: Page) -> None:
    show(page, "/")
    page.context.clear_cookies()
    page.get_by_role("link", name="预警防控").click()
    expect(page.locator("[name=password]")).to_be_visible()
    fill_in(page)
    expect(page.locator("#table-clues")).to_be_visible()


def test_logging_out_closes_the_pages(page: Page) -> None:
    show(page, "/")
    page.click("#log-out")
    expect(page.locator("[name=password]")).to_be_visible()
    page.goto("/execution")
    expect(page.locator("[name=password]")).to_be_visible()


def test_the_keyboard_reaches_the_drill_links(page: Page) -> None:
    show(page, "/execution")
    link = page.locator("#table-execution tbody a").first
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".crumb-here")).not_to_have_text("青禾区")
