"""Where students fail, in Chromium: items of test on the map, in groups, and beside another run."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.ui.browsing import MAP_READY, opened, unfold
from tests.ui.worlds import embed_test, fared_run

pytestmark = pytest.mark.browser

FIRST, SECOND = "20261120-101112-345-aaaa", "20261120-101113-345-bbbb"
WORST = 3


@pytest.fixture
def page(browser, pacing, config) -> Iterator[Page]:
    """Test's ten images: image 3 fares worst; the second run gets 3 right, and 0 wrong."""
    service = pacing.service
    rank = np.arange(10) % 2
    fared_run(service, config, FIRST, np.where(np.arange(10) == WORST, 40, rank))
    fared_run(
        service,
        config,
        SECOND,
        np.select([np.arange(10) == WORST, np.arange(10) == 0], [0, 9], rank),
    )
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        (prepared,) = service._prepared.values()
        embed_test(service, prepared)
        unfold(page, "failures")
        yield page
    for run in service.runs.list_runs():
        service.runs.delete(run.id)


def test_items_of_test_stand_on_the_map_and_the_worst_come_first(page):
    page.get_by_label("Run", exact=True).select_option(FIRST)
    page.wait_for_function("() => explorerMap.nTestItems === 10")
    lines = page.locator("#failures .found li")
    expect(lines).to_have_count(10)
    expect(lines.first).to_contain_text("40")
    expect(page.get_by_label("Colour by")).to_be_hidden()  # the items have colours of their own
    groups = page.locator("#failures tbody tr")
    counts = groups.locator("td:nth-child(2)").all_text_contents()
    assert sum(map(int, counts)) == 10
    groups.first.click()
    page.wait_for_function("() => explorerMap.selected !== null")
    here = page.get_by_role("region", name="Test at this prototype")
    expect(here).to_contain_text("find their partner first")
    unfold(page, "failures")
    page.wait_for_function("() => explorerMap.nTestItems === 0")
    expect(page.get_by_label("Colour by")).to_be_visible()


def test_two_runs_side_by_side_show_what_only_one_gets_right(page):
    run, beside = page.get_by_label("Run", exact=True), page.get_by_label("beside")
    expect(run.locator("option")).to_have_count(2)
    assert len(set(run.locator("option").all_text_contents())) == 2  # of one name, started apart
    run.select_option(FIRST)
    expect(beside.locator(f"option[value='{FIRST}']")).to_be_disabled()
    beside.select_option(SECOND)
    lines = page.locator("#failures .found li")
    expect(lines).to_have_count(2)
    expect(lines.first).to_contain_text("40 | 0")
    legend = page.locator("#failures .failure-legend")
    expect(legend).to_contain_text("both get it right: 4")
    names = [each.locator("option:checked").inner_text() for each in (run, beside)]
    first, second = (legend.get_by_role("button", name=f"only {name}: 1") for name in names)
    expect(legend).to_contain_text(f"mean over students; {names[0]} | {names[1]}")
    page.wait_for_function("() => explorerMap.nTestItems === 10")
    first.click()  # shown alone
    expect(first).to_have_attribute("aria-pressed", "true")
    expect(first).to_be_focused()
    page.wait_for_function("() => explorerMap.nTestItems === 1")
    expect(lines).to_have_count(1)
    expect(lines).to_contain_text("0 | 9")
    second.click()
    expect(lines).to_contain_text("40 | 0")
    second.click()
    page.wait_for_function("() => explorerMap.nTestItems === 10")
    expect(lines).to_have_count(2)


def test_the_groups_of_two_runs_hide_no_column(page):
    page.get_by_label("beside").select_option(index=2)
    heads = page.locator("#failures thead th")
    expect(heads).to_have_count(5)
    frame = page.locator("#failures .failure-groups .table-frame")
    assert frame.evaluate("it => it.scrollWidth <= it.clientWidth")


def test_a_map_without_such_runs_shows_nothing_of_those_before(page, pacing):
    groups = page.locator("#failures tbody tr")
    groups.first.click()
    page.locator("#inspector").get_by_role("button", name="Choose the caption").first.click()
    expect(page.locator("#undo button")).to_be_enabled()
    page.wait_for_function("() => explorerMap.nTestItems === 10")
    for name in (FIRST, SECOND):
        pacing.service.runs.delete(name)
    page.click("#undo button")  # the map is another one again
    expect(page.locator("#failures")).to_contain_text("No run on these data")
    expect(groups.first).to_be_hidden()
