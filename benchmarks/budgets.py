"""What the built-in world costs on this machine, against the project's budgets.

    python -m benchmarks.budgets

Starts the program as a user would, on an empty cache, and drives its page in Chromium.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page, Response

from benchmarks._page import (
    HIGHLIGHTED,
    MAP_READY,
    POINTS,
    chromium,
    click,
    memory_mib,
    opened,
    serving,
    synthesize,
)
from benchmarks.big_world import write_big_world
from explorer.runs.launcher import Runs

MAPS = (5_000, 20_000, 100_000)
TWO_FRAMES = 33.4
"""Milliseconds; a screen shows 60 a second, so that a frame is there after 16.7 or 33.3."""
ZOOM_FRAMES = """async () => {
  const frame = document.querySelector('.map-frame'), box = frame.getBoundingClientRect();
  const times = [];
  let last = await new Promise(requestAnimationFrame);
  for (let step = 0; step < 120; step++) {
    frame.dispatchEvent(new WheelEvent('wheel', { bubbles: true, cancelable: true,
      deltaY: step < 60 ? -20 : 20,
      clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 }));
    const now = await new Promise(requestAnimationFrame);
    times.push(now - last);
    last = now;
  }
  return times;
}"""
"""Turns the wheel a little before every frame, in and out again."""

CLOSER = """() => {
  const frame = document.querySelector('.map-frame'), box = frame.getBoundingClientRect();
  frame.dispatchEvent(new WheelEvent('wheel', { bubbles: true, cancelable: true, deltaY: -700,
    clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 }));
}"""

BRUSH = """async steps => {
  const handle = document.querySelector('[aria-label="Weight, from"]');
  const rested = () => new Promise(requestAnimationFrame);
  const times = [];
  for (let step = 0; step < steps; step++) {
    const start = performance.now();
    handle.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
    await rested(); // counts, and says which rows are left
    await rested(); // draws the map
    await new Promise(done => setTimeout(done));
    times.push(performance.now() - start);
    await new Promise(done => setTimeout(done, 300));
  }
  return times;
}"""
"""Moves a brush by a bin at a time."""
UNFOLD = "document.querySelectorAll('.facet-title[aria-expanded=false]').forEach(e => e.click())"


class Row(NamedTuple):
    what: str
    measured: float
    budget: float | None  # None for a figure that no budget binds
    unit: str
    values: list[float]  # all that were measured

    def markdown(self) -> str:
        is_met = self.budget is None or self.measured <= self.budget
        budget = f"{self.budget:g} {self.unit}" if self.budget else "–"
        met = ("yes" if is_met else "**no**") if self.budget else "–"
        return f"| {self.what} | {self.measured:.3g} {self.unit} | {budget} | {met} |"


class Bench(NamedTuple):
    browser: Browser
    scratch: Path
    repeats: int

    @property
    def cache(self) -> Path:
        return self.scratch / "cache"

    def prepared(self) -> Path:
        """The cache with Scenes prepared, as a first start leaves it."""
        if not self.cache.exists():
            explorer("prepare", "scenes", "--maps", "image", "caption", "--cache", self.cache)
        return self.cache


def median(what: str, values: list[float], budget: float, unit: str) -> list[Row]:
    return [Row(what, statistics.median(values), budget, unit, values)]


def first_start(bench: Bench) -> list[Row]:
    """Once: a second one would find files in memory; and what the first image takes after it."""
    with serving(bench.cache) as served, opened(bench.browser, served.address) as page:
        seconds = seconds_until_map(page, served.started)
        point = page.evaluate(POINTS, 1)[0]
        started = time.monotonic()
        synthesize(page, point)
        first = time.monotonic() - started
    return [
        *median("first start to a map one can click", [seconds], 10, "s"),
        *median("from there to the first new image", [first], 3, "s"),
    ]


def preparation(bench: Bench) -> list[Row]:
    """All of Scenes computed, as for a dataset that did not come with the program."""
    cache = bench.scratch / "anew"
    started = time.monotonic()
    explorer("prepare", "scenes", "--anew", "--cache", cache)
    seconds = time.monotonic() - started
    return median("prepare 6,000 images with 30,000 captions, to the map", [seconds], 60, "s")


def first_page(bench: Bench) -> list[Row]:
    seconds = []
    for _ in range(bench.repeats):
        with serving(bench.prepared()) as served:
            seconds.append(served.first_page)
    return median("`python app.py` to the first page", seconds, 6, "s")


def second_start(bench: Bench) -> list[Row]:
    seconds = []
    for _ in range(bench.repeats):
        with serving(bench.prepared()) as served, opened(bench.browser, served.address) as page:
            seconds.append(seconds_until_map(page, served.started))
    return median("second start to the map", seconds, 8, "s")


def inspector(bench: Bench) -> list[Row]:
    what = "click on a point to the inspector's numbers and images"
    return median(what, on_scenes(bench, click, bench.repeats), 150, "ms")


def synthesis(bench: Bench) -> list[Row]:
    milliseconds = on_scenes(bench, synthesize, bench.repeats + 1)[1:]  # the first loads the models
    what = "*Synthesize* to one new image, decoder loaded"
    return median(what, [each / 1000 for each in milliseconds], 1.5, "s")


def first_image(bench: Bench) -> list[Row]:
    """From *Start* to the first image of a run's set, on a page that has drawn before."""
    runs, seconds = Runs(bench.prepared()), []
    with serving(bench.cache) as served, opened(bench.browser, served.address) as page:
        page.wait_for_function(MAP_READY)
        synthesize(page, page.evaluate(POINTS, 1)[0])
        page.get_by_role("tab", name="Distill").click()
        for _ in range(bench.repeats):
            started = time.monotonic()
            page.click("#start-run")
            while not (alive := [runs.open(each.id) for each in runs.queue()]):
                time.sleep(0.01)
            while not any(alive[0].set_folder.glob("train/*.png")):
                time.sleep(0.01)
            seconds.append(time.monotonic() - started)
            runs.cancel(alive[0].id)
    return [
        Row("*Start* to the first image of a set", statistics.median(seconds), None, "s", seconds)
    ]


def distill(bench: Bench) -> list[Row]:
    """100 pairs drawn, and scored on two backbones by five students each, after prepare."""
    out, cache = bench.scratch / "set", bench.prepared()
    started = time.monotonic()
    explorer("distill", "scenes", "--prototypes", 100, "--out", out, "--cache", cache)
    explorer("evaluate", out, "--test", "scenes", "--cache", cache)
    seconds = time.monotonic() - started
    return median("distill 100 pairs and evaluate, 2 backbones x 5 seeds", [seconds], 60, "s")


def big_maps(bench: Bench) -> list[Row]:
    """Clicks and frames with many points, drawn by software GL; memory with the most."""
    rows = []
    for n_points in MAPS:
        folder, cache = write_big_world(bench.scratch / f"big-{n_points}", n_points)
        with serving(cache, folder) as served, opened(bench.browser, served.address) as page:
            page.wait_for_function(MAP_READY)
            points = page.evaluate(POINTS, bench.repeats)
            clicks = [click(page, point, HIGHLIGHTED) for point in points]
            frames = page.evaluate(ZOOM_FRAMES)
            as_images = image_frames(page)
            memory = memory_mib(served.pid)
        name = f"map of {n_points:,} points"
        most = 17 if n_points <= 5_000 else TWO_FRAMES
        rows += [
            *median(f"{name}: click to highlight", clicks, 50, "ms"),
            *median(f"{name}: frame while zooming, median", frames, TWO_FRAMES, "ms"),
            *median(f"{name}: frame while zooming, points as images", as_images, most, "ms"),
            Row(f"{name}: frame while zooming, longest", max(frames), None, "ms", frames),
        ]
    own, mapped = memory
    return [
        *rows,
        *median(f"{name}: memory of the page's process", [own], 600, "MiB"),
        Row(f"{name}: pages of mapped files beside it", mapped, None, "MiB", [mapped]),
    ]


def brushes(bench: Bench) -> list[Row]:
    """A brush among all columns of many rows, and what the page fetched for them."""
    n_rows, sizes = MAPS[-1], list[int]()
    folder, cache = write_big_world(bench.scratch / "columns", n_rows)
    with serving(cache, folder) as served, opened(bench.browser, served.address) as page:

        def weigh(answer: Response) -> None:
            if "/columns/" in answer.url:
                sizes.append(int(answer.headers.get("content-length", 0)))

        page.on("response", weigh)
        page.wait_for_function(MAP_READY)
        page.wait_for_selector(".facet")
        page.evaluate(UNFOLD)
        page.wait_for_function("() => !document.querySelector('.facet-body > .hint')")
        times: list[float] = page.evaluate(BRUSH, 4 * bench.repeats)
        n_columns = page.locator(".facet").count()
    what = f"{n_rows:,} rows, {n_columns} columns: brush to counts and map"
    fetched = sum(sizes) / 1e6
    sent = Row(f"{n_rows:,} rows, {n_columns} columns: fetched", fetched, None, "MB", [fetched])
    return [*median(what, times, 100, "ms"), sent]


def image_frames(page: Page) -> list[float]:
    """Frames while zooming where points are images."""
    page.evaluate(CLOSER)
    page.wait_for_function("() => explorerMap.images.length > 0")
    page.wait_for_timeout(1000)  # until all of their pages are unpacked
    frames: list[float] = page.evaluate(ZOOM_FRAMES)
    return frames


def seconds_until_map(page: Page, started: float) -> float:
    page.wait_for_function(MAP_READY)
    return time.monotonic() - started


def on_scenes(bench: Bench, measure: Callable[[Page, int], float], n: int) -> list[float]:
    """What `measure` says of n points of the map of Scenes, each of another prototype."""
    with serving(bench.prepared()) as served, opened(bench.browser, served.address) as page:
        page.wait_for_function(MAP_READY)
        return [measure(page, point) for point in page.evaluate(POINTS, n)]


def explorer(*arguments: Any) -> None:
    command = [sys.executable, "-m", "explorer", *map(str, arguments)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


MEASURES = {
    each.__name__: each
    for each in (
        first_start,
        preparation,
        first_page,
        second_start,
        inspector,
        synthesis,
        first_image,
        distill,
        big_maps,
        brushes,
    )
}
"""In this order: a first start leaves the cache that the others need."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5, help="of what is quick (%(default)s)")
    parser.add_argument("--only", nargs="+", choices=MEASURES, default=list(MEASURES))
    parser.add_argument("--out", type=Path, help="write the figures here as JSON")
    args = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as scratch, chromium() as browser:
        bench = Bench(browser, Path(scratch), args.repeats)
        for name, measure in MEASURES.items():
            if name in args.only:
                print(f"Measuring {name}", file=sys.stderr, flush=True)
                rows += measure(bench)
    print("| what | measured | at most | met |\n|---|---|---|---|")
    print("\n".join(row.markdown() for row in rows))
    if args.out:
        args.out.write_text(json.dumps([row._asdict() for row in rows], indent=2) + "\n")


if __name__ == "__main__":
    main()
