"""Checks of the data in Chromium: told in Distill, listed under Suspects, shown on the map."""

import shutil

import pytest
from playwright.sync_api import expect

from tests.ui.browsing import MAP_READY, opened

pytestmark = pytest.mark.browser


@pytest.fixture
def dark_data(pacing, monkeypatch):
    """All images count as dark once they are measured."""
    monkeypatch.setattr("explorer.explore.checks.DARK", 2.0)
    shutil.rmtree(pacing.service.store.root / "measures", ignore_errors=True)
    return pacing


def test_what_data_hold_is_told_before_a_run_and_listed(browser, dark_data):
    with opened(browser, dark_data.address) as page:
        page.wait_for_function(MAP_READY)
        page.get_by_role("tab", name="Distill").click()
        remark = page.locator("#settings-of-a-run .remark", has_text="In the data")
        expect(remark).to_contain_text("Repeated captions")
        remark.get_by_role("button", name="Look").click()
        checks = page.get_by_role("region", name="Checks")
        expect(checks).to_contain_text("Repeated captions")
        repeated = page.get_by_role("region", name="Repeated captions")
        n = repeated.locator("li").count()
        page.get_by_role("button", name="Repeated captions: show all on the map").click()
        page.wait_for_function("n => explorerMap.rows >= n", arg=n)
        checks.get_by_role("button", name="Check the images, too").click()
        dark = page.get_by_role("region", name="Dark images")
        expect(dark.locator("li")).to_have_count(40)
        page.get_by_role("button", name="Dark images: show all on the map").click()
        page.wait_for_function("() => explorerMap.rows === 200")
        expect(checks.get_by_role("button")).to_be_hidden()
