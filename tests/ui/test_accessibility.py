"""axe-core looks at every tab, light and dark, with the page in use."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.ui.browsing import FREE_POINT, MAP_READY, opened, unfold

pytestmark = pytest.mark.browser

LISTS = {"prototypes": "tbody tr", "heat": ".heat-plot .nsewdrag", "suspects": "li", "rows": "p"}
"""The lists below the map, and what is in them when they are there."""
AT_REST = """() => document.getAnimations().every(each =>
  each.playState !== 'running' || each.effect.getComputedTiming().iterations === Infinity)"""
"""Gradio fades in what it fills, and what is half there has half of its contrast."""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_tab(browser, pacing, theme):
    with opened(browser, f"{pacing.address}&__theme={theme}") as page:
        page.wait_for_function(MAP_READY)
        assert serious(page) == []
        page.mouse.click(*page.evaluate("i => explorerMap.px(i)", page.evaluate(FREE_POINT)))
        expect(page.locator("#inspector .captions li").first).to_be_visible()
        page.get_by_role("button", name="Choose the caption").first.click()
        expect(page.locator("#edits section")).to_be_visible()
        page.get_by_role("button", name="How to draw").click()
        for name, inside in LISTS.items():
            unfold(page, name)
            expect(page.locator(f"#{name} {inside}").first).to_be_visible()
            assert serious(page) == []
        page.get_by_role("button", name="Plain text").click()
        page.get_by_label("Search the dataset").fill("house")
        page.keyboard.press("Enter")
        expect(page.locator("#results .found li").first).to_be_visible()
        assert serious(page) == []
        page.get_by_role("tab", name="Distill").click()
        page.get_by_label("Pairs", exact=True).fill("20")
        page.click("#start-run")
        expect(page.locator("#live .state")).to_have_text("Done")
        for closed in page.locator(".folding > button:visible, .part > summary").all():
            closed.click()
        assert serious(page) == []
        page.get_by_role("tab", name="Compare").click()
        expect(page.locator("#runs tbody tr").first).to_be_visible()
        assert serious(page) == []


def test_axe_does_find_what_is_wrong(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        page.evaluate("document.querySelector('#map').append(document.createElement('button'))")
        assert [each.split(":")[0] for each in serious(page)] == ["button-name"]


def serious(page: Page) -> list[str]:
    """What axe calls serious or critical, of the page at rest: the rule, and where it is broken."""
    page.wait_for_function(AT_REST)
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]
