"""Drives the columns beside the map in Chromium: histograms, words, chips, colours, the sheet."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.ui.browsing import MAP_READY, opened, unfold
from tests.ui.test_accessibility import serious

pytestmark = pytest.mark.browser


def prepared_of(pacing):
    """What was opened last: an edit leaves another one open."""
    return list(pacing.service._prepared.values())[-1]


def kinds_of(prepared) -> np.ndarray:
    """(M,) the kind of each row, as the data say it."""
    column = prepared.dataset.splits["train"].columns["kind"]
    return np.array(column.names)[column.values][prepared.image_of_caption]


def rail_says(page: Page, kept: int, of: int) -> None:
    expect(page.locator(".rail header .figure")).to_have_text(f"{kept} of {of} rows")


def test_filters_by_words_and_brush_work_together_and_are_dropped_one_by_one(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        prepared = prepared_of(pacing)
        kinds, n = kinds_of(prepared), prepared.n_captions
        kind = max(set(kinds), key=list(kinds).count)
        page.locator(".word", has_text=kind).click()
        rail_says(page, (kinds == kind).sum(), n)
        expect(page.locator("#drawer")).to_contain_text(f"{(kinds == kind).sum()} selected")

        low = page.get_by_role("slider", name="Pair similarity, from")
        low.focus()
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        least = float(low.get_attribute("aria-valuetext"))
        both = ((kinds == kind) & (prepared.similarity >= least - 1e-6)).sum()
        rail_says(page, both, n)
        expect(page.locator(".chip")).to_have_count(3)

        page.get_by_role("button", name=f"Drop the filter: Kind: {kind}").click()
        rail_says(page, (prepared.similarity >= least - 1e-6).sum(), n)
        low.focus()
        page.keyboard.press("Home")
        expect(page.locator(".rail header .figure")).to_have_text(f"All {n} rows")
        expect(page.locator(".chip")).to_have_count(0)


def test_a_search_is_one_filter_more_and_clear_all_ends_all(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        prepared = prepared_of(pacing)
        kinds, n = kinds_of(prepared), prepared.n_captions
        word = kinds[0]
        found = np.array([word in text for text in prepared.captions])
        page.get_by_role("button", name="Plain text").click()
        page.get_by_label("Search the dataset").fill(word)
        page.keyboard.press("Enter")
        rail_says(page, found.sum(), n)
        page.locator(".word", has_text=word).click()
        rail_says(page, (found & (kinds == word)).sum(), n)
        unfold(page, "rows")
        expect(page.locator("#rows li")).to_have_count(
            min(60, int((found & (kinds == word)).sum()))
        )
        page.get_by_role("button", name="Drop all filters").click()
        expect(page.locator(".rail header .figure")).to_have_text(f"All {n} rows")
        expect(page.get_by_label("Search the dataset")).to_have_value("")


def test_a_column_colours_the_map_from_the_rail_and_in_a_link(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        prepared = prepared_of(pacing)
        page.get_by_role("button", name="Colour the map by Kind").click()
        legend = page.get_by_role("group", name="What the colours mean")
        kinds = prepared.dataset.splits["train"].columns["kind"]
        first = kinds.names[np.bincount(kinds.values).argmax()]
        expect(legend).to_contain_text(f"{first} {np.bincount(kinds.values).max()}")
        assert page.get_by_label("Colour by").input_value() == "column:kind"
        page.wait_for_function("() => location.search.includes('colours=column')")
        link, colour = page.url, page.evaluate("explorerMap.colourOf(7)")
    with opened(browser, link) as page:
        page.wait_for_function(MAP_READY)
        assert page.evaluate("explorerMap.colourOf(7)") == colour
        pressed = page.get_by_role("button", name="Colour the map by Kind")
        expect(pressed).to_have_attribute("aria-pressed", "true")


def test_images_are_measured_on_demand_and_become_columns(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        page.get_by_role("button", name="Measure images").click()
        page.get_by_role("button", name="Brightness", exact=True).click()
        expect(page.get_by_role("slider", name="Brightness, from")).to_be_visible()
        expect(page.get_by_role("button", name="Measure images")).to_have_count(0)


def test_an_edit_of_a_prototype_keeps_the_filters_of_the_same_data(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        prepared = prepared_of(pacing)
        kinds, n = kinds_of(prepared), prepared.n_captions
        page.locator(".word", has_text=kinds[0]).click()
        rail_says(page, (kinds == kinds[0]).sum(), n)
        unfold(page, "prototypes")
        page.locator("#prototypes tbody tr").first.click()
        page.get_by_role("button", name="Choose the caption").first.click()
        expect(page.locator("#edits section")).to_be_visible()
        rail_says(page, (kinds == kinds[0]).sum(), n)
        page.get_by_role("button", name="Undo").first.click()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_phones_the_columns_are_a_sheet_that_axe_finds_nothing_wrong_with(
    browser, pacing, theme
):
    size = {"width": 390, "height": 844}
    with opened(browser, f"{pacing.address}&__theme={theme}", viewport=size) as page:
        page.wait_for_function(MAP_READY)
        expect(page.locator("#columns")).to_be_hidden()
        page.get_by_role("button", name="Filters", exact=True).click()
        page.locator(".word").first.click()
        expect(page.locator(".chip")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert serious(page) == []
        unfold(page, "suspects")
        expect(page.locator("#columns")).to_be_hidden()
        page.get_by_role("button", name="Filters", exact=True).click()
        expect(page.locator("#suspects")).to_be_hidden()
        page.get_by_role("button", name="Fold the filters").click()
        expect(page.locator("#columns")).to_be_hidden()


def test_a_condition_is_completed_and_filters(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        prepared = prepared_of(pacing)
        kinds, n = kinds_of(prepared), prepared.n_captions
        line = page.get_by_label("Condition", exact=True)
        line.press_sequentially("kin")
        expect(page.get_by_role("option", name="kind Kind")).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        line.press_sequentially(f" = {kinds[0][:2]}")
        page.get_by_role("option", name=f'"{kinds[0]}"').click()
        assert line.input_value() == f'kind = "{kinds[0]}"'
        page.keyboard.press("Enter")
        rail_says(page, (kinds == kinds[0]).sum(), n)
        line.press_sequentially(" or similarity < 2" * 3)
        assert line.evaluate("field => field.scrollHeight - field.clientHeight") == 0  # all is seen
        other = next(kind for kind in kinds if kind != kinds[0])
        page.locator(".word", has_text=other).click()
        unfold(page, "rows")
        expect(page.locator("#rows")).to_contain_text("The filters match none of the rows")
        page.get_by_role("button", name=f"Drop the filter: Kind: {other}").click()
        page.get_by_role("button", name="Drop the filter: kind =").click()
        expect(page.locator(".rail header .figure")).to_have_text(f"All {n} rows")
        assert line.input_value() == ""


def test_a_condition_that_is_not_understood_is_said_beneath_it(browser, pacing):
    page = browser.new_page()  # it may complain: the browser notes the answer in its console
    page.goto(pacing.address)
    page.wait_for_function(MAP_READY)
    line = page.get_by_label("Condition", exact=True)
    line.fill("kind = boat")
    line.press("Enter")
    expect(page.locator(".query .problem")).to_have_text(
        "There is no column boat. A text stands in quotes."
    )
    page.close()


def test_rows_are_tagged_found_by_their_tag_and_distilled_without_it(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        prepared = prepared_of(pacing)
        kinds, n = kinds_of(prepared), prepared.n_captions
        own = (kinds == kinds[0]).sum()
        page.locator(".word", has_text=kinds[0]).click()
        rail_says(page, own, n)
        page.get_by_label("Name of a tag").fill("odd")
        page.get_by_role("button", name=f"Tag {own} rows").click()
        expect(page.locator(".tag-form .hint")).to_have_text(f"“odd” has {own} rows.")
        page.get_by_role("button", name="Drop the filter").click()
        page.wait_for_function("() => !location.search.includes('filters=')")
        page.reload()
        page.wait_for_function(MAP_READY)
        page.locator(".word", has_text="odd").click()
        tags = page.locator(".rail").get_by_text("Tags", exact=True)
        expect(tags.filter(visible=True)).to_have_count(1)
        rail_says(page, own, n)
        unfold(page, "rows")
        page.get_by_role("button", name="Leave these out").click()
        expect(page.locator(".subset")).to_contain_text(f"{n - own}")
        page.get_by_role("tab", name="Explore").click()
        page.get_by_label("Name of a tag").fill("odd")
        page.get_by_role("button", name="Delete", exact=True).click()
        expect(page.locator(".tag-form .hint")).to_have_text("“odd” has no rows any more.")
        expect(page.locator(".rail header .figure")).to_have_text(f"All {n} rows")
