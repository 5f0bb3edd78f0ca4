"""What the built-in world costs on this machine, against the project's budgets.

    python -m benchmarks.budgets

Starts the program as a user would, on an empty cache, and drives its page in Chromium.
"""

import argparse
import json
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.big_world import write_big_world

FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
MAP_READY = "() => window.explorerMap && window.explorerMap.ready"
ZOOM_FRAMES = """async () => {
  const frame = document.querySelector('.map-frame'), box = frame.getBoundingClientRect();
  const times = [];
  let last = performance.now();
  for (let step = 0; step < 60; step++) {
    if (step % 8 === 0) frame.dispatchEvent(new WheelEvent('wheel', {bubbles: true,
      cancelable: true, deltaY: step < 30 ? -120 : 120,
      clientX: box.left + box.width / 2, clientY: box.top + box.height / 2}));
    const now = await new Promise(requestAnimationFrame);
    times.push(now - last);
    last = now;
  }
  return times.slice(1);
}"""
CLICK = """([i, done]) => new Promise(answer => {
  const frame = document.querySelector('.map-frame');
  const [x, y] = explorerMap.px(i), at = {clientX: x - scrollX, clientY: y - scrollY};
  const options = {...at, bubbles: true, pointerId: 1, pointerType: 'mouse', button: 0};
  const wanted = explorerMap.prototypeOf(i), start = performance.now();
  frame.dispatchEvent(new PointerEvent('pointerdown', options));
  frame.dispatchEvent(new PointerEvent('pointerup', options));
  const look = () => {
    const images = [...document.querySelectorAll('#inspector img')];
    const shown = done === 'highlight' ? explorerMap.selected === wanted
      : document.querySelector('#inspector h2') && images.length > 3
        && explorerMap.selected === wanted && images.every(image => image.naturalWidth);
    if (shown) requestAnimationFrame(() => answer(performance.now() - start));
    else requestAnimationFrame(look);
  };
  look();
})"""
POINTS = """n => {
  const box = document.querySelector('.map-frame').getBoundingClientRect(), found = new Map();
  for (let i = 0; i < explorerMap.n && found.size < n; i++) {
    const k = explorerMap.prototypeOf(i), [x, y] = explorerMap.px(i);
    const [a, b] = [x - scrollX, y - scrollY];
    const across = a > box.left + 20 && a < box.right - 20;
    const inside = across && b > box.top + 20 && b < box.bottom - 20;
    if (k >= 0 && inside && !found.has(k)) found.set(k, i);
  }
  return [...found.values()];
}"""


class Row(NamedTuple):
    what: str
    measured: float
    budget: float
    unit: str

    def markdown(self) -> str:
        met = "yes" if self.measured <= self.budget else "**no**"
        measured = f"{self.measured:.3g} {self.unit}"
        return f"| {self.what} | {measured} | {self.budget:g} {self.unit} | {met} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--out", type=Path, help="write the figures here as JSON")
    args = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        rows += measure_scenes(browser, Path(scratch) / "cache", args.repeats)
        rows += measure_distill(Path(scratch) / "cache", Path(scratch) / "set")
        rows += measure_big_map(browser, Path(scratch), args.repeats)
        browser.close()
    print("| what | measured | at most | met |\n|---|---|---|---|")
    print("\n".join(row.markdown() for row in rows))
    if args.out:
        args.out.write_text(json.dumps([row._asdict() for row in rows], indent=2) + "\n")


def measure_scenes(browser: Browser, cache: Path, repeats: int) -> list[Row]:
    """First page, first and second start, inspector and Synthesize, on Scenes."""
    with serving(cache) as (started, first, address, _), opened(browser, address) as page:
        first_map = seconds_until_map(page, started)
    firsts, seconds = [first], []
    for number in range(repeats):
        with serving(cache) as (started, first, address, _), opened(browser, address) as page:
            firsts.append(first)
            seconds.append(seconds_until_map(page, started))
            if number == repeats - 1:
                points = page.evaluate(POINTS, 2 * repeats + 1)
                clicks = [page.evaluate(CLICK, [point, "inspector"]) for point in points[:repeats]]
                drawn = [synthesize(page, point) for point in points[repeats:]][1:]
    return [
        Row("`python app.py` to the first page", statistics.median(firsts), 6, "s"),
        Row("first start to a map one can click", first_map, 60, "s"),
        Row("second start to the map", statistics.median(seconds), 8, "s"),
        Row(
            "click on a point to the inspector's numbers and pictures",
            statistics.median(clicks),
            150,
            "ms",
        ),
        Row("*Synthesize* to one new picture, decoder loaded", statistics.median(drawn), 1.5, "s"),
    ]


def measure_distill(cache: Path, out: Path) -> list[Row]:
    """100 pairs drawn, and scored on two backbones by five students each, after prepare."""
    common = ["--cache", str(cache)]
    started = time.monotonic()
    for command in (
        ["distill", "scenes", "--prototypes", "100", "--out", str(out), *common],
        ["evaluate", str(out), "--test", "scenes", *common],
    ):
        subprocess.run(
            [sys.executable, "-m", "explorer", *command], check=True, capture_output=True
        )
    seconds = time.monotonic() - started
    return [Row("distill 100 pairs and evaluate, 2 backbones x 5 seeds", seconds, 60, "s")]


def measure_big_map(browser: Browser, scratch: Path, repeats: int) -> list[Row]:
    """Clicks, frames and memory with 100,000 points, drawn by software GL."""
    folder, cache = write_big_world(scratch / "big", n_images=100_000)
    with serving(cache, folder) as (started, _, address, process), opened(browser, address) as page:
        seconds_until_map(page, started)
        points = page.evaluate(POINTS, repeats)
        clicks = [page.evaluate(CLICK, [point, "highlight"]) for point in points]
        frames = page.evaluate(ZOOM_FRAMES)
        status = Path(f"/proc/{process}/status").read_text()
        resident = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return [
        Row("map of 100,000 points: click to highlight", statistics.median(clicks), 50, "ms"),
        Row(
            "map of 100,000 points: median frame while zooming", statistics.median(frames), 33, "ms"
        ),
        Row(
            "memory of the page's process, 100,000 points",
            int(resident.split()[1]) / 1024,
            600,
            "MiB",
        ),
    ]


@contextmanager
def serving(cache: Path, data: str | Path = "scenes") -> Iterator[tuple[float, float, str, int]]:
    """Runs app.py; gives its start, seconds to the first page, address and process number."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port = tried.getsockname()[1]
    command = [
        sys.executable,
        "app.py",
        "--port",
        str(port),
        "--cache",
        str(cache),
        "--data",
        str(data),
    ]
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/"
    try:
        wait_until(lambda: answers(address), 120)
        yield started, time.monotonic() - started, address, process.pid
    finally:
        process.terminate()
        process.wait()


def answers(address: str) -> bool:
    try:
        return urllib.request.urlopen(address, timeout=30).status == 200
    except (urllib.error.URLError, OSError):
        return False


def wait_until(holds: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"nothing for {seconds} s")
        time.sleep(0.05)


@contextmanager
def opened(browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.set_default_timeout(600_000)
    page.goto(address)
    yield page
    page.close()


def seconds_until_map(page: Page, started: float) -> float:
    page.wait_for_function(MAP_READY)
    return time.monotonic() - started


def synthesize(page: Page, point: int) -> float:
    """Seconds from the click to the first picture of a point's prototype."""
    page.evaluate(CLICK, [point, "inspector"])
    started = time.monotonic()
    page.click("#synthesize")
    page.wait_for_function(
        "() => document.querySelectorAll('#drawn figure').length >= 2 && "
        "[...document.querySelectorAll('#drawn img')].every(image => image.naturalWidth)"
    )
    return time.monotonic() - started


if __name__ == "__main__":
    main()
