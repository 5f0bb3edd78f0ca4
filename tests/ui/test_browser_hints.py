"""The first minute, in Chromium."""

import pytest
from playwright.sync_api import Page, expect

from tests.ui.browsing import FREE_POINT, MAP_READY, opened

pytestmark = pytest.mark.browser


def shown(page: Page) -> Page:
    page.wait_for_function(MAP_READY)
    return page.get_by_role("complementary", name="First steps")


def test_hints_go_on_when_they_are_followed_and_stay_away_afterwards(browser, pacing):
    with opened(browser, pacing.address) as page:
        hints = shown(page)
        expect(hints).to_contain_text("Click a dot")
        page.mouse.click(*page.evaluate("i => explorerMap.px(i)", page.evaluate(FREE_POINT)))
        expect(hints).to_contain_text("draws a new image")
        hints.get_by_role("button", name="Next").click()
        hints.get_by_role("button", name="Open Distill").click()
        expect(page.locator("#start-run")).to_be_visible()
        page.reload()
        page.get_by_role("tab", name="Explore").click()  # a reload opens the tab that was open
        expect(shown(page)).to_be_hidden()


def test_hints_can_be_dismissed_at_once(browser, pacing):
    with opened(browser, pacing.address) as page:
        shown(page).get_by_role("button", name="Dismiss").click()
        expect(shown(page)).to_be_hidden()


def test_no_hint_speaks_of_dots_while_there_is_no_map(browser, pacing):
    with opened(browser, pacing.address.split("?")[0] + "?data=digits") as page:
        expect(page.locator(".map-notice")).to_contain_text("Digits is not prepared")
        hints = page.get_by_role("complementary", name="First steps")
        expect(hints).to_be_hidden()
        expect(page.get_by_role("button", name="Prepare")).to_be_visible()
        expect(page.get_by_text("Nothing selected")).to_be_hidden()  # half under the open fields
        page.goto(pacing.address)
        expect(shown(page)).to_contain_text("Click a dot")
        expect(page.get_by_text("Nothing selected")).to_be_visible()
