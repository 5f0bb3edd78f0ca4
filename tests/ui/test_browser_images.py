"""Drives the map in Chromium where it is close: points turn into images."""

import pytest
from playwright.sync_api import Page, expect

from tests.ui.browsing import MAP_READY, opened

pytestmark = pytest.mark.browser

CLOSER = """() => {
  const frame = document.querySelector('.map-frame'), box = frame.getBoundingClientRect();
  frame.dispatchEvent(new WheelEvent('wheel', { bubbles: true, cancelable: true, deltaY: -700,
    clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 }));
}"""
SHOWN = "() => explorerMap.images.length > 0"
PIXEL = """([left, top]) => {
  const canvas = document.querySelectorAll('.map-frame canvas')[2];
  const [a, b] = [left, top].map(each => Math.round(each * canvas.width / canvas.clientWidth));
  return [...canvas.getContext('2d').getImageData(a, b, 1, 1).data];
}"""
"""On the canvas that images and marks are drawn on."""
CLICKABLE = """() => {
  const box = document.querySelector('.map-frame').getBoundingClientRect();
  return explorerMap.images.find(({ left, top }) => document.elementFromPoint(
    box.left + left + 9, box.top + top + 9)?.closest('.map-frame'));
}"""

WHOLE = """() => {
  const { width, height } = document.querySelector('.map-frame').getBoundingClientRect();
  const side = explorerMap.imageSide;
  return explorerMap.images.find(({ left, top }) =>
    left > side && left < width - side && top > side && top < height - side);
}"""


def closer(page: Page) -> None:
    page.wait_for_function(MAP_READY)
    page.evaluate(CLOSER)


def corner(page: Page, image: dict) -> tuple[float, float]:
    """A place on an image that is far from its point."""
    box = page.locator(".map-frame").bounding_box()
    return box["x"] + image["left"] + 9, box["y"] + image["top"] + 9


def test_close_points_turn_into_images_that_act_as_points(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        assert page.evaluate("explorerMap.images") == []
        closer(page)
        page.wait_for_function(SHOWN)
        image = page.wait_for_function(CLICKABLE).json_value()
        page.mouse.move(*corner(page, image))
        expect(page.locator(f".map-hover[data-point='{image['point']}']")).to_be_visible()
        page.mouse.click(*corner(page, image))
        page.wait_for_function(f"() => location.search.includes('point={image['point']}')")
        prototype = page.evaluate("i => explorerMap.prototypeOf(i)", image["point"])
        assert page.evaluate("explorerMap.selected") == prototype
        assert image["point"] in page.evaluate("explorerMap.images.map(one => one.point)")


def test_an_image_has_a_rim_in_the_colour_of_its_point(browser, pacing):
    with opened(browser, pacing.address) as page:
        closer(page)
        image = page.wait_for_function(WHOLE).json_value()
        side = page.evaluate("explorerMap.imageSide")
        left, top = round(image["left"] - side / 2), round(image["top"] - side / 2)
        rim = page.evaluate(PIXEL, [left - 1, top + side / 2])
        colour = page.evaluate("i => explorerMap.colourOf(i)", image["point"])
        assert f"rgb({' '.join(map(str, rim[:3]))})" == colour


def test_a_button_and_a_key_turn_images_off_and_the_address_keeps_it(browser, pacing):
    with opened(browser, pacing.address) as page:
        closer(page)
        page.wait_for_function(SHOWN)
        page.focus(".map-frame")
        page.keyboard.press("i")
        page.wait_for_function("() => explorerMap.images.length === 0")
        page.wait_for_function("() => location.search.includes('images=off')")
        page.reload()
        page.wait_for_function(MAP_READY)
        button = page.get_by_role("button", name="Thumbnails")
        expect(button).to_have_attribute("aria-pressed", "false")
        button.click()
        page.wait_for_function(SHOWN)
        page.wait_for_function("() => !location.search.includes('images=off')")


def test_captions_stay_points(browser, pacing):
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        page.get_by_role("button", name="Captions", exact=True).click()
        page.wait_for_function("() => explorerMap.n === 200")
        closer(page)
        page.wait_for_function("() => location.search.includes('camera=')")
        assert page.evaluate("explorerMap.images") == []
