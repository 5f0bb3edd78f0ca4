"""Looks of the page in Chromium: labels of the map, views that fill the window, no jumps."""

import pytest
from playwright.sync_api import Page, expect

from explorer.runs.config import RunConfig
from tests.made_sets import make_run
from tests.ui.browsing import MAP_READY, opened

pytestmark = pytest.mark.browser

SHIFTS = """window.shifts = [];
new PerformanceObserver(list => window.shifts.push(...list.getEntries()
  .filter(entry => !entry.hadRecentInput)
  .map(entry => [entry.value, ...entry.sources.map(({ node }) => node?.id || node?.className)])
)).observe({ type: 'layout-shift', buffered: true });"""
CLASHES = """() => explorerMap.labels.flatMap(({ box: a, text }, i) =>
  explorerMap.labels.slice(i + 1)
    .filter(({ box: b }) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3])
    .map(other => [text, other.text]))"""
KINDS = "() => [...new Set(explorerMap.labels.map(({ kind }) => kind))].sort()"
LABELLED_MARK = """() => {
  const { box } = explorerMap.labels.find(({ kind }) => kind === 'prototype');
  const frame = document.querySelector('.map-frame').getBoundingClientRect();
  return [frame.left + (box[0] + box[2]) / 2, frame.top + (box[1] + box[3]) / 2];
}"""
BOX = """name => {
  const { left, right, bottom } = document.querySelector(name).getBoundingClientRect();
  return [left, right, bottom].map(Math.round);
}"""
OVERLAPS = """() => {
  const edge = document.querySelector('#inspector').getBoundingClientRect().left;
  return [...document.querySelectorAll('#search button, .map-bar, .map-below, #columns .rail')]
    .filter(each => each.getBoundingClientRect().right > edge).map(each => each.outerHTML);
}"""
COVERED = """() => {
  const frame = document.querySelector('.map-frame').getBoundingClientRect();
  return explorerMap.labels.filter(({ box: [left, top, right, bottom] }) =>
    [[left, top], [right, top], [left, bottom], [right, bottom]].some(([x, y]) =>
      !document.elementFromPoint(frame.left + x, frame.top + y)?.closest('.map-frame')));
}"""
INKS = """() => ['', '::placeholder'].map(
  part => getComputedStyle(document.querySelector('#search input'), part).color)"""
LOWEST = """() => {
  const below = document.querySelector('.map-below').getBoundingClientRect();
  const lowest = Math.max(...Array.from({ length: explorerMap.n }, (_, i) => explorerMap.px(i)[1]));
  return [lowest - scrollY, below.top];
}"""
LATE_TABS = """const all = Document.prototype.querySelectorAll;
let left = 3;
Document.prototype.querySelectorAll = function (selector) {
  const isLate = selector.includes('[role=tab]') && left-- > 0;
  return all.call(this, isLate ? 'nothing' : selector);
};"""
GOOD = 0.1
"""What the web's own measure of layout shifts calls good."""


def test_regions_are_named_from_afar_and_prototypes_close_and_no_label_covers_another(
    browser, pacing
):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        page.wait_for_function("() => explorerMap.labels.length > 0")
        assert "region" in page.evaluate(KINDS)
        page.mouse.move(*page.evaluate(LABELLED_MARK))
        while page.evaluate(KINDS) != ["prototype"]:
            assert page.evaluate(CLASHES) == []
            page.mouse.wheel(0, -240)
            page.evaluate("() => new Promise(requestAnimationFrame)")
        assert page.evaluate(CLASHES) == []


def shifted(page: Page) -> float:
    """How much has jumped since it was asked last, without what followed on somebody's input."""
    page.evaluate("() => new Promise(requestAnimationFrame)")
    shifts = page.evaluate("window.shifts.splice(0)")
    print(shifts)  # shown where the test fails
    return sum(shift[0] for shift in shifts)


def test_views_fill_the_window_scroll_inside_and_nothing_jumps_while_they_are_filled(
    browser, pacing
):
    make_run(pacing.service.runs, "20991120-101114-345-abcd", RunConfig(size=2), 61.5)
    with opened(browser, "about:blank") as page:
        page.add_init_script(SHIFTS)
        page.goto(pacing.address)
        page.wait_for_function(MAP_READY)
        expect(page.locator(".facet .figure").first).to_be_visible()
        assert shifted(page) < GOOD
        for tab, filled in {"Distill": "#live .outcome table", "Compare": "#runs tbody tr"}.items():
            page.get_by_role("tab", name=tab).click()
            expect(page.locator(filled).first).to_be_visible()
            assert shifted(page) < GOOD
        for width, height in ((1400, 900), (2560, 1440)):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate(BOX, "#runs") == [0, width, height]
            assert page.evaluate("document.documentElement.scrollHeight") <= height
        page.get_by_role("tab", name="Distill").click()
        form, live = (page.evaluate(BOX, name) for name in ("#settings-of-a-run", "#live"))
        assert (form[0], form[2], live[1:]) == (0, height, [width, height])
        assert live[0] == form[1]


def test_on_a_tablet_nothing_of_the_map_lies_over_the_inspector_and_an_example_is_no_typed_text(
    browser, pacing
):
    with opened(browser, pacing.address, viewport={"width": 768, "height": 1024}) as page:
        page.wait_for_function(MAP_READY)
        assert page.evaluate(OVERLAPS) == []
        page.get_by_role("button", name="Filters").click()
        expect(page.locator("#columns .rail")).to_be_visible()
        assert page.evaluate(OVERLAPS) == []
        typed, example = page.evaluate(INKS)
        assert typed != example


def test_all_points_stand_above_a_legend_that_holds_advice_too(browser, pacing):
    with opened(browser, pacing.address, viewport={"width": 1400, "height": 1000}) as page:
        page.wait_for_function(MAP_READY)
        expect(page.locator(".map-advice")).to_be_visible()
        page.wait_for_function("() => explorerMap.labels.length > 0")
        lowest, legend = page.evaluate(LOWEST)
        assert lowest < legend


@pytest.mark.parametrize("width", [390, 1024, 1400])
def test_the_map_makes_room_for_what_is_found_and_nothing_covers_its_labels(browser, pacing, width):
    with opened(browser, pacing.address, viewport={"width": width, "height": 844}) as page:
        page.wait_for_function(MAP_READY)
        page.get_by_label("Search the dataset").fill("like 7")
        page.keyboard.press("Enter")
        expect(page.locator("#results .found li").first).to_be_visible()
        bottom, top = page.evaluate(
            """() => [document.querySelector('.map-frame').getBoundingClientRect().bottom,
              document.querySelector('#results').getBoundingClientRect().top]"""
        )
        assert bottom <= top
        page.wait_for_function(f"() => ({COVERED})().length === 0")


def test_the_address_opens_its_tab_also_where_the_tabs_are_drawn_after_our_scripts_began(
    browser, pacing
):
    with opened(browser, "about:blank") as page:
        page.add_init_script(LATE_TABS)
        page.goto(f"{pacing.address}&tab=Compare")
        compare = page.get_by_role("tab", name="Compare")
        expect(compare).to_have_attribute("aria-selected", "true")
        page.get_by_role("tab", name="Explore").click()
        page.wait_for_function("() => !location.search.includes('tab=')")


def test_back_returns_to_the_tab_before_and_leaves_the_view_as_it_is(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        explore, compare = (page.get_by_role("tab", name=name) for name in ("Explore", "Compare"))
        compare.click()
        expect(compare).to_have_attribute("aria-selected", "true")
        explore.click()
        page.get_by_label("Colour by").select_option("similarity")
        page.wait_for_function("() => location.search.includes('colours=similarity')")
        page.go_back()
        expect(compare).to_have_attribute("aria-selected", "true")
        for part in ("tab=Compare", "colours=similarity"):
            page.wait_for_function("part => location.search.includes(part)", arg=part)
        page.go_back()
        expect(explore).to_have_attribute("aria-selected", "true")
        page.go_forward()
        expect(compare).to_have_attribute("aria-selected", "true")


def test_a_theme_that_somebody_chose_stays_and_goes_before_that_of_the_system(browser, pacing):
    is_dark = "() => document.body.classList.contains('dark')"
    with opened(browser, f"{pacing.address}&__theme=light", color_scheme="dark") as page:
        theme = page.get_by_label("Theme")
        expect(theme).to_have_value("light")
        assert not page.evaluate(is_dark)
        theme.select_option("Dark")
        assert page.evaluate(is_dark)
        page.reload()  # the address names no theme any more
        expect(theme).to_have_value("dark")
        page.emulate_media(color_scheme="light")
        page.wait_for_function(is_dark)
        theme.select_option("System theme")
        assert not page.evaluate(is_dark)
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(is_dark)
