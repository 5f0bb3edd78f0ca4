"""Uses the program for a long time as people do, and looks whether it stays as it was.

    python -m benchmarks.soak [--minutes 60]

Two pages in browsers of their own click, search, synthesize, start runs and cancel them, reload;
now and then a run is killed from outside. All by chance, from one seed. First a page is loaded as
often as the program keeps what pages hold, which takes memory once. At the end stand what was
done, the memory that the page's process holds for itself, without files that it maps, its slope
over the second half, and the errors in its log and on the pages. Exits with 1 where there are
errors, or memory rises by more than the limit.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, ConsoleMessage, Page

from benchmarks._page import (
    DRAWN,
    MAP_READY,
    PATIENCE,
    POINTS,
    chromium,
    click,
    memory_mib,
    opened,
    serving,
)
from explorer.runs.directory import ALIVE, OVER
from explorer.runs.launcher import Runs
from explorer.ui.page import SESSIONS

MOST_RISE = 20.0
"""MiB an hour by which memory may rise and count as flat; one more image kept is a tenth of one."""
MOST_RUNS = 10
"""Runs that are left: the table of all takes 0.14 MiB for each, which is no leak but hides one."""
_EVERY = 5.0  # seconds between two looks at the memory
_WORDS = "a red boat at night", "two cars", "a house in the snow", "trees", "a plane over the sea"

Action = Callable[[Page], None]


class Soak:
    """What people do, each by chance."""

    def __init__(self, cache: Path, pid: int, seed: int) -> None:
        self._runs, self._pid, self._chance = Runs(cache), pid, random.Random(seed)
        self.done: Counter[str] = Counter()
        self.memory: list[tuple[float, float]] = []  # seconds, MiB
        self.complaints: list[str] = []
        self._is_leaving = False  # a page breaks off what it asked for, and says so
        self._followed: dict[Page, set[str]] = {}  # runs that each page may ask for

    def watch(self, page: Page) -> None:
        def complain(text: str) -> None:
            if not self._is_leaving:
                self.complaints.append(text)

        def read(said: ConsoleMessage) -> None:
            if said.type == "error":
                complain(f"{said.text} {said.location['url']}")

        page.on("console", read)
        page.on("pageerror", lambda error: complain(str(error)))
        self._followed[page] = self._newest()
        page.wait_for_function(MAP_READY)

    def fill(self, page: Page) -> None:
        """Loads the page until the program forgets the first: from here on nothing more is kept."""
        for _ in range(SESSIONS):
            self._reload(page)

    def go_on(self, pages: list[Page], seconds: float) -> None:
        """Does one thing after the other on one page or the other."""
        began = looked = time.monotonic()
        actions: list[tuple[Action, int]] = [
            (self._browse, 8),
            (self._search, 4),
            (self._synthesize, 1),
            (self._start_and_cancel, 1),
            (self._kill, 1),
            (self._reload, 1),
        ]
        choices, weights = zip(*actions, strict=True)
        while (now := time.monotonic()) - began < seconds:
            if now - looked > _EVERY:
                self.memory.append((now - began, memory_mib(self._pid)[0]))
                looked = now
            (action,) = self._chance.choices(choices, weights)
            page = self._chance.choice(pages)
            action(page)
            self.done[action.__name__.strip("_").replace("_", " ")] += 1

    def _browse(self, page: Page) -> None:
        _tab(page, "Explore")
        points = page.evaluate(POINTS, 30)
        click(page, self._chance.choice(points))

    def _search(self, page: Page) -> None:
        _tab(page, "Explore")
        field = page.locator("#search input").first
        field.fill(self._chance.choice(_WORDS))
        field.press("Enter")
        page.wait_for_function("() => document.querySelector('.found li')")
        field.fill("")
        field.press("Escape")

    def _synthesize(self, page: Page) -> None:
        self._browse(page)
        page.click("#synthesize")
        page.wait_for_function(DRAWN)

    def _start_and_cancel(self, page: Page) -> None:
        self._start(page)
        time.sleep(self._chance.uniform(0, 4))
        page.locator("#live").get_by_role("button", name="Cancel").click()
        _wait(lambda: not self._alive())

    def _kill(self, page: Page) -> None:
        """Starts a run and kills its process; the page must say so."""
        self._start(page)
        time.sleep(self._chance.uniform(0, 4))
        for pid in self._alive():
            os.kill(pid, signal.SIGKILL)
        page.wait_for_function("() => /crashed/i.test(document.querySelector('#live').innerText)")

    def _start(self, page: Page) -> None:
        over = [run.id for run in self._runs.list_runs() if run.status.state in OVER]
        for each in set(over[MOST_RUNS:]).difference(*self._followed.values()):
            self._runs.delete(each)
        _tab(page, "Distill")
        page.click("#start-run")
        _wait(self._alive)
        self._followed[page] |= self._newest()

    def _reload(self, page: Page) -> None:
        self._is_leaving = True
        page.reload()
        self._is_leaving = False
        _tab(page, "Explore")  # the address keeps the tab, and the map is painted where it is seen
        page.wait_for_function(MAP_READY)
        self._followed[page] = self._newest()

    def _newest(self) -> set[str]:
        return {run.id for run in self._runs.list_runs()[:1]}

    def _alive(self) -> list[int]:
        """Processes of runs that are going; killed ones that nobody reaped yet are not."""
        found = [run.status for run in self._runs.list_runs() if run.status.state in ALIVE]
        return [status.pid for status in found if status.pid > 1]


def _tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def _wait(holds: Callable[[], object], seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"It did not happen within {seconds} s.")
        time.sleep(0.1)


def _rise(memory: list[tuple[float, float]]) -> float:
    """MiB an hour over the second half."""
    later = np.array(memory[len(memory) // 2 :])
    return float(np.polyfit(later[:, 0], later[:, 1], 1)[0] * 3600) if len(later) > 2 else 0.0


def _pages(stack: ExitStack, browser: Browser, address: str, soak: Soak) -> list[Page]:
    pages = [stack.enter_context(opened(browser, address)) for _ in range(2)]
    for page in pages:
        soak.watch(page)
    return pages


def main() -> int:
    parser = argparse.ArgumentParser(description="Uses the program for a long time.")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        log = Path(folder) / "log"
        served = stack.enter_context(serving(Path(folder) / "cache", log=log))
        soak = Soak(Path(folder) / "cache", served.pid, options.seed)
        pages = _pages(stack, stack.enter_context(chromium()), served.address, soak)
        soak.fill(pages[0])
        soak.go_on(pages, 60 * options.minutes)
        lines = log.read_text(errors="replace").splitlines()
    errors = [each for each in lines if "Traceback" in each or "ERROR" in each]
    sizes, rise = [size for _, size in soak.memory], _rise(soak.memory)
    print(", ".join(f"{what} {n:,}" for what, n in soak.done.items()))
    print(f"memory: {sizes[0]:.0f} MiB first, {max(sizes):.0f} most, {sizes[-1]:.0f} last")
    tenths = np.array_split(np.array(sizes), min(10, len(sizes)))
    print("by tenths of the time:", " ".join(f"{each.mean():.0f}" for each in tenths))
    print(f"rise over the second half: {rise:+.1f} MiB an hour")
    for title, found in (("errors in the log", errors), ("errors on pages", soak.complaints)):
        print(f"{title}: {len(found)}", *found[:5], sep="\n  ")
    return int(bool(errors or soak.complaints) or rise > MOST_RISE)


if __name__ == "__main__":
    sys.exit(main())
