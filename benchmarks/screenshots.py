"""Takes the README's screenshots from Scenes.

python -m benchmarks.screenshots --cache cache
"""

import argparse
import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.budgets import CLICK, FLAGS, MAP_READY, POINTS, serving, synthesize

OUT = Path(__file__).resolve().parents[1] / "assets" / "screenshots"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=Path("cache"))
    parser.add_argument("--point", type=int, default=8, help="which of the clickable points")
    args = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, serving(args.cache) as (_, _, address, _):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for theme in ("light", "dark"):
            page = open_map(browser, f"{address}?__theme={theme}", 1400, 1080)
            point = page.evaluate(POINTS, args.point + 1)[-1]
            synthesize(page, point)
            shoot(page, f"explore-{theme}")
            if theme == "light":
                page.get_by_role("tab", name="Distill").click()
                page.get_by_label("Pairs").fill("20")
                page.click("#start-run")
                page.locator("#live .state", has_text="Done").wait_for(timeout=600_000)
                page.wait_for_function(
                    "() => [...document.querySelectorAll('#live img')].every(i => i.naturalWidth)"
                )
                shoot(page, "distill-light")
                page.get_by_role("tab", name="Compare").click()
                page.locator("#runs tbody tr").first.wait_for()
                shoot(page, "compare-light")
            page.close()
        page = open_map(browser, f"{address}?__theme=light", 390, 844)
        page.evaluate(CLICK, [page.evaluate(POINTS, args.point + 1)[-1], "inspector"])
        shoot(page, "phone")
        browser.close()


def open_map(browser: Browser, address: str, width: int, height: int) -> Page:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(120_000)
    page.goto(address)
    page.wait_for_function(MAP_READY)
    return page


def shoot(page: Page, name: str) -> None:
    """Writes a PNG of 256 colours: a third of the size, and nobody sees it."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(256, dither=Image.Dither.NONE).save(OUT / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
