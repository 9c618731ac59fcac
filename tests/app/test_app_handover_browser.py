"""The whole way as a clerk walks it: upload, dry run, publish; a wrong total is held, released, and said so."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from handover_ground import PASSWORD, Place, delivery, furnish
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

expect.set_options(timeout=20_000)  # a busy machine is not a broken page
pytestmark = pytest.mark.browser
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
QUIET += ["--disable-sync", "--no-first-run"]


class Silent(WSGIRequestHandler):
    """Answers without writing a line a request."""

    def log_request(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("handover")
    furnish(folder)
    return Place(folder)


@pytest.fixture(scope="module")
def address(place: Place) -> Iterator[str]:
    """Serve the house on loopback."""
    http = make_server("127.0.0.1", 0, place.server, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        assert chromium, "no chromium (Debian package chromium)"
        started = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """Return the committee's page; fail where it asks another host or breaks its own policy."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, base_url=address, locale="zh-CN")
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    wrong: list[str] = []
    opened.on("request", lambda one: None if one.url.startswith((address, "data:", "blob:")) else wrong.append(one.url))
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
    opened.goto("/login")
    opened.fill("[name=username]", "caijing")
    opened.fill("[name=password]", PASSWORD)
    opened.click("button[type=submit]")
    expect(opened.locator(".frame")).to_be_visible()
    yield opened
    context.close()
    assert wrong == []


def hand_over(page: Page, folder: Path, name: str, content: bytes) -> None:
    """Choose a file on the upload page and send it."""
    path = folder / name
    path.write_bytes(content)
    page.get_by_role("link", name="系统管理").click()
    page.get_by_role("link", name="上传", exact=True).click()
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="上传并试读").click()
    expect(page.locator(".crumb-here")).to_have_text(name)


def fits(page: Page) -> Any:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")


def test_a_delivery_goes_from_upload_to_published_and_a_wrong_one_from_held_to_released(
    page: Page, tmp_path: Path
) -> None:
    hand_over(page, tmp_path, "pay-990101010-202606.csv", delivery(100, 200))
    expect(page.locator(".says")).to_have_text("✓ 可以发布")
    expect(page.locator("#table-first tbody tr")).to_have_count(2)
    assert fits(page)
    page.get_by_role("button", name="发布").dblclick()
    expect(page.locator(".crumb-here")).to_have_text("批次 #1")
    expect(page.locator(".pairs")).to_contain_text("已发布")
    page.reload()
    page.go_back()
    expect(page.locator(".state")).to_contain_text("已不在等待区")

    hand_over(page, tmp_path, "pay-990101010-202606-2.csv", delivery(100, 200, 300, total=900, bad=1))
    expect(page.locator(".says")).to_contain_text("会被暂扣")
    expect(page.locator("#table-rejected tbody tr")).to_have_count(1)
    expect(page.locator("#table-checks tbody tr").first).to_contain_text("不符, 暂扣")
    with page.expect_download() as started:
        page.locator('a[href*="/export/upload-rejected-"][href*=".csv"]').click()
    assert "某日" in started.value.path().read_text("utf-8-sig")
    page.get_by_role("button", name="送交核对").click()
    expect(page.locator(".verdict h2")).to_have_text("▲ 暂扣待核: 这份文件没有发布")
    expect(page.locator(".causes")).to_contain_text("3 行中有 1 行读不通")
    expect(page.locator(".menu-link .count")).to_have_text("1")
    assert fits(page)

    page.get_by_role("link", name="放行…").click()
    expect(page.locator("#table-compared")).to_contain_text("300.00")
    page.get_by_role("button", name="确认放行").click()  # the browser asks for the reason
    expect(page.locator(".crumb-here")).to_have_text("放行")
    page.fill("[name=reason]", "已与财政所电话核实")
    page.get_by_role("button", name="确认放行").click()
    expect(page.locator(".crumb-here")).to_have_text("批次 #3")
    expect(page.locator(".verdict")).to_contain_text("caijing 于 2026-07-20 10:00 放行, 理由: 已与财政所电话核实")
    expect(page.locator(".menu-link .count")).to_have_count(0)
    page.get_by_role("link", name="看当时暂扣的批次 #2").click()
    expect(page.locator(".verdict")).to_contain_text("见批次 #3")


def test_what_is_too_large_is_said_before_it_is_sent(page: Page, tmp_path: Path) -> None:
    page.goto("/system/upload")
    place = page.locator(".file-place")
    expect(place.locator("input")).to_be_visible()
    place.evaluate("one => { one.dataset.limit = 10; }")
    path = tmp_path / "pay-990101010-202607.csv"
    path.write_bytes(delivery(1))
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="上传并试读").click()
    assert page.evaluate("document.querySelector('input[type=file]').validationMessage").startswith("这些文件太大")
    assert page.url.endswith("/system/upload")


@pytest.mark.parametrize("cookie", [("language", "en"), ("large", "1")])
def test_every_page_of_a_delivery_fits_in_english_and_large_type(
    page: Page, tmp_path: Path, address: str, cookie: tuple[str, str]
) -> None:
    name, value = cookie
    page.context.add_cookies([{"name": name, "value": value, "url": address}])
    path = tmp_path / "pay-990101010-202608.csv"
    path.write_bytes(delivery(1, 2, total=9))
    page.goto("/system/upload")
    page.set_input_files("input[type=file]", path)
    page.locator("form.deed .primary").click()
    expect(page.locator("#table-checks")).to_be_visible()
    assert fits(page)
    for target in ("/system/upload", "/system/batches/2", "/system/batches/2/release", "/system"):
        page.goto(target)
        expect(page.locator("main .section").first).to_be_visible()
        assert fits(page), target
