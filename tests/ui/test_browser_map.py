"""Drives the map in Chromium: links that restore a view, search by image, neighbours, density."""

import base64
import io
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from explorer.explore.points import Place
from explorer.explore.search import find_neighbours
from explorer.steps.subset import find_subset
from explorer.ui.routes.serve import PREFIX, static
from tests.ui.browsing import FREE_POINT, MAP_READY, opened, unfold

pytestmark = pytest.mark.browser

PLACES = "[0, 7, 20].map(i => explorerMap.px(i).map(Math.round).join()).join(' ')"


OPACITY = """i => {
  const canvas = document.querySelector('.map-frame canvas');
  const box = canvas.getBoundingClientRect();
  const [x, y] = i < 0 ? [box.left, box.top] : explorerMap.px(i);
  const column = Math.floor((x - (i < 0 ? 0 : scrollX) - box.left) / box.width * canvas.width);
  const row = Math.floor((y - (i < 0 ? 0 : scrollY) - box.top) / box.height * canvas.height);
  return canvas.getContext('2d').getImageData(column, row, 1, 1).data[3];
}"""
"""Of the density at a point; of -1 in the corner of the map."""

PAINTED = """async ([path, nogl]) => {
  history.replaceState(null, '', nogl ? '?nogl' : '?');
  const { makePainter } = await import(path);
  const n = 100, at = Float32Array.from({ length: n }, (_, i) => i % 10);
  const points = { n, x: at, y: Float32Array.from({ length: n }, (_, i) => Math.floor(i / 10)),
    order: Uint32Array.from({ length: n }, (_, i) => i), start: Uint32Array.of(0, 20, 80, 100) };
  const canvas = document.createElement('canvas');
  const painter = makePainter(Object.assign(canvas, { width: 200, height: 200 }));
  let drawn = 0;
  const count = (what, name, many) => {
    const own = what[name];
    what[name] = function (...given) { drawn += many(given); own.apply(this, given); };
  };
  count(WebGL2RenderingContext.prototype, 'drawArrays', given => given[2]);
  count(WebGL2RenderingContext.prototype, 'drawElements', given => given[1]);
  count(CanvasRenderingContext2D.prototype, 'fillRect', () => 1);
  painter.upload(points);
  painter.recolour({ classes: new Int8Array(n), palette: Uint8Array.of(200, 0, 0, 255),
    grey: [90, 90, 90, 255], paper: [255, 255, 255], leftOut: 1 });
  const draw = how => {
    drawn = 0;
    painter.draw({ width: 200, height: 200, dpr: 1, scale: 10, centre: [4.5, 4.5], size: 4,
      selected: null, every: 1, isBare: false, ...how });
    return drawn;
  };
  const counts = [{}, { every: 4 }, { every: 4, selected: 1 }, { isBare: true }].map(draw);
  painter.light(Uint8Array.from({ length: n }, (_, i) => Number(i < 7)));
  return [painter.name, [...counts, draw({ every: 4 }), draw({ isBare: true })]];
}"""
"""How many points are drawn of 20 in no prototype, 60 in the first and 20 in the second.""" ""


class Album:
    """Stands in for a bundle's models: takes an image for the one of the dataset that it is."""

    def __init__(self, service) -> None:
        self.service = service

    def embed_images(self, images: list[Image.Image]) -> np.ndarray:
        (prepared,) = self.service._prepared.values()
        kept = [self._pixels(prepared.thumbnail(i)) for i in range(prepared.n_images)]
        found = [np.abs(np.array(kept) - np.array(image)).sum(axis=(1, 2, 3)) for image in images]
        return np.stack([prepared.image[distance.argmin()] for distance in found])

    @staticmethod
    def _pixels(content: bytes) -> np.ndarray:
        return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), dtype=np.int64)


@pytest.fixture
def album(pacing, monkeypatch) -> SimpleNamespace:
    monkeypatch.setattr(pacing.service, "studio", lambda bundle: Album(pacing.service))
    return pacing


def prepared_of(pacing):
    (prepared,) = pacing.service._prepared.values()
    return prepared


def in_address(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def click_point(page: Page, point: int) -> None:
    page.mouse.click(*page.evaluate("i => explorerMap.px(i)", point))


def test_a_copied_link_opens_the_same_view(browser, pacing):
    with opened(browser, pacing.address, permissions=["clipboard-read", "clipboard-write"]) as page:
        page.wait_for_function(MAP_READY)
        page.get_by_role("button", name="Captions", exact=True).click()
        page.wait_for_function("() => explorerMap.n === 200")
        page.get_by_label("Colour by").select_option("Pair similarity")
        page.focus(".map-frame")
        for key in ("+", "+", "ArrowLeft"):
            page.keyboard.press(key)
        point = page.evaluate(FREE_POINT)
        click_point(page, point)
        prototype = page.evaluate("i => explorerMap.prototypeOf(i)", point)
        page.wait_for_function("k => explorerMap.selected === k", arg=prototype)
        page.get_by_role("button", name="Copy link").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        link = page.evaluate("navigator.clipboard.readText()")
        places, colour = page.evaluate(PLACES), page.evaluate("explorerMap.colourOf(7)")
    with opened(browser, link) as page:
        page.wait_for_function(MAP_READY)
        assert page.evaluate("explorerMap.n") == 200
        page.wait_for_function("k => explorerMap.selected === k", arg=prototype)
        assert page.evaluate(PLACES) == places
        assert page.evaluate("explorerMap.colourOf(7)") == colour
        expect(page.get_by_label("Colour by")).to_have_value("similarity")
        expect(page.locator("#inspector .clicked")).to_contain_text(
            prepared_of(pacing).captions[point]
        )


def test_the_address_bar_follows_and_survives_a_reload(browser, pacing):
    with opened(browser, f"{pacing.address}&nogl") as page:
        page.wait_for_function(MAP_READY)
        page.get_by_role("button", name="All prototypes").click()
        page.locator("#prototypes tbody tr[data-id='3']").click()
        page.wait_for_function("() => location.search.includes('prototype=4')")
        asked = in_address(page)
        assert (asked["n_prototypes"], asked["space"], asked["colours"]) == (
            "12",
            "image",
            "prototype",
        )
        page.reload()
        page.wait_for_function("() => window.explorerMap && explorerMap.selected === 3")
        assert page.evaluate("explorerMap.backend") == "canvas2d"  # the rest of the address stays
        page.focus(".map-frame")
        page.keyboard.press("Escape")
        page.wait_for_function("() => !location.search.includes('prototype=')")


@pytest.mark.parametrize(
    "view", ["space=constructor&prototype=99", "colours=smell&point=x&camera=1,2,-3"]
)
def test_what_an_address_asks_for_in_vain_is_left_out(browser, pacing, view):
    with opened(browser, f"{pacing.address}&{view}") as page:
        page.wait_for_function(MAP_READY)
        assert page.evaluate("explorerMap.n") == 40
        assert page.evaluate("explorerMap.selected") is None
        page.wait_for_function("() => location.search.includes('colours=prototype')")


def test_an_image_is_searched_for_by_file_drop_and_paste(browser, album, tmp_path):
    with opened(browser, album.address) as page:
        page.wait_for_function(MAP_READY)
        given = tmp_path / "given.png"
        with Image.open(io.BytesIO(prepared_of(album).thumbnail(7))) as image:
            image.save(given)
        found = page.locator("#results")
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Image …").click()
        chooser.value.set_files(given)
        expect(found).to_contain_text("The 40 images most like given.png")
        expect(found.locator(".found li")).to_have_count(40)
        expect(found.locator(".found li").first).to_contain_text("1.00")
        assert page.evaluate("explorerMap.rows") == 200
        found.locator(".found-row").first.click()
        prototype = page.evaluate("explorerMap.prototypeOf(7)")
        page.wait_for_function("k => explorerMap.selected === k", arg=prototype)
        for event, name in [("drop", "dataTransfer"), ("paste", "clipboardData")]:
            page.get_by_role("button", name="Clear the search").click()
            expect(found.locator(".found li")).to_have_count(0)
            is_taken = page.evaluate(  # beside the form; the browser does not leave the page for it
                """([event, name, content]) => {
                  const bytes = Uint8Array.from(atob(content), each => each.charCodeAt(0));
                  const data = new DataTransfer();
                  data.items.add(new File([bytes], `${event}.png`, { type: 'image/png' }));
                  const made = new Event(event, { bubbles: true, cancelable: true });
                  made[name] = data;
                  document.querySelector('.map-frame').dispatchEvent(made);
                  return made.defaultPrevented;
                }""",
                [event, name, base64.b64encode(given.read_bytes()).decode()],
            )
            assert is_taken
            expect(found).to_contain_text(f"most like {event}.png")
            expect(found.locator(".found li").first).to_contain_text("1.00")


def test_a_file_that_is_no_image_is_explained(browser, album, tmp_path):
    page = browser.new_page()  # the refusal is an error in the console, as it should be
    page.goto(album.address)
    page.wait_for_function(MAP_READY)
    (tmp_path / "notes.png").write_text("no image")
    page.locator("#search input[type=file]").set_input_files(tmp_path / "notes.png")
    expect(page.locator("#search")).to_contain_text(
        "The image notes.png cannot be read: it is in no format of images that Pillow knows."
    )
    expect(page.locator("#results")).to_be_hidden()
    page.close()


def test_one_walks_from_neighbour_to_neighbour_and_back(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        point = page.evaluate(FREE_POINT)
        click_point(page, point)
        page.get_by_role("button", name="Neighbours").click()
        prepared = prepared_of(pacing)
        near = find_neighbours(prepared, Place(point, None), 24)
        lines = page.locator("#neighbours .found li")
        expect(lines).to_have_count(24)
        first = int(near["images"].shown[0])
        expect(lines.first).to_contain_text(prepared.captions[first])
        assert page.evaluate("explorerMap.rows") == 24 * 5  # they are lit on the map
        page.get_by_role("group", name="Which neighbours").get_by_text("Captions").click()
        expect(lines.first).to_contain_text(prepared.captions[int(near["captions"].shown[0])])
        page.get_by_role("group", name="Which neighbours").get_by_text("Images").click()
        lines.first.get_by_role("button").click()
        second = int(prepared.image_of_caption[first])
        there = find_neighbours(prepared, Place(second, None), 24)["images"].shown[0]
        expect(lines.first).to_contain_text(prepared.captions[int(there)])
        clicked = prepared.captions[prepared.captions_of(second)[0]]
        expect(page.locator("#inspector .clicked")).to_contain_text(clicked)
        page.get_by_role("button", name="Back to the item before").click()
        expect(lines.first).to_contain_text(prepared.captions[first])
        expect(page.get_by_role("button", name="Back to the item before")).to_be_disabled()
        page.get_by_role("button", name="Close the neighbours").click()
        expect(page.locator("#neighbours section")).to_be_hidden()
        page.wait_for_function("() => explorerMap.rows === 0")


@pytest.mark.parametrize("backend", ["", "&nogl"], ids=["WebGL", "without WebGL"])
def test_density_is_drawn_where_points_are(browser, pacing, backend):
    with opened(browser, pacing.address + backend) as page:
        page.wait_for_function(MAP_READY)
        density = page.locator(".map-frame canvas").first
        expect(density).to_be_hidden()
        page.get_by_label("Colour by").select_option("Density of points")
        expect(density).to_be_visible()
        expect(page.locator(".map-legend")).to_contain_text("many at a place; 40 images")
        point = page.evaluate(FREE_POINT)
        page.wait_for_function(f"i => ({OPACITY})(i) > 100", arg=point)
        assert page.evaluate(OPACITY, -1) == 0
        page.get_by_label("Colour by").select_option("Prototype")
        expect(density).to_be_hidden()


def select_by_text(page: Page, text: str) -> None:
    page.get_by_role("button", name="Plain text").click()
    page.get_by_label("Search the dataset").fill(text)
    page.keyboard.press("Enter")
    page.wait_for_function("() => explorerMap.rows > 0")


def test_selected_rows_alone_or_all_others_are_distilled(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        select_by_text(page, "house")
        n = page.evaluate("explorerMap.rows")
        unfold(page, "rows")
        page.get_by_role("button", name="Distill only these").click()
        subset = page.locator("#subset")
        expect(subset).to_contain_text(f"Only {n} of 200 captions, chosen by hand")
        page.get_by_label("Pairs", exact=True).fill("5")
        page.click("#start-run")
        expect(page.locator("#live .run h2")).to_contain_text("5 pairs")
        config = pacing.service.runs.list_runs()[0].job.config
        chosen = find_subset(
            pacing.service.store, prepared_of(pacing).dataset.splits["train"], config.subset
        )
        captions = prepared_of(pacing).captions
        assert len(chosen.rows) == n
        assert all("house" in captions[row] for row in chosen.rows)
        subset.get_by_role("button", name="Distill all rows").click()
        expect(subset).not_to_contain_text("chosen by hand")
        page.get_by_label("Pairs", exact=True).fill("6")
        page.click("#start-run")
        expect(page.locator("#live .run h2")).to_contain_text("6 pairs")
        page.get_by_role("tab", name="Explore").click()
        page.get_by_role("button", name="Leave these out").click()
        expect(subset).to_contain_text(f"Only {200 - n} of 200 captions")
    assert pacing.service.runs.list_runs()[0].job.config.subset == ""


@pytest.mark.parametrize(("nogl", "name"), [(False, "webgl2"), (True, "canvas2d")])
def test_while_the_map_moves_points_thin_out_but_not_those_that_stand_out(
    browser, pacing, nogl, name
):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        path = f"{PREFIX}/static/{static.version()}/map/paint/painter.js"
        painted = page.evaluate(PAINTED, [path, nogl])
        assert painted == [name, [100, 25, 25 + 20, 0, 25 + 7, 7]]


def test_a_finger_draws_a_lasso_and_two_fingers_zoom(browser, pacing):
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
    with opened(browser, pacing.address, **phone) as page:
        page.wait_for_function(MAP_READY)
        page.locator(".map-frame").scroll_into_view_if_needed()
        box = page.locator(".map-frame").bounding_box()
        left, top = box["x"] + 4, box["y"] + 4
        right, bottom = left + box["width"] - 8, top + box["height"] - 8
        touch = page.context.new_cdp_session(page)

        def fingers(kind: str, *places: tuple[float, float]) -> None:
            points = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(places)]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        page.get_by_role("button", name="Lasso").tap()
        fingers("touchStart", (left, top))
        for corner in [(right, top), (right, bottom), (left, bottom)]:
            fingers("touchMove", corner)
        fingers("touchEnd")
        page.wait_for_function("() => explorerMap.rows > 100")
        spread = "Math.hypot(...[0, 1].map(a => explorerMap.px(0)[a] - explorerMap.px(1)[a]))"
        before = page.evaluate(spread)
        middle = (top + bottom) / 2
        fingers("touchStart", (150, middle), (240, middle))
        fingers("touchMove", (105, middle), (240, middle))
        fingers("touchMove", (105, middle), (285, middle))
        fingers("touchEnd")
        assert page.evaluate(spread) == pytest.approx(2 * before, rel=0.05)
        assert page.evaluate("explorerMap.rows") > 100  # the second finger drew nothing


def test_a_map_whose_place_no_other_takes_is_shown_again(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        foot = page.locator(".map-foot").text_content()
        page.locator(".setup-line").click()
        page.get_by_label("Prototypes", exact=True).fill("9")
        page.click("#prepare")
        notice = page.locator(".map-notice")
        notice.get_by_role("button", name="Cancel").click()
        expect(notice).to_contain_text("Cancelled")
        expect(page.locator("#inspector")).to_have_attribute("inert", "")
        notice.get_by_role("button", name="Back to the map").click()
        page.wait_for_function(MAP_READY)
        expect(page.locator("#inspector")).not_to_have_attribute("inert", "")
        expect(page.locator(".map-foot")).to_have_text(foot)
        assert in_address(page)["n_prototypes"] == "12"
