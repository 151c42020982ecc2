"""The page in a real browser, from a disk and with every request refused."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from nlptasks._board.board import build
from nlptasks._board.page.html import as_html

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
    pytest.mark.skipif(importlib.util.find_spec("playwright") is None, reason="playwright is not installed"),
    # playwright closes its event loop when Python ends.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]

ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

EVIL = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">'\"&amp; "
    "\u202eevil\x00\x1b[31m"
)


@dataclass
class Seen:
    """An open page, and what happened in it that should not."""

    page: Any
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def quiet(self) -> bool:
        return self.requests == self.dialogs == self.errors == []

    def order(self, table: str) -> list[str]:
        """Systems of a table that are shown, from the top."""
        return self.page.locator(f"#{table} tbody tr:visible th[scope=row] bdi:first-child").all_inner_texts()


@pytest.fixture(scope="module")
def file(registry, results, make, answers, tmp_path_factory) -> Path:
    """A board with a hostile system beside the honest ones, and a left-out record."""
    folder = tmp_path_factory.mktemp("hostile") / "results"
    shutil.copytree(results, folder)
    _, gold = answers(200, 0.9)
    make(
        folder / "evil",
        EVIL,
        predictions=[EVIL + "x" * 100_000] * 200,
        gold=gold,
        texts=[EVIL + "y" * 100_000] * 200,
        model={"parameters": 300_000_000},
    )
    make(folder / "part", EVIL, predictions=gold, gold=gold, run={"limit": 3})
    path = tmp_path_factory.mktemp("page") / "a board.html"
    path.write_text(as_html(build(registry, folder, title=EVIL)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield found
        found.close()


@pytest.fixture
def open_page(browser, file):
    contexts = []

    def opened(hash_: str = "", **more: Any) -> Seen:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | more))
        contexts.append(context)
        seen = Seen(context.new_page())
        own = file.as_uri()

        def route(request):
            if request.request.url.startswith(own):
                request.continue_()
            else:
                seen.requests.append(request.request.url)
                request.abort()

        seen.page.route("**/*", route)
        seen.page.on("request", lambda one: seen.requests.append(one.url) if one.url[:8] != "file:///" else None)
        seen.page.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), dialog.dismiss()))
        seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
        seen.page.on("console", lambda line: seen.errors.append(line.text) if line.type == "error" else None)
        seen.page.goto(own + hash_)
        return seen

    yield opened
    for context in contexts:
        context.close()


TABLE = "sentiment-reviews-test-table"
VIEWER = "#sentiment-reviews-test-errors"


def test_it_sorts_by_mouse_and_keyboard(open_page):
    seen = open_page()
    assert seen.order(TABLE)[:3] == ["good", "near", "poor"]
    head = seen.page.locator(f"#{TABLE} th:has(button:text-is('Rows/s'))")
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert seen.order(TABLE)[0] == "poor"
    head.locator("button").focus()
    seen.page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    assert seen.order(TABLE)[:3] == ["good", EVIL_SHOWN, "near"]
    assert seen.page.locator(f"#{TABLE} [aria-sort]").count() == 1
    # Tie lines belong to the order of the scores.
    assert seen.page.locator(f"#{TABLE} .lane:visible").count() == 0
    seen.page.locator("#reset").click()
    assert seen.order(TABLE)[:3] == ["good", "near", "poor"]
    assert seen.page.locator(f"#{TABLE} .lane:visible").count() == 2
    assert seen.quiet


EVIL_SHOWN = EVIL.replace("\u202e", "⟨U+202E⟩").replace("\x00", "⟨U+0000⟩").replace("\x1b", "⟨U+001B⟩")


def test_it_filters_and_a_permalink_restores_everything(open_page):
    seen = open_page()
    seen.page.fill("#q", "OO")
    assert seen.order(TABLE) == ["good", "poor"]
    seen.page.fill("#q", "")
    seen.page.select_option("#size", "1e8")
    assert seen.order(TABLE) == ["good", "near", "poor"]
    assert "of" in seen.page.inner_text("#shown")
    seen.page.locator(f"#{TABLE} th button:text-is('System')").click()
    seen.page.locator(f"#{TABLE} th button:text-is('System')").click()
    seen.page.locator(f"{VIEWER} summary").click()
    seen.page.locator(f"{VIEWER} .picker button").nth(2).click()
    shown = seen.page.inner_text(f"{VIEWER} .sample h4")
    link = seen.page.evaluate("location.hash")
    again = open_page(link)
    assert again.page.input_value("#size") == "1e8"
    assert again.order(TABLE) == ["poor", "near", "good"]
    assert again.page.inner_text(f"{VIEWER} .sample h4") == shown
    assert again.page.locator(f"{VIEWER} [aria-current=true]").count() == 1
    again.page.evaluate("location.hash = '#trust=V2'")
    again.page.wait_for_function(f"document.querySelectorAll('#{TABLE} tbody tr:not([hidden])').length === 0")
    assert seen.quiet and again.quiet


def test_columns_are_chosen_and_a_permalink_keeps_them(open_page):
    seen = open_page()
    head = f"#{TABLE} th:has(button:text-is('Rows/s'))"
    assert seen.page.locator(head).is_visible()
    seen.page.locator("#columns summary").click()
    seen.page.locator("#columns label:has-text('Rows/s') input").uncheck()
    assert not seen.page.locator(head).is_visible()
    again = open_page(seen.page.evaluate("location.hash"))
    assert not again.page.locator(head).is_visible()
    again.page.locator("#reset").click()
    assert again.page.locator(head).is_visible()
    assert seen.quiet and again.quiet


def test_a_long_table_shows_its_first_rows_until_all_are_asked_for(browser, registry, make, answers, tmp_path):
    for at in range(23):
        predictions, gold = answers(40, 0.6, seed=at)
        make(tmp_path / "results" / str(at), f"system {at}", predictions=predictions, gold=gold)
    file = tmp_path / "board.html"
    file.write_text(as_html(build(registry, tmp_path / "results")), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    rows = page.locator(f"#{TABLE} tbody tr:visible")
    assert rows.count() == 20
    page.locator(f"#{TABLE}-more").click()
    assert rows.count() == 23
    page.locator(f"#{TABLE}-more").click()
    assert rows.count() == 20
    page.fill("#q", "system 22")
    assert rows.count() == 1 and not page.locator(f"#{TABLE}-more").is_visible()
    page.close()


@pytest.mark.parametrize("hash_", ["#q=%ZZ&sort=a:b:c&sample=x/y&task=none", "#sort=" + TABLE + ":99:desc", "#main"])
def test_a_wrong_permalink_shows_the_whole_board(open_page, hash_):
    seen = open_page(hash_)
    assert seen.page.locator("section.task").is_visible()
    assert seen.errors == []


def test_the_viewer_shows_answers_side_by_side_as_text(open_page):
    seen = open_page()
    seen.page.locator(f"{VIEWER} summary").focus()
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_selector(f"{VIEWER} .answer")
    assert seen.page.locator(f"{VIEWER} .answer").count() == 4
    text = seen.page.inner_text(f"{VIEWER} .sample")
    assert "<script>document.title='owned'</script><img src=x" in text
    assert "⟨U+202E⟩evil⟨U+0000⟩⟨U+001B⟩[31m" in text
    assert "characters more]" in text and len(text) < 5_000
    seen.page.locator(f"{VIEWER} select").select_option("all wrong")
    assert seen.page.locator(f"{VIEWER} .picker li:visible").count() == 1
    assert seen.page.title() == EVIL_SHOWN
    assert seen.page.locator("img").count() == 0 and seen.page.locator("script").count() == 2
    assert seen.quiet


def test_nothing_in_the_file_reaches_out(file, open_page):
    content = file.read_text(encoding="utf-8")
    assert "http://" not in content and "https://" not in content and 'src="' not in content
    seen = open_page()
    blocked = seen.page.evaluate("fetch('https://example.org/').then(() => 'sent', () => 'refused')")
    assert blocked == "refused" and seen.requests == []  # the page's policy stops it before the network does


def test_downloads_and_copies(open_page):
    seen = open_page()
    with seen.page.expect_download() as saved:
        seen.page.click("#get-csv")
    assert saved.value.suggested_filename == "leaderboard.csv"
    assert Path(saved.value.path()).read_text(encoding="utf-8").startswith("task,dataset,split,position,")
    with seen.page.expect_download() as saved:
        seen.page.click("#get-json")
    assert '"schema": "nlptasks.board"' in Path(saved.value.path()).read_text(encoding="utf-8")
    seen.page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    seen.page.fill("#q", "good")
    seen.page.locator(f"button[data-table={TABLE}]").click()
    seen.page.wait_for_function("window.copied")
    lines = seen.page.evaluate("window.copied").splitlines()
    assert lines[0].startswith("| # | Rank | System |") and len(lines) == 3 and "| good |" in lines[2]
    assert seen.quiet


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessibility(open_page, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    seen = open_page(color_scheme=scheme)
    seen.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    seen.page.wait_for_selector(f"{VIEWER} .answer")
    found = axe.Axe().run(seen.page).response["violations"]
    assert [(item["id"], [node["html"] for node in item["nodes"]]) for item in found] == []


def test_the_toggle_changes_the_colours(open_page):
    seen = open_page(color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    before = seen.page.evaluate(ground)
    seen.page.click("#theme")
    assert seen.page.get_attribute("#theme", "aria-pressed") == "true"
    assert seen.page.evaluate(ground) != before
    assert open_page(color_scheme="dark").page.evaluate(ground) == seen.page.evaluate(ground)


@pytest.mark.parametrize("width", [360, 768])
def test_a_narrow_screen_does_not_scroll_sideways(open_page, width):
    seen = open_page(viewport={"width": width, "height": 740})
    seen.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    seen.page.wait_for_selector(f"{VIEWER} .answer")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    assert seen.quiet


def test_focus_can_be_seen_and_the_first_stop_skips_to_the_tables(open_page):
    seen = open_page()
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("document.activeElement.className") == "skip"
    assert seen.page.locator(".skip").bounding_box()["x"] >= 0
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_it_can_be_read_without_the_script_and_on_paper(browser, file):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    assert page.locator(f"#{TABLE} tbody tr").count() == 4
    page.emulate_media(media="print")
    assert not page.locator("#filters").is_visible()
    context.close()
