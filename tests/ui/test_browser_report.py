"""Opens a report from disk in Chromium, as somebody does who got it in a mail."""

import pytest
from playwright.sync_api import expect

from explorer.report.write import write_report
from explorer.runs.launcher import Runs
from explorer.store.store import Store
from tests.made_sets import make_run

pytestmark = pytest.mark.browser

RUN = "20261120-101114-345-abcd"


def test_a_report_opens_without_a_server_and_its_map_shows_the_pair_of_a_prototype(
    browser, world, tmp_path
):
    cache, config = world
    run = make_run(Runs(tmp_path), RUN, config, 61.5, angles=(0, 1, 2))
    write_report(Store(cache), run, tmp_path / "report")
    page = browser.new_page(color_scheme="dark")
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((tmp_path / "report" / "index.html").as_uri())
    page.locator("#map").press("ArrowRight")
    page.locator("#map").press("ArrowRight")
    expect(page.locator("#card")).to_contain_text("pds 1 at 1")
    expect(page.locator("#card")).to_contain_text("Prototype 2,")
    expect(page.locator("#sample-1")).to_have_class("is-chosen")
    page.locator("#map").press("Escape")
    expect(page.locator("#card")).to_have_text("")
    assert complaints == []
    page.close()
