"""Takes the README's screenshots from Scenes.

python -m benchmarks.screenshots --cache cache
"""

import argparse
import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from benchmarks._page import DRAWN, MAP_READY, POINTS, chromium, click, opened, serving, timed
from explorer.methods.registry import find_method

OUT = Path(__file__).resolve().parents[1] / "assets" / "screenshots"
EXPLORE, DISTILL, COMPARE = 900, 1080, 1240
"""Pixels from the top that a shot of a tab shows."""
DESK = 1440, 900
PHONE = 390, 844
TO_THE_TOP = """() => {
  document.activeElement.blur();
  scrollTo(0, 0);
  for (const part of document.querySelectorAll('body *')) if (part.scrollTop) part.scrollTop = 0;
}"""
MADE = """() => [...document.querySelectorAll('#live img[src]:not([loading=lazy])')]
  .every(image => image.naturalWidth)"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=Path("cache"), help="prepared if need be")
    parser.add_argument("--point", type=int, default=3, help="which of the points to click")
    parser.add_argument("--pairs", type=int, default=20, help="of the run that is shown")
    args = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    with chromium() as browser, serving(args.cache) as served:
        light, dark = (f"{served.address}?__theme={theme}" for theme in ("light", "dark"))
        with opened(browser, light, *DESK) as page:
            explore(page, args.point)
            page.get_by_role("button", name="Dismiss").click()
            shoot(page, "explore-light", EXPLORE)
            distill(page, args.pairs)
        with opened(browser, dark, *DESK) as page:
            explore(page, args.point)
            page.get_by_role("button", name="Dismiss").click()
            shoot(page, "explore-dark", EXPLORE)
        with opened(browser, light, *PHONE) as page:
            page.wait_for_function(MAP_READY)
            click(page, page.evaluate(POINTS, args.point + 1)[-1])
            shoot(page, "phone", PHONE[1])


def explore(page: Page, point: int) -> None:
    """Selects a point's prototype and draws two images of it."""
    page.wait_for_function(MAP_READY)
    click(page, page.evaluate(POINTS, point + 1)[-1])
    how = page.get_by_role("button", name="How to draw")
    how.click()
    page.locator("#how").get_by_label("Images", exact=True).fill("2")
    page.keyboard.press("Enter")
    how.click()
    timed(page, "click", DRAWN.replace(">= 2", ">= 3"), lambda: page.click("#synthesize"))


def distill(page: Page, n_pairs: int) -> None:
    """Shows a run that is done, and two in the table."""
    page.get_by_role("tab", name="Distill").click()
    for name in ("random", "pds"):
        page.get_by_label("Method", exact=True).click()
        label = find_method(name).label
        page.get_by_role("option", name=f"{name}: {label}", exact=True).click()
        page.get_by_label("Pairs", exact=True).fill(str(n_pairs))
        page.locator("#estimate", has_text=f": {n_pairs}").wait_for()
        page.click("#start-run")
        page.locator("#live .run h2", has_text=f"{name} · {n_pairs} pairs").wait_for()
        page.locator("#live .state", has_text="Done").wait_for()
    page.wait_for_function(MADE)
    page.locator("#estimate", has_text="Time: about").wait_for()
    page.locator("#queue li").first.wait_for(state="detached")
    shoot(page, "distill-light", DISTILL)
    page.get_by_role("tab", name="Compare").click()
    page.locator("#runs tbody tr").first.wait_for()
    for chosen in page.locator("#runs tbody input[type=checkbox]").all():
        chosen.check()
    page.locator("#runs .differences").wait_for()
    shoot(page, "compare-light", COMPARE)


def shoot(page: Page, name: str, height: int) -> None:
    """Writes the top of the page as a PNG of 256 colours.

    With a round of k-means: median cut alone greys colours that few pixels have.
    """
    page.mouse.move(0, 0)
    page.evaluate(TO_THE_TOP)
    shot = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    shot = shot.crop((0, 0, shot.width, min(height, shot.height)))
    shot.quantize(256, kmeans=1, dither=Image.Dither.NONE).save(OUT / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
