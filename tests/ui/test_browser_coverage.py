"""Coverage in Chromium: holes on the map, their rows by a click, a prototype added to one."""

import shutil

import pytest
from playwright.sync_api import expect

from explorer.config import Edit
from tests.ui.browsing import MAP_READY, opened, unfold

pytestmark = pytest.mark.browser


def test_a_hole_is_selected_filled_by_a_prototype_and_undone(browser, pacing):
    shutil.rmtree(pacing.service.store.root / "edits", ignore_errors=True)
    with opened(browser, pacing.address) as page:
        page.wait_for_function(MAP_READY)
        colours, n = page.locator("#colour-by"), page.evaluate("() => explorerMap.n")
        before = colours.input_value()
        unfold(page, "coverage")
        holes = page.locator("#coverage .holes li")
        expect(page.locator(".coverage-told")).to_contain_text(f"of {n} images are covered")
        expect(colours).to_have_value("column:to_set")
        size = int(holes.first.locator("strong").inner_text().split()[3])
        holes.first.locator(".found-row").click()
        page.wait_for_function("n => explorerMap.rows === 5 * n", arg=size)
        expect(page.locator(".chip")).to_have_text(f"{5 * size} rows of a hole✕")

        page.get_by_role("button", name="Add a prototype here: hole 1").click()
        edits = page.locator("#edits section")
        expect(edits).to_contain_text(f"added, of {5 * size} rows")
        page.wait_for_function("() => explorerMap.selected !== null")
        expect(
            page.get_by_role("region", name="Nearest captions").locator(".is-chosen")
        ).to_be_visible()
        expect(holes.filter(has_text="was added here")).to_have_count(1)

        page.get_by_role("tab", name="Distill").click()
        page.get_by_label("Pairs", exact=True).fill("12")
        expect(page.locator("#settings-of-a-run .remark").first).to_contain_text("plus 1 added")
        page.get_by_role("button", name="Start", exact=True).click()
        expect(page.locator("#live .run h2")).to_contain_text("12 pairs plus 1 added · 1 edit")
        (run, *_) = pacing.service.runs.list_runs("distill")
        (edit,) = run.job.config.edits
        assert edit == Edit(kind="add", prototype=edit.prototype, rows=edit.rows)
        assert len(edit.rows) == 5 * size

        page.get_by_role("tab", name="Explore").click()
        page.get_by_role("button", name="Undo the last edit").click()
        expect(holes.get_by_role("button", name="Add a prototype here: hole 1")).to_be_visible()
        unfold(page, "coverage")
        expect(colours).to_have_value(before)
