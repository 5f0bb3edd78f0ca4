"""Drives one image of a finished set in Chromium: what it is near to, and the way to the map."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from explorer.ui.service import Service
from tests.ui.browsing import MAP_READY, opened, served
from tests.ui.test_accessibility import serious
from tests.ui.worlds import copying_run

pytestmark = pytest.mark.browser


def test_an_image_of_a_set_tells_the_nearest_one_of_train_and_leads_to_its_prototype(
    browser, world, tmp_path
):
    cache, config = world
    service = Service(shutil.copytree(cache, tmp_path / "cache"), config.data)
    prepared = copying_run(service, config, "20261120-101112-345-aaaa")
    with served(service) as address, opened(browser, f"{address}?n_prototypes=12") as page:
        page.wait_for_function(MAP_READY)
        page.get_by_role("tab", name="Distill").click()
        page.locator("#live .made img").nth(1).click()
        dialog = page.get_by_role("dialog", name="Image of the set")
        origin = dialog.locator(".origin")
        expect(origin).to_contain_text("It stands for 1 caption of train.")
        expect(origin).to_contain_text("Nearest image of train")
        expect(origin).not_to_contain_text("As near as copies are")
        page.keyboard.press("ArrowLeft")
        expect(origin).to_contain_text("As near as copies are")
        expect(origin).to_contain_text(prepared.captions[prepared.captions_of(7)[0]])
        page.wait_for_function("() => document.querySelector('.origin img')?.naturalWidth > 0")
        assert serious(page) == []
        origin.get_by_role("link", name="Prototype 1 on the map").click()
        expect(dialog).to_be_hidden()
        page.wait_for_url(re.compile(r"[?&]prototype=1\b"))
