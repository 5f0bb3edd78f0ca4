"""Drives the inspector in Chromium: edits, drawing, the table, the matching, suspects."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from explorer.config import Edit
from explorer.explore import quality as suspects
from explorer.runs.config import view_of
from explorer.ui.service import Service
from tests.ui.browsing import FREE_POINT, MAP_READY, ON_SCREEN, opened, served
from tests.ui.easel import Easel

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent

OWNERS = """() => explorerMap.ready
    ? Array.from({ length: explorerMap.n }, (_, i) => explorerMap.prototypeOf(i)) : []"""


@pytest.fixture(scope="module")
def inspecting(world, tmp_path_factory) -> Iterator[SimpleNamespace]:
    """The program on a prepared dataset, with an easel for a decoder."""
    prepared, config = world
    cache = shutil.copytree(prepared, tmp_path_factory.mktemp("inspecting") / "cache")
    service = Service(cache, config.data, [str(HERE / "pacing_program.py")])
    service.studio = lambda bundle: Easel()
    with served(service) as address:
        address = f"{address}?n_prototypes=12"
        yield SimpleNamespace(service=service, config=config, cache=cache, address=address)


@pytest.fixture
def page(browser, inspecting) -> Iterator[Page]:
    """A page of its own on the prototypes as they were found."""
    shutil.rmtree(inspecting.cache / "edits", ignore_errors=True)
    with opened(browser, inspecting.address) as page:
        page.wait_for_function(MAP_READY)
        yield page


def prepared_of(inspecting):
    return inspecting.service.find(view_of(inspecting.config))


def inspect(page: Page, number: int) -> None:
    """Selects a prototype, by its number from 1, in the table."""
    table = page.locator("#prototypes table")
    if not table.is_visible():
        page.get_by_role("button", name="All prototypes").click()
    own = page.locator("td:nth-child(2)", has_text=re.compile(f"^{number}$"))
    page.locator("#prototypes tbody tr", has=own).click()
    name = re.compile(f"Prototype {number}(, one)? of")
    expect(page.locator("#inspector header")).to_contain_text(name)


def edits(page: Page):
    return page.locator("#edits section")


def test_another_caption_is_chosen_kept_over_a_reload_and_undone(page, inspecting):
    inspect(page, 3)
    captions = page.locator("#inspector .captions li")
    chosen = page.locator("#inspector .is-chosen .text")
    before = chosen.inner_text()
    other = captions.filter(has=page.get_by_role("button", name="Choose")).first
    text = other.locator(".text").inner_text()
    other.get_by_role("button").click()
    expect(chosen).to_contain_text(text)
    expect(edits(page)).to_contain_text("1 edit, the last: another caption for prototype 3")
    expect(page.locator(".map-foot")).to_contain_text("1 edit")
    page.reload()
    page.wait_for_function(MAP_READY)
    expect(edits(page)).to_contain_text("1 edit")
    assert prepared_of(inspecting).captions[prepared_of(inspecting).chosen_caption[2]] == text
    page.get_by_role("button", name="Undo the last edit").click()
    expect(edits(page)).to_contain_text("No edits: the prototypes are as they were found")
    expect(chosen).to_have_text(before)  # what the undone edit had changed is selected
    page.get_by_role("button", name="Make the edit again").click()
    expect(chosen).to_contain_text(text)


def test_prototypes_are_dropped_split_and_merged_on_map_table_and_inspector(page, inspecting):
    n = prepared_of(inspecting).n_prototypes
    rows = page.locator("#prototypes tbody tr")
    inspect(page, 2)
    expect(rows).to_have_count(n)
    page.get_by_role("button", name="Drop", exact=True).click()
    expect(rows).to_have_count(n - 1)
    expect(page.locator(".map-foot")).to_contain_text(f"{n - 1} prototypes")
    expect(page.locator("#inspector")).to_contain_text("Nothing selected")
    expect(page.get_by_role("button", name="Undo the last edit")).to_be_focused()
    page.wait_for_function(f"n => Math.max(...({OWNERS})()) === n - 2", arg=n)
    inspect(page, 3)
    page.get_by_role("button", name="Split", exact=True).click()
    expect(rows).to_have_count(n)
    expect(page.locator("#inspector")).to_contain_text(f"Prototype 3 of {n}")
    inspect(page, n + 1)  # what was split off has the next number
    page.get_by_label("Prototype to merge into this one").select_option("2")
    page.get_by_role("button", name="Merge with").click()
    expect(rows).to_have_count(n - 1)
    last = f"prototype 3 merged into prototype {n + 1}"
    expect(edits(page)).to_contain_text(f"3 edits, the last: {last}")
    page.get_by_role("button", name="Undo all edits").click()
    expect(rows).to_have_count(n)
    expect(edits(page)).to_contain_text("No edits")


def test_a_run_of_an_edited_map_is_started_with_its_edits_and_says_so(page, inspecting):
    inspect(page, 2)
    page.get_by_role("button", name="Drop", exact=True).click()
    expect(edits(page)).to_contain_text("1 edit")
    page.get_by_role("tab", name="Distill").click()
    applied, pairs = page.locator("#applied"), page.get_by_label("Pairs", exact=True)
    pairs.fill("13")
    expect(applied).to_contain_text("What was edited on the map (1 edit) does not count here")
    applied.get_by_role("button", name="Use 12 pairs").click()
    expect(pairs).to_have_value("12")
    expect(applied).to_contain_text("follow the edit made by hand at 12 prototypes")
    expect(applied).to_contain_text("prototype 2 dropped")
    page.click("#start-run")
    expect(page.locator("#live .run h2")).to_contain_text("11 pairs · 1 edit")
    run = inspecting.service.runs.list_runs()[0]
    assert run.job.config.edits == (Edit(kind="drop", prototype=1),)
    page.get_by_label("Pairs", exact=True).fill("7")
    page.get_by_role("button", name="Duplicate").click()
    expect(page.get_by_label("Pairs", exact=True)).to_have_value("12")
    expect(page.locator("#live")).to_contain_text("The form has the settings of this run now")


def test_an_edit_keeps_the_view_and_what_cannot_be_done_is_said(page, inspecting):
    page.get_by_role("button", name="Captions", exact=True).click()
    page.wait_for_function("() => explorerMap.ready && explorerMap.n === 200")
    page.get_by_role("button", name="Zoom in").click()
    place = "explorerMap.px(0).map(Math.round).join()"
    inspect(page, 4)
    where = page.evaluate(place)
    page.get_by_role("button", name="Split", exact=True).click()
    expect(edits(page)).to_contain_text("1 edit")
    page.wait_for_function("() => explorerMap.ready")
    assert page.evaluate("explorerMap.n") == 200
    assert page.evaluate(place) == where
    assert page.evaluate("explorerMap.selected") == 3
    page.get_by_role("button", name="Reset view").click()
    page.mouse.click(*page.evaluate(ON_SCREEN, page.evaluate(FREE_POINT)))
    card = page.locator("#inspector").get_by_text("You clicked")
    expect(card).to_be_visible()
    page.locator("#inspector .captions").get_by_role("button", name="Choose").first.click()
    expect(edits(page)).to_contain_text("2 edits")
    expect(card).to_be_visible()
    lone = prepared_of(inspecting).n_prototypes - 1  # the last of those found is pairless
    inspect(page, lone)
    expect(page.get_by_role("button", name="Split", exact=True)).to_be_disabled()
    expect(page.locator("#inspector")).to_contain_text("Pairless.")


def test_another_window_that_edited_first_is_said(browser, inspecting):
    shutil.rmtree(inspecting.cache / "edits", ignore_errors=True)
    late = browser.new_page()  # it may complain: the browser notes the answer in its console
    late.goto(inspecting.address)
    late.wait_for_function(MAP_READY)
    inspect(late, 3)
    drop = Edit(kind="drop", prototype=7)
    key = prepared_of(inspecting).key
    inspecting.service.edit(key, lambda history: history.add(drop))
    late.get_by_role("button", name="Drop", exact=True).click()
    expect(late.locator("#edits [role=alert]")).to_contain_text("edited in another window. Reload")
    late.close()


def test_an_image_is_drawn_found_again_and_kept_for_the_set(page, inspecting):
    shutil.rmtree(inspecting.cache / "drawn", ignore_errors=True)
    inspect(page, 5)
    page.click("#synthesize")
    drawn = page.locator("#drawn figure")
    expect(drawn).to_have_count(2)
    expect(page.locator("#drawn")).to_contain_text(re.compile(r"Drawn for “.+” in \d"))
    page.click("#synthesize")
    expect(page.locator("#drawn")).to_contain_text("” before with the same settings")
    page.get_by_role("button", name="Keep the image of seed 0").click()
    kept = page.get_by_role("region", name="Kept image")
    expect(kept).to_contain_text("Seed 0")
    page.wait_for_function("() => document.querySelector('.kept img').naturalWidth === 8")
    expect(page.locator(".drawn-images")).to_contain_text("Kept for the set")
    expect(page.get_by_role("button", name="Keep the image of seed 0")).to_have_count(0)
    expect(edits(page)).to_contain_text("the image of seed 0 kept for prototype 5")
    expect(drawn).to_have_count(2)  # they are still images of this prototype
    assert list(prepared_of(inspecting).kept_images) == [4]
    page.get_by_role("button", name="Choose the caption").first.click()
    toast = page.locator(".toast")
    expect(toast).to_contain_text("another caption for prototype 5")
    expect(toast).to_contain_text("Its kept image")
    expect(kept).to_have_count(0)
    toast.get_by_role("button", name="Undo").click()
    expect(kept).to_contain_text("Seed 0")
    expect(toast).to_have_text("The last edit is undone.")


def test_keys_lead_to_the_search_and_draw_but_not_while_one_types(page):
    inspect(page, 6)
    page.focus(".map-frame")
    page.keyboard.press("/")
    search = page.get_by_label("Search the dataset")
    expect(search).to_be_focused()
    page.keyboard.type("s/s")
    expect(search).to_have_value("s/s")
    page.get_by_role("button", name="Data, models and prototypes").click()
    models = page.get_by_role("combobox", name="Models").first
    models.focus()
    expect(models).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Tab")
    expect(models).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Escape")
    expect(page.locator("#drawn figure")).to_have_count(1)
    page.focus(".map-frame")
    page.locator("#details").evaluate("details => details.scrollTo(0, 400)")
    page.keyboard.press("s")
    expect(page.locator("#drawn figure")).to_have_count(2)
    expect(page.locator("#drawn figure").last).to_be_in_viewport()  # where it is told how far it is


def test_a_map_that_shows_no_point_says_so_and_leads_back(page):
    page.focus(".map-frame")
    nothing = page.locator(".map-nothing")
    for _ in range(40):
        page.keyboard.press("ArrowLeft")
    expect(nothing).to_have_text("No points here. Show all")
    nothing.get_by_role("button").click()
    expect(nothing).to_be_hidden()


def test_what_is_typed_into_a_field_with_a_list_replaces_what_stood_there(page):
    page.get_by_role("button", name="Data, models and prototypes").click()
    data = page.get_by_role("combobox", name="Data").first
    data.click()
    page.keyboard.type("digits")
    expect(data).to_have_value("digits")
    page.keyboard.press("Escape")


def test_two_prototypes_are_blended_along_a_slider(page, inspecting):
    inspect(page, 5)
    page.get_by_role("button", name="How to draw").click()
    page.get_by_label("Blend with").select_option("7")
    share = page.get_by_label("Share of the other prototype")
    share.fill("0.25")
    expect(page.locator("#blend")).to_contain_text("25 % of prototype 8")
    page.click("#synthesize")
    expect(page.locator("#drawn h3")).to_have_text("25 % of the way to prototype 8")
    expect(page.get_by_role("button", name="Keep the image")).to_have_count(0)
    page.get_by_label("Blend with").select_option("")
    page.click("#synthesize")
    expect(page.locator("#drawn h3")).to_have_count(0)


def test_why_a_match_was_made_is_said_and_its_rows_are_lit(page, inspecting):
    inspect(page, 3)
    why = page.get_by_role("region", name="Why this match")
    rows = int(prepared_of(inspecting).prototypes.n_shared[2])
    expect(why).to_contain_text(f"{rows} of the {rows} rows in its image cluster lie in this")
    why.get_by_role("button", name="Its own").click()
    page.wait_for_function("n => explorerMap.rows === n", arg=rows)


def test_ranks_stand_in_the_table_only_where_they_are_no_numbers(page, inspecting):
    page.get_by_role("button", name="All prototypes").click()
    rows = page.locator("#prototypes tbody tr")
    expect(rows).to_have_count(prepared_of(inspecting).n_prototypes)
    shown = [row.locator("td").all_text_contents()[:2] for row in rows.all()]
    is_shown = any(rank != number for rank, number in shown)
    expect(page.get_by_role("columnheader", name="Rank")).to_have_count(int(is_shown))


def test_the_table_is_filtered_and_walked_by_keyboard(page, inspecting):
    page.get_by_role("button", name="All prototypes").click()
    rows = page.locator("#prototypes tbody tr")
    n = prepared_of(inspecting).n_prototypes
    expect(rows).to_have_count(n)
    filter_field = page.get_by_label("Filter the prototypes")
    filter_field.fill("pairless")
    expect(rows).to_have_count(1)
    expect(page.locator("#prototypes")).to_contain_text(f"1 of {n}")
    filter_field.press("Escape")
    expect(rows).to_have_count(n)
    filter_field.press("ArrowDown")
    expect(rows.nth(0)).to_be_focused()
    steps = {"ArrowDown": 1, "End": n - 1, "ArrowUp": n - 2, "Home": 0}
    for key, at in steps.items():
        page.keyboard.press(key)
        expect(rows.nth(at)).to_be_focused()
    page.keyboard.press("ArrowDown")
    chosen = int(rows.nth(1).get_attribute("data-id"))
    page.keyboard.press("Enter")
    page.wait_for_function("k => explorerMap.selected === k", arg=chosen)
    assert rows.evaluate_all("all => all.filter(row => row.tabIndex === 0).length") == 1
    page.evaluate("scrollTo(0, 0)")
    point = page.evaluate(FREE_POINT)
    page.mouse.click(*page.evaluate("i => explorerMap.px(i)", point))
    prototype = page.evaluate("i => explorerMap.prototypeOf(i)", point)
    marked = page.locator(f"#prototypes tr[data-id='{prototype}']")
    expect(marked).to_have_attribute("aria-current", "true")


def test_a_cell_of_the_matching_lights_its_rows(page, inspecting):
    page.get_by_role("button", name="Matching").click()
    page.wait_for_function("() => document.querySelector('.heat-plot .nsewdrag')")
    prepared = prepared_of(inspecting)
    plot = page.locator(".heat-plot .nsewdrag")
    plot.scroll_into_view_if_needed()
    box, n = plot.bounding_box(), prepared.n_prototypes
    cell = [(4 + 0.5) / n * box[side] for side in ("width", "height")]
    page.mouse.click(box["x"] + cell[0], box["y"] + cell[1])
    rows = int(prepared.prototypes.n_shared[4])
    page.wait_for_function("n => explorerMap.rows === n", arg=rows)
    said = f"{rows} rows lie in the image cluster of prototype 5"
    expect(page.locator("#heat [role=status]")).to_contain_text(said)
    lone = page.evaluate("() => document.querySelector('.heat-plot').data[1].x")
    assert len(lone) == 1
    assert lone[0].startswith(f"{n} · ")


def test_suspects_are_listed_and_shown_on_the_map(page, inspecting):
    page.get_by_role("button", name="Suspects").click()
    worst = page.get_by_role("region", name="Pairs that fit least")
    prepared = prepared_of(inspecting)
    row = int(prepared.similarity.argmin())
    first = worst.locator("li").first
    expect(first).to_contain_text(prepared.captions[row])
    first.get_by_role("button").click()
    clicked = page.locator("#inspector .clicked")
    expect(clicked.locator("p").nth(1)).to_contain_text(prepared.captions[row])
    clicked.locator("summary", has_text="and 4 more captions").click()
    others = {*prepared.captions_of(prepared.image_of_caption[row])} - {row}
    expect(clicked.locator("li")).to_have_count(4)
    for each in others:
        expect(clicked.locator("ul")).to_contain_text(prepared.captions[each])
    clicked.get_by_role("button", name="Next", exact=True).click()
    second = int(prepared.similarity.argsort(kind="stable")[1])
    expect(clicked.locator("p").nth(1)).to_contain_text(prepared.captions[second])
    with page.expect_download() as download:
        page.get_by_role("button", name="Pairs that fit least: save as CSV").click()
    assert download.value.suggested_filename == "pairs-that-fit-least.csv"
    rows = [int(line.split(",")[0]) for line in download.value.path().read_text().splitlines()[1:]]
    assert rows[:2] == [row, second]
    page.get_by_role("button", name="Pairs that fit least: show all on the map").click()
    page.wait_for_function("() => explorerMap.rows > 0")
    twins = page.get_by_role("region", name="Nearly the same image")
    twins.locator("li").first.get_by_role("button").click()
    page.wait_for_function("() => explorerMap.rows === 10")  # five captions of each
    unread = page.get_by_role("region", name="Images that could not be read")
    expect(unread).to_contain_text("All images could be read.")


def test_many_images_are_compared_when_the_button_is_pressed(page, inspecting, monkeypatch):
    shutil.rmtree(inspecting.cache / "duplicates", ignore_errors=True)
    monkeypatch.setattr(suspects, "AT_ONCE", 0)
    page.get_by_role("button", name="Suspects").click()
    twins = page.get_by_role("region", name="Nearly the same image")
    expect(twins.locator("li")).to_have_count(0)
    twins.get_by_role("button", name=re.compile("Look for them")).click()
    expect(twins).to_contain_text("listed.")
    expect(twins.locator("li").first).to_be_visible()
