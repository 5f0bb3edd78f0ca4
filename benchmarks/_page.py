"""Starts the program as a user would, and times what its page does in Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
PATIENCE = 600
"""Seconds until anything that is waited for counts as never happening."""
MAP_READY = "() => window.explorerMap && window.explorerMap.ready"
HIGHLIGHTED = "() => explorerMap.selected !== null"
INSPECTED = """() => {
  const shown = document.querySelector('.inspector-view').dataset.prototype;
  const images = [...document.querySelectorAll('#inspector .images img')];
  return shown === String(explorerMap.selected) && images.length > 0
    && [...document.querySelectorAll('#inspector img')].every(image => image.naturalWidth);
}"""
DRAWN = """() => document.querySelectorAll('#drawn figure').length >= 2
  && [...document.querySelectorAll('#drawn img')].every(image => image.naturalWidth)"""
POINTS = """n => {
  const box = document.querySelector('.map-frame').getBoundingClientRect(), found = new Map();
  for (let i = 0; i < explorerMap.n && found.size < n; i++) {
    const k = explorerMap.prototypeOf(i), [x, y] = explorerMap.px(i);
    const [a, b] = [x - scrollX, y - scrollY];
    const across = a > box.left + 20 && a < box.right - 20;
    const inside = across && b > box.top + 20 && b < box.bottom - 20;
    const isFree = inside && document.elementFromPoint(a, b).closest('.map-frame');
    if (k >= 0 && isFree && !found.has(k)) found.set(k, i);
  }
  return [...found.values()];
}"""
"""Up to n points that can be clicked, each of another prototype."""
_ARM = """([event, done]) => {
  const isDone = new Function(`return (${done})()`);
  window.timed = new Promise(answer => window.addEventListener(event, ({ timeStamp }) => {
    const shown = () => answer(performance.now() - timeStamp);
    const look = () => requestAnimationFrame(isDone() ? () => requestAnimationFrame(shown) : look);
    look();
  }, { once: true }));
}"""
"""Times from an input event to the frame after the one that shows what it did."""


class Serving(NamedTuple):
    started: float  # when the process was started, as time.monotonic() has it
    first_page: float  # seconds until GET / was answered
    address: str
    pid: int


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def serving(
    cache: Path, data: str | Path = "scenes", log: Path = Path(os.devnull)
) -> Iterator[Serving]:
    """Runs app.py until the block ends; what it says goes into `log`."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port = tried.getsockname()[1]
    where = ["--port", str(port), "--cache", str(cache), "--data", str(data)]
    address = f"http://127.0.0.1:{port}/"
    started = time.monotonic()
    with log.open("wb") as file:
        process = subprocess.Popen([sys.executable, "app.py", *where], stdout=file, stderr=file)
    try:
        wait_until(lambda: answers(address))
        yield Serving(started, time.monotonic() - started, address, process.pid)
    finally:
        process.terminate()
        process.wait()


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"The program did not answer within {PATIENCE} s.")
        time.sleep(0.05)


@contextmanager
def opened(
    browser: Browser, address: str, width: int = 1400, height: int = 900, **context: Any
) -> Iterator[Page]:
    """The page in a browser context of its own: nothing is cached from the page before."""
    page = browser.new_page(viewport={"width": width, "height": height}, **context)
    page.set_default_timeout(1000 * PATIENCE)
    page.goto(address)
    yield page
    page.close()


def timed(page: Page, event: str, done: str, act: Callable[[], None]) -> float:
    """Milliseconds from the input event that `act` causes until `done` holds and is on screen."""
    page.evaluate(_ARM, [event, done])
    act()
    return float(page.evaluate("timed"))


def click(page: Page, point: int, done: str = INSPECTED) -> float:
    """Clicks a point while nothing is selected; milliseconds until `done`."""
    page.focus(".map-frame")
    page.keyboard.press("Escape")
    page.wait_for_function("() => explorerMap.selected === null")
    x, y = page.evaluate(
        "i => [explorerMap.px(i)[0] - scrollX, explorerMap.px(i)[1] - scrollY]", point
    )
    return timed(page, "pointerup", done, lambda: page.mouse.click(x, y))


def synthesize(page: Page, point: int) -> float:
    """Milliseconds from the click on Synthesize to the image of a point's prototype."""
    click(page, point)
    return timed(page, "click", DRAWN, lambda: page.click("#synthesize"))


def memory_mib(pid: int) -> tuple[float, float]:
    """What a process holds for itself, and the pages of files that it has touched beside that.

    The system takes the latter back at will: embeddings are mapped, and read whole once.
    """
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    told = dict(line.split(":", 1) for line in lines)
    own, mapped = (int(told[name].split()[0]) / 1024 for name in ("RssAnon", "RssFile"))
    return own, mapped
