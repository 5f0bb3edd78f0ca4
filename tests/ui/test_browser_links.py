"""Links in Chromium that hold what filters the rows: kept, sent, too long, and hostile."""

import json
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.ui.browsing import MAP_READY, opened
from tests.ui.test_browser_columns import kinds_of, prepared_of, rail_says

pytestmark = pytest.mark.browser

COPYING = {"permissions": ["clipboard-read", "clipboard-write"]}


def filtered(page: Page, pacing) -> int:
    """Filters by a word, a brush, a condition and a search; returns how many rows are left."""
    page.wait_for_function(MAP_READY)
    prepared = prepared_of(pacing)
    kinds = kinds_of(prepared)
    kind = max(set(kinds), key=list(kinds).count)
    page.locator(".word", has_text=kind).click()
    low = page.get_by_role("slider", name="Pair similarity, from")
    low.press("ArrowRight")
    least = float(low.get_attribute("aria-valuetext"))
    page.get_by_label("Condition", exact=True).fill("similarity < 2")
    page.keyboard.press("Enter")
    expect(page.locator(".chip", has_text="similarity < 2")).to_be_visible()
    page.get_by_role("button", name="Plain text").click()
    page.get_by_label("Search the dataset").fill("a")
    page.keyboard.press("Enter")
    found = [
        "a" in text and own == kind and similarity >= least - 1e-6
        for text, own, similarity in zip(prepared.captions, kinds, prepared.similarity, strict=True)
    ]
    rail_says(page, sum(found), prepared.n_captions)
    return sum(found)


def test_a_copied_link_opens_the_same_rows_and_another_map_forgets_them(browser, pacing):
    with opened(browser, pacing.address, **COPYING) as page:
        left = filtered(page, pacing)
        page.wait_for_function("() => location.search.includes('rows=')")
        page.get_by_role("button", name="Copy link").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        link = page.evaluate("navigator.clipboard.readText()")
    with opened(browser, link) as page:
        page.wait_for_function(MAP_READY)
        rail_says(page, left, prepared_of(pacing).n_captions)
        expect(page.locator(".chip")).to_have_count(5)  # the last one drops them all
        expect(page.get_by_label("Condition", exact=True)).to_have_value("similarity < 2")
        page.get_by_role("button", name="Drop all filters").click()
        page.wait_for_function("() => !/filters=|where=|rows=/.test(location.search)")


def test_what_does_not_fit_into_a_link_is_refused_in_a_sentence(browser, pacing):
    with opened(browser, pacing.address, **COPYING) as page:
        page.wait_for_function(MAP_READY)
        page.evaluate("navigator.clipboard.writeText('as it was')")
        words = page.locator(".word")
        words.nth(0).click()
        page.wait_for_function("() => location.search.includes('filters=')")
        page.evaluate("history.replaceState(null, '', location.search + '&x=' + 'x'.repeat(7950))")
        words.nth(1).click()
        page.wait_for_function("() => !location.search.includes('filters=')")
        page.get_by_role("button", name="Copy link").click()
        expect(page.locator(".toast")).to_contain_text("A link has at most 8,000 characters")
        assert page.evaluate("navigator.clipboard.readText()") == "as it was"


def test_what_a_link_asks_for_in_vain_is_left_out_and_a_wrong_condition_explained(browser, pacing):
    filters = {
        "kind": ["no such word", {}],
        "nothing": [1, 2],
        "similarity": [9, -9],
        "__proto__": {"polluted": 1},
        "constructor": ["x"],
    }
    asked = {
        "filters": json.dumps(filters),
        "rows": "A" * 3000,
        "where": "1 = 1); drop table rows",
    }
    page = browser.new_page()  # the refusal is an error in the console, as it should be
    page.goto(f"{pacing.address}&{urlencode(asked)}")
    page.wait_for_function(MAP_READY)
    expect(page.locator(".query .problem")).to_be_visible()
    n = prepared_of(pacing).n_captions
    expect(page.locator(".rail header .figure")).to_have_text(f"All {n} rows")
    page.wait_for_function("() => !/filters=|rows=|where=/.test(location.search)")
    assert page.evaluate("({}).polluted") is None
    page.close()
