"""What data hold is told in Chromium before Prepare is pressed."""

import pytest
from playwright.sync_api import expect

from explorer.ui.service import Service
from tests.data.greys import csv_of, write, write_images
from tests.ui.browsing import opened, served

pytestmark = pytest.mark.browser
LEVELS = {f"{n}.png": n for n in range(30)}


@pytest.mark.parametrize("width", [1400, 390])
def test_data_that_are_named_are_told_before_they_are_prepared(browser, tmp_path, width):
    write_images(tmp_path / "set", LEVELS)
    write(tmp_path / "set/captions.csv", csv_of(LEVELS) + "30.png\n")
    write_images(tmp_path / "first", LEVELS)
    write(tmp_path / "first/captions.csv", csv_of(LEVELS))
    service = Service(tmp_path / "cache", str(tmp_path / "first"), program=["true"])
    size = {"width": width, "height": 844}
    with served(service) as address, opened(browser, address, viewport=size) as page:
        field = page.get_by_label("Data: built in").first
        expect(field).to_be_visible()  # nothing is prepared
        field.fill(str(tmp_path / "set"))
        field.press("Enter")
        found = page.locator("#inspected")
        expect(found).to_contain_text("CSV with captions: train 24 images")
        found.locator("summary").click()
        expect(found).to_contain_text("Left out: rows with too few columns (1).")
        expect(found.locator("tr")).to_have_count(5)
        expect(found.locator("code")).to_contain_text("python -m explorer convert")
        box = found.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        field.fill(str(tmp_path / "no"))
        field.press("Enter")
        expect(found).to_contain_text("There is no folder")
        assert not service.runs.list_runs()
