"""Drives the view of a set that is learned in Chromium."""

import re

import pytest
from playwright.sync_api import Page, expect

from explorer.ui.service import Service
from tests.ui.browsing import opened, served
from tests.ui.learning import LearningRun

pytestmark = pytest.mark.browser

SHADES = """() => [...document.querySelectorAll('#live .made img')].map(image => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
    if (!image.naturalWidth) return null;
    canvas.getContext('2d').drawImage(image, 0, 0, 1, 1);
    return canvas.getContext('2d').getImageData(0, 0, 1, 1).data[0];
}).join()"""

DRAWN = """() => {
    const { data, layout } = document.querySelector('#live .charts .chart-plot');
    return [data[0]?.mode, layout.yaxis.type].join();
}"""
STEPS = "() => document.querySelector('#live .charts .chart-plot').layout.xaxis.range[1]"


def shows(page: Page, step: int) -> None:
    """Waits until both images are those of a step."""
    page.wait_for_function(f"() => ({SHADES})() === '{step},{step}'")
    expect(page.locator("#live .moments output")).to_contain_text(f"Step {step}")


def test_a_set_that_is_learned_is_seen_changing_and_can_be_looked_at_as_it_was(
    browser, config, tmp_path
):
    service = Service(tmp_path, config.data)
    learning = LearningRun(service.runs)
    learning.step(0, accuracy=50.0)
    with served(service) as address, opened(browser, address) as page:
        page.get_by_role("tab", name="Distill").click()
        shows(page, 0)
        pictures = page.locator("#live .charts:visible").get_by_role("button", name="PNG")
        expect(pictures.first).to_be_enabled()
        page.wait_for_function(f"() => ({DRAWN})() === 'markers,linear'")  # one point is seen
        expect(page.locator("#live .made h4")).to_have_text(["cat", "dog"])
        page.evaluate("window.first = document.querySelector('#live .made img')")
        learning.step(20, accuracy=75.0)
        shows(page, 20)
        expect(page.locator("#live .moments output")).to_have_text(
            "Step 20 · Accuracy on val 75.0 %"
        )
        learning.step(25, is_kept=False)
        shows(page, 25)  # what is newer than every checkpoint
        assert page.evaluate("window.first === document.querySelector('#live .made img')")

        slider = page.get_by_label("Moment")
        slider.press("Home")
        shows(page, 0)
        learning.step(40)
        expect(page.locator("#live .stage-text:visible")).to_have_text("Step 40")
        shows(page, 0)  # stays where somebody looks
        slider.press("End")
        shows(page, 40)
        expect(page.locator("#live .charts:visible .chart")).to_have_count(2)
        page.wait_for_function(f"() => ({DRAWN})() === 'lines,log'")  # the loss fell to a fortieth
        page.get_by_role("button", name="Play").click()
        expect(page.get_by_role("button", name="Play")).to_be_visible()
        shows(page, 40)

        learning.keep(20)
        shows(page, 20)  # where nobody looks at another
        expect(page.locator("#live .moments output")).to_have_text(
            "Step 20 · Accuracy on val 75.0 % · kept as the set"
        )
        page.get_by_role("button", name="Play").click()
        expect(page.get_by_role("button", name="Play")).to_be_visible()
        shows(page, 40)  # it plays on over the one that is kept

        page.locator("#live .made img").first.click()
        enlarged = page.get_by_role("dialog", name="Image of the set")
        expect(enlarged.locator("p")).to_have_text(re.compile("^cat, image"))
        page.keyboard.press("ArrowLeft")  # the last
        expect(enlarged.locator("p")).to_have_text(re.compile("^dog, image"))
        enlarged.get_by_role("button", name="The next image").click()  # stays open
        expect(enlarged.locator("p")).to_have_text(re.compile("^cat, image"))
        page.keyboard.press("Escape")
        expect(enlarged).to_be_hidden()

        learning.end()
        expect(page.locator("#live .state")).to_have_text("Cancelled")
        expect(page.get_by_role("button", name="Resume")).to_be_visible()
        with opened(browser, address) as again:
            again.get_by_role("tab", name="Distill").click()
            shows(again, 20)
            again.get_by_label("Moment").press("Home")
            shows(again, 0)

        other = LearningRun(service.runs, "20261120-101115-345-abcd")
        page.locator("#queue li").click()
        expect(pictures.first).to_be_disabled()  # nothing is drawn, and no range of the run before
        other.step(1)
        expect(pictures.first).to_be_enabled()
        page.wait_for_function(f"() => ({STEPS})() <= 3")
        other.end()
