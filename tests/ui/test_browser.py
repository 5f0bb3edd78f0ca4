"""Drives the page in Chromium: the whole path on the built-in models, then each part alone."""

import csv
import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from explorer.explore.inspector import make_card
from explorer.ui.service import Service
from tests.ui.browsing import (
    FREE_POINT,
    MAP_READY,
    POINTS_DRAWN,
    opened,
    served,
    train_few_students,
    unfold,
)
from tests.ui.worlds import write_folder

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def program(tmp_path_factory) -> Iterator[SimpleNamespace]:
    """The program as a user has it, the built-in models too, on a folder of Scenes."""
    folder = tmp_path_factory.mktemp("program")
    data = write_folder(folder / "little-scenes", n_train=60, n_held_out=12)
    service = Service(folder / "cache", str(data))
    setting = urlencode({"data": str(data), "n_prototypes": 20})
    with served(service) as address:
        yield SimpleNamespace(service=service, address=f"{address}?{setting}")


def test_the_whole_path_from_data_to_a_row_in_the_table(browser, program):
    with opened(browser, program.address) as page:
        prepare_and_see_the_map(page)
        click_a_point_and_read_the_inspector(page, program.service)
        search_by_words(page)
        search_by_an_image_of_the_dataset(page, program.service)
        synthesize_an_image(page)
        start_a_run_and_watch_its_curves(page)
        page.reload()
        page.get_by_role("tab", name="Distill").click()
        expect(page.locator("#live .state")).to_have_text("Done")
        page.wait_for_function(f"({POINTS_DRAWN})() >= 2 * 2 * (101 + 11)")
        find_the_result_in_the_table(page)
        see_where_it_fails(page, program.service)


def see_where_it_fails(page: Page, service: Service) -> None:
    page.get_by_role("tab", name="Distill").click()
    link = page.get_by_role("link", name="Where it fails")
    address = link.get_attribute("href")
    link.click()
    (run,) = service.runs.list_runs("distill")
    expect(page.get_by_label("Run", exact=True)).to_have_value(run.id)
    expect(page.locator("#failures .found li").first).to_be_visible()
    page.goto(page.url.split("?")[0] + address)
    expect(page.get_by_label("Run", exact=True)).to_have_value(run.id)
    expect(page.locator("#failures .found li").first).to_be_visible()
    expect(page.locator(".setup-line")).to_contain_text(f"{run.job.config.size} prototypes")


def prepare_and_see_the_map(page: Page) -> None:
    expect(page.locator(".map-notice")).to_contain_text("little-scenes is not prepared")
    page.click("#prepare")
    expect(page.locator(".map-notice")).to_contain_text("Preparing little-scenes")
    expect(page.locator("#inspector")).to_have_attribute(
        "inert", ""
    )  # nothing acts on what is not here
    page.wait_for_function(MAP_READY)
    expect(page.locator("#inspector")).not_to_have_attribute("inert", "")
    assert page.evaluate("explorerMap.n") == 60
    expect(page.locator(".map-foot")).to_contain_text("60 images · 20 prototypes")


def click_a_point_and_read_the_inspector(page: Page, service: Service) -> None:
    point = page.evaluate(FREE_POINT)
    page.mouse.click(*page.evaluate("i => explorerMap.px(i)", point))
    prototype = page.evaluate("i => explorerMap.prototypeOf(i)", point)
    page.wait_for_function("k => explorerMap.selected === k", arg=prototype)
    inspector = page.locator("#inspector")
    (prepared,) = service._prepared.values()
    card = make_card(prepared, prototype)
    expect(inspector.locator("h2")).to_have_text(card.label)
    expect(inspector.locator(".numbers")).to_contain_text(f"{card.cosine:.2f}")
    expect(inspector.locator("header")).to_contain_text(f"Prototype {card.number + 1} of 20")
    first, value = card.nearest_images[0]
    nearest = page.locator("#drawn figure").first
    expect(nearest).to_contain_text(f"to prototype{value:.2f}")
    similarity = prepared.cosine_of(first, card.chosen_caption)
    expect(nearest).to_contain_text(f"to caption{similarity:.2f}")
    expect(page.locator("#drawn")).to_contain_text("Synthesize generates an image here")
    expect(inspector.locator(".is-chosen")).to_contain_text(prepared.captions[card.chosen_caption])
    expect(inspector.locator(".clicked")).to_contain_text(
        prepared.captions[prepared.captions_of(point)[0]]
    )
    page.wait_for_function(
        "() => [...document.querySelectorAll('#inspector img')].every(image => image.naturalWidth)"
    )


def search_by_words(page: Page) -> None:
    page.get_by_label("Search the dataset").fill("a red house")
    page.keyboard.press("Enter")
    results = page.locator("#results .found li")
    expect(results).to_have_count(60)  # the first search waits for the encoder
    expect(results.first).to_contain_text(re.compile("house|cottage|home|hut"))
    page.get_by_role("button", name="Clear the search").click()
    page.wait_for_function("() => explorerMap.rows === 0")


def search_by_an_image_of_the_dataset(page: Page, service: Service) -> None:
    (prepared,) = service._prepared.values()
    given = {"name": "boat.webp", "mimeType": "image/webp", "buffer": prepared.thumbnail(7)}
    page.locator("#search input[type=file]").set_input_files(given)
    first = page.locator("#results .found li").first
    best = max(prepared.captions_of(7), key=lambda row: prepared.similarity[row])
    expect(first).to_contain_text(prepared.captions[best])
    expect(first).to_contain_text("1.00")
    page.get_by_role("button", name="Clear the search").click()
    page.wait_for_function("() => explorerMap.rows === 0")


def synthesize_an_image(page: Page) -> None:
    page.click("#synthesize")
    drawn = page.locator("#drawn figure")
    expect(drawn).to_have_count(2)  # the first image waits for the models
    expect(drawn.nth(0)).to_contain_text("Nearest real")
    expect(drawn.nth(1)).to_contain_text("to prototype")
    page.wait_for_function(
        "() => [...document.querySelectorAll('#drawn img')].every(image => image.naturalWidth)"
    )


def start_a_run_and_watch_its_curves(page: Page) -> None:
    page.get_by_role("tab", name="Distill").click()
    page.get_by_label("Pairs", exact=True).fill("6")
    train_few_students(page)
    page.click("#start-run")
    expect(page.locator("#live .made li")).to_have_count(6)
    page.wait_for_function(f"({POINTS_DRAWN})() > 0")
    expect(page.locator("#live .state")).to_have_text("Done")
    expect(page.locator("#live .outcome tbody tr")).to_have_count(2)
    expect(page.locator("#estimate")).to_contain_text("Time: about")  # rates are known by now


def find_the_result_in_the_table(page: Page) -> None:
    page.get_by_role("tab", name="Compare").click()
    rows = page.locator("#runs tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("little-scenes")
    expect(rows.nth(0)).to_contain_text("±")
    page.wait_for_function("() => document.querySelector('#runs .scatterlayer .point')")
    for button, ending in {"Table as CSV": "csv", "Download": "zip"}.items():
        with page.expect_download() as started:
            page.get_by_text(button, exact=True).first.click()
        assert started.value.suggested_filename.endswith(ending)
    rows.nth(0).click()
    expect(page.locator("#live")).to_be_visible()


def start(page: Page, pairs: int) -> None:
    page.get_by_role("tab", name="Distill").click()
    page.get_by_label("Pairs", exact=True).fill(str(pairs))
    page.click("#start-run")
    expect(page.locator("#live .run h2")).to_contain_text(f"{pairs} pairs")
    page.wait_for_function(f"({POINTS_DRAWN})() > 1")


def grown(page: Page, by: int = 5) -> None:
    """Waits until the curve is longer."""
    drawn = page.evaluate(POINTS_DRAWN)
    page.wait_for_function(f"({POINTS_DRAWN})() >= {drawn + by}")


def test_a_curve_grows_keeps_its_zoom_and_survives_reload_and_a_second_tab(browser, pacing):
    with opened(browser, pacing.address) as page:
        start(page, 120)
        area = page.locator("#live .chart").first.locator(".nsewdrag")
        area.hover(position={"x": 40, "y": 40})  # once it stands still
        page.mouse.down()
        box = area.bounding_box()
        page.mouse.move(box["x"] + 160, box["y"] + 120, steps=4)
        page.mouse.up()
        zoom = "() => document.querySelector('#live .chart-plot').layout.xaxis.range.join()"
        page.wait_for_function(f"({zoom})().includes('.')")
        before = page.evaluate(zoom)
        grown(page)
        assert page.evaluate(zoom) == before
        drawn = page.evaluate(POINTS_DRAWN)
        page.reload()
        page.get_by_role("tab", name="Distill").click()
        page.wait_for_function(f"({POINTS_DRAWN})() >= {drawn}")
        with opened(browser, pacing.address) as second:
            second.get_by_role("tab", name="Distill").click()
            second.wait_for_function(f"({POINTS_DRAWN})() >= {drawn}")
            second.get_by_role("button", name="Cancel").click()
            expect(second.locator("#live .state")).to_have_text("Cancelled")
        expect(page.locator("#live .state")).to_have_text("Cancelled")


def test_a_killed_run_is_shown_as_crashed_and_goes_on(browser, pacing):
    with opened(browser, pacing.address) as page:
        start(page, 100)
        run = pacing.service.runs.list_runs()[0]
        os.kill(run.status.pid, signal.SIGKILL)
        expect(page.locator("#live .state")).to_have_text("Crashed")
        page.get_by_role("button", name="Resume").click()
        expect(page.locator("#live .state")).to_have_text("Done")
        page.wait_for_function(f"({POINTS_DRAWN})() === 100")
        page.get_by_role("tab", name="Compare").click()
        row = page.locator(f"#runs tr[data-id='{run.id}']")
        expect(row).to_contain_text("2.0")
        row.get_by_role("button", name="Delete").click()
        page.get_by_role("button", name="Really delete?").click()
        expect(row).to_have_count(0)


def test_hovering_a_point_shows_its_image_and_caption_soon(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        point = page.evaluate(FREE_POINT)
        x, y = page.evaluate("i => explorerMap.px(i)", point)
        page.mouse.move(x, y)
        page.wait_for_selector(f".map-hover.is-shown[data-point='{point}']")
        (prepared,) = pacing.service._prepared.values()
        caption = prepared.captions[prepared.captions_of(point)[0]]
        expect(page.locator(".map-hover p")).to_have_text(caption)
        assert page.evaluate("document.querySelector('.map-hover img').naturalWidth") > 0
        page.mouse.move(1, 1)
        expect(page.locator(".map-hover")).to_be_hidden()


def test_the_map_obeys_keys_buttons_and_the_other_space(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        place = "explorerMap.px(0).map(Math.round).join()"
        home = page.evaluate(place)
        page.focus(".map-frame")
        for key in ("+", "ArrowLeft"):
            page.keyboard.press(key)
        moved = page.evaluate(place)
        assert moved != home
        page.keyboard.press("Enter")
        page.wait_for_function("() => explorerMap.selected !== null")
        selected = page.evaluate("explorerMap.selected")
        assert page.evaluate(place) == moved
        page.get_by_role("button", name="Captions", exact=True).click()
        page.wait_for_function("() => explorerMap.n === 200")
        assert page.evaluate("explorerMap.selected") == selected
        page.get_by_role("button", name="Images", exact=True).click()
        page.wait_for_function("() => explorerMap.n === 40")
        page.get_by_role("button", name="Reset view").click()
        page.wait_for_function(f"home => {place} === home", arg=home)
        page.focus(".map-frame")
        page.keyboard.press("Escape")
        page.wait_for_function("() => explorerMap.selected === null")


def test_points_are_coloured_by_what_is_asked_and_the_legend_counts_them(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        page.get_by_role("button", name="Captions", exact=True).click()
        page.wait_for_function("() => explorerMap.n === 200")
        colour, legend = page.get_by_label("Colour by"), page.locator(".map-legend")
        expect(legend).to_contain_text("One colour per prototype, 197 captions")
        expect(legend).to_contain_text("In no prototype 3")
        colour.select_option("Kept or dropped")
        expect(legend).to_have_text("Captions:Kept 197Dropped 3")
        dropped = legend.get_by_role("button", name="Dropped")
        dropped.click()  # alone
        page.wait_for_function("() => explorerMap.rows === 3")
        expect(dropped).to_have_attribute("aria-pressed", "true")
        legend.get_by_role("button", name="Kept").click(modifiers=["Shift"])
        page.wait_for_function("() => explorerMap.rows === 200")
        page.get_by_role("button", name="Clear the selection").click()
        expect(dropped).to_have_attribute("aria-pressed", "false")
        expect(legend).to_have_text("Captions:Kept 197Dropped 3")
        assert page.evaluate("explorerMap.colourOf(0) !== explorerMap.colourOf(3)")
        assert page.evaluate("explorerMap.colourOf(3) === explorerMap.colourOf(4)")
        colour.select_option("Pair similarity")
        scale = legend.get_by_role("img")
        expect(scale).to_have_attribute(
            "aria-label", re.compile("^Pair similarity: from .*200 captions")
        )
        (prepared,) = pacing.service._prepared.values()
        worst, best = (int(pick(prepared.similarity)) for pick in (np.argmin, np.argmax))
        assert page.evaluate(
            "([a, b]) => explorerMap.colourOf(a) !== explorerMap.colourOf(b)", [worst, best]
        )
        light = page.evaluate("b => explorerMap.colourOf(b)", best)
        page.evaluate("document.body.classList.toggle('dark')")
        page.wait_for_function("([b, was]) => explorerMap.colourOf(b) !== was", arg=[best, light])
        page.get_by_role("button", name="All prototypes").click()
        page.locator("#prototypes tbody tr[data-id='3']").click()
        chosen = int(prepared.prototypes.n_shared[3])
        expect(legend).to_contain_text(f"{chosen} of 200 captions")


def test_images_and_captions_are_laid_out_together_when_asked_and_keep_the_selection(
    browser, pacing
):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        page.get_by_role("button", name="All prototypes").click()
        page.locator("#prototypes tbody tr[data-id='3']").click()
        both = page.get_by_role("button", name="Both", exact=True)
        expect(both).to_have_attribute("title", "Lays this map out first")
        both.click()
        expect(both).to_be_disabled()
        page.wait_for_function("() => explorerMap.n === 240")
        assert page.evaluate("explorerMap.selected") == 3
        expect(page.locator(".map-foot")).to_contain_text("40 images, 200 captions")
        expect(page.locator(".map-foot")).to_contain_text("modality gap")
        expect(page.locator(".map-legend")).to_contain_text("of 40Captions")
        assert page.evaluate("explorerMap.colourOf(39) !== explorerMap.colourOf(40)")
        page.get_by_role("button", name="Images", exact=True).click()
        page.wait_for_function("() => explorerMap.n === 40")
        expect(page.get_by_label("Colour by")).to_have_value("prototype")


def enclose_everything(page: Page) -> None:
    box = page.locator(".map-frame").bounding_box()
    left, top = box["x"] + 3, box["y"] + 3
    right, bottom = left + box["width"] - 6, top + box["height"] - 6
    page.mouse.move(left, top)
    page.mouse.down()
    for corner in [(right, top), (right, bottom), (left, bottom)]:
        page.mouse.move(*corner)
    page.mouse.up()


def test_a_search_by_words_ranks_images_and_lights_them_on_the_map(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        page.get_by_label("Search the dataset").fill("like 7")
        page.keyboard.press("Enter")
        results = page.locator("#results .found li")
        expect(results).to_have_count(40)  # there are no more images
        expect(results.first).to_contain_text("1.00")
        assert page.evaluate("explorerMap.rows") == 200
        unfold(page, "rows")
        page.get_by_role("button", name="Show images").click()
        expect(page.locator("#rows .row-card")).to_have_count(60)
        unfold(page, "results")
        results.first.get_by_role("button").click()
        prototype = page.evaluate("explorerMap.prototypeOf(7)")
        page.wait_for_function("k => explorerMap.selected === k", arg=prototype)
        page.focus("#search input")
        page.keyboard.press("Escape")
        page.wait_for_function("() => explorerMap.rows === 0")
        expect(results).to_have_count(0)


def test_a_text_in_captions_is_found_or_said_to_be_nowhere(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        (prepared,) = pacing.service._prepared.values()
        has = [m for m, caption in enumerate(prepared.captions) if "house" in caption]
        page.get_by_role("button", name="Plain text").click()
        page.get_by_label("Search the dataset").fill("HOUSE")
        page.get_by_role("button", name="Search", exact=True).click()
        expect(page.locator("#results")).to_contain_text(f"{len(has)} captions contain")
        assert page.evaluate("explorerMap.rows") == len(has)
        expect(page.locator("#rows h2")).to_have_text(f"{len(has)} rows selected")
        page.get_by_label("Search the dataset").fill("zebra")
        page.keyboard.press("Enter")
        expect(page.locator("#search")).to_contain_text("No caption contains “zebra”")
        page.wait_for_function("() => explorerMap.rows === 0")


def test_a_search_that_fails_leaves_nothing_of_the_one_before(browser, pacing):
    page = browser.new_page()  # it may complain: the browser notes the answer in its console
    page.goto(pacing.address)
    page.wait_for_function(MAP_READY)
    page.get_by_label("Search the dataset").fill("like 7")
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_contain_text("200 rows found")
    broken = {"name": "README.md", "mimeType": "text/markdown", "buffer": b"# No image"}
    page.locator("#search input[type=file]").set_input_files(broken)
    expect(page.locator("#search")).to_contain_text("README.md")
    page.wait_for_function("() => explorerMap.rows === 0")
    expect(page.locator(".chip")).to_have_count(0)
    page.close()


@pytest.mark.parametrize("backend", ["", "&nogl"], ids=["WebGL", "without WebGL"])
def test_rows_are_selected_by_lasso_box_and_shift_and_kept_in_the_other_space(
    browser, pacing, backend
):
    with opened(browser, pacing.address + backend) as page:
        page.wait_for_function(MAP_READY)
        point = page.evaluate(FREE_POINT)
        page.keyboard.down("Shift")
        page.mouse.click(*page.evaluate("i => explorerMap.px(i)", point))
        page.keyboard.up("Shift")
        page.wait_for_function("() => explorerMap.rows > 0")
        assert page.evaluate("explorerMap.rows") == 5  # the captions of one image
        assert page.evaluate("explorerMap.selected") is None
        page.focus(".map-frame")
        page.keyboard.press("Shift+Enter")
        page.wait_for_function("() => explorerMap.rows > 5")  # a mark's rows, or a point's
        page.keyboard.press("Escape")
        page.wait_for_function("() => explorerMap.rows === 0")
        page.keyboard.down("Shift")
        page.mouse.click(*page.evaluate("i => explorerMap.px(i)", point))
        page.keyboard.up("Shift")
        page.wait_for_function("() => explorerMap.rows === 5")
        page.get_by_role("button", name="Captions", exact=True).click()
        page.wait_for_function("() => explorerMap.n === 200")
        assert page.evaluate("explorerMap.rows") == 5
        page.get_by_role("button", name="Lasso").click()
        enclose_everything(page)
        page.wait_for_function("() => explorerMap.rows > 190")
        cards = page.locator("#rows .row-card")
        expect(cards).to_have_count(60)
        unfold(page, "rows")
        page.get_by_role("button", name="Show more").click()
        expect(cards).to_have_count(120)
        expect(page.locator(".map-legend")).to_contain_text(" of 197")
        page.get_by_role("button", name="Box").click()
        home = page.evaluate("explorerMap.px(0).map(Math.round).join()")
        enclose_everything(page)
        assert page.evaluate("explorerMap.px(0).map(Math.round).join()") == home
        page.focus(".map-frame")
        page.keyboard.press("Escape")
        page.wait_for_function("() => explorerMap.rows === 0")
        expect(page.locator("#rows h2")).to_have_text("No rows selected")
        expect(page.locator("#rows").get_by_role("button")).to_have_count(0)  # nothing to do yet
        expect(cards).to_have_count(0)


def test_selected_rows_are_exported_as_a_table_and_as_json(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        point = page.evaluate(FREE_POINT)
        page.keyboard.down("Shift")
        page.mouse.click(*page.evaluate("i => explorerMap.px(i)", point))
        page.keyboard.up("Shift")
        (prepared,) = pacing.service._prepared.values()
        captions = [prepared.captions[row] for row in prepared.captions_of(point)]
        unfold(page, "rows")
        with page.expect_download() as download:
            page.get_by_role("button", name="Export JSON").click()
        lines = json.loads(Path(download.value.path()).read_text())
        assert [line["caption"] for line in lines] == captions
        with page.expect_download() as download:
            page.get_by_role("button", name="Export CSV").click()
        table = list(csv.DictReader(Path(download.value.path()).read_text().splitlines()))
        assert [line["caption"] for line in table] == captions
        assert table[0]["file"] == prepared.names[point]


def test_the_table_of_prototypes_and_the_map_select_each_other(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        page.get_by_role("button", name="All prototypes").click()
        row = page.locator("#prototypes tbody tr[data-id='3']")
        row.click()
        page.wait_for_function("() => explorerMap.selected === 3")
        expect(row).to_have_attribute("aria-current", "true")
        expect(page.locator("#inspector")).to_contain_text("Prototype 4 of")
        page.get_by_role("button", name="Shared rows").click()
        page.get_by_role("button", name="Shared rows").click()
        expect(page.locator("#prototypes tbody tr").first).to_contain_text("pairless")


def test_a_wrong_folder_is_explained(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        page.get_by_role("button", name="Data, models and prototypes").click()
        page.get_by_label("Data: built in").first.fill("/no/such/folder")
        page.keyboard.press("Enter")
        page.click("#prepare")
        expect(page.get_by_text("There is no folder '/no/such/folder'").first).to_be_visible()


@pytest.mark.parametrize(
    ("suffix", "context", "backend"),
    [
        ("", {"viewport": {"width": 390, "height": 844}, "has_touch": True}, "webgl2"),
        ("&nogl", {}, "canvas2d"),
        ("&__theme=dark", {"reduced_motion": "reduce"}, "webgl2"),
    ],
    ids=["phone", "without WebGL", "dark"],
)
def test_a_point_can_be_selected(browser, pacing, suffix, context, backend):
    with opened(browser, pacing.address + suffix, **context) as page:
        page.wait_for_function(MAP_READY)
        assert page.evaluate("explorerMap.backend") == backend
        point = page.evaluate(FREE_POINT)
        x, y = page.evaluate("i => explorerMap.px(i)", point)
        if "has_touch" in context:
            page.touchscreen.tap(x, y)
        else:
            page.mouse.click(x, y)
        prototype = page.evaluate("i => explorerMap.prototypeOf(i)", point)
        page.wait_for_function("k => explorerMap.selected === k", arg=prototype)
        expect(page.locator("#inspector")).to_contain_text(f"Prototype {prototype + 1} of")
        if "has_touch" in context:
            expect(page.locator(".map-hover")).to_be_hidden()  # the inspector tells of the point
        for tab in ("Explore", "Distill", "Compare"):
            page.get_by_role("tab", name=tab).click()
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
