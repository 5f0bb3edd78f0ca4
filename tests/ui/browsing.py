"""The program in a thread, a page in Chromium, and where things are on it."""

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from weakref import WeakKeyDictionary

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from explorer.ui import page as layout
from explorer.ui.service import Service

CHROMIUM = (
    os.environ.get("CHROMIUM")
    or shutil.which("chromium-headless-shell")  # draws the same in less time
    or shutil.which("chromium")
)
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
PATIENCE = 180_000
"""Milliseconds until what is waited for counts as never happening, on a machine with much to do."""
MAP_READY = "() => window.explorerMap && window.explorerMap.ready"
LEFT = "This page is being left."
SAY_WHEN_LEFT = f"addEventListener('beforeunload', () => console.debug({LEFT!r}))"
POINTS_DRAWN = """() => [...document.querySelectorAll('#live .chart-plot')]
    .flatMap(plot => plot.data || []).reduce((sum, line) => sum + line.x.length, 0)"""
ON_SCREEN = "i => [explorerMap.px(i)[0] - scrollX, explorerMap.px(i)[1] - scrollY]"
FREE_POINT = """() => {
  const box = document.querySelector('.map-frame').getBoundingClientRect();
  for (let i = 0; i < explorerMap.n; i++) {
    const [x, y] = (ON_SCREEN)(i);
    const inside = x > box.left + 9 && x < box.right - 9 && y > box.top + 9 && y < box.bottom - 9;
    const isFree = inside && document.elementFromPoint(x, y).closest('.map-frame');
    if (isFree && explorerMap.prototypeOf(i) >= 0) return i;
  }
}""".replace("ON_SCREEN", ON_SCREEN)


def train_few_students(page: Page) -> None:
    """Has a run that is set up in the Distill tab train two per network instead of five."""
    heading = page.locator(".part > summary", has_text="Evaluation")
    heading.click()
    page.locator("#run-settings").get_by_label("Students per network", exact=True).fill("2")
    expect(heading).to_contain_text("1 changed")


def unfold(page: Page, name: str) -> None:
    """Opens one of the lists below the map: prototypes, heat, suspects or rows."""
    page.click(f"#drawer [aria-controls={name}]")


@contextmanager
def served(service: Service, *, with_tools: bool = False) -> Iterator[str]:
    page = layout.build(service, with_tools=with_tools)
    options = {**layout.launch_options(service), "prevent_thread_lock": True, "quiet": True}
    options["mcp_server"] = with_tools
    page.launch(server_name="127.0.0.1", server_port=(port := free_port()), **options)
    yield f"http://127.0.0.1:{port}/"
    for run in service.runs.queue():
        service.runs.cancel(run.id)
    page.close()


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


_unused: WeakKeyDictionary[Browser, dict[str, list[BrowserContext]]] = WeakKeyDictionary()


@contextmanager
def visiting(browser: Browser, options: dict) -> Iterator[BrowserContext]:
    """A visitor who has been here before: the scripts are cached, and nothing else is kept."""
    unused = _unused.setdefault(browser, {}).setdefault(repr(options), [])
    context = unused.pop() if unused else browser.new_context(**options)
    try:
        yield context
        for page in context.pages:
            page.evaluate("localStorage.clear()")
            page.close()
    except BaseException:
        context.close()
        raise
    unused.append(context)


@contextmanager
def opened(browser: Browser, address: str, **options) -> Iterator[Page]:
    """A page of its own; fails at the end if it complained or asked for anything outside.

    What a page says while it is left does not count: Gradio breaks off its own requests on
    ``beforeunload``, before the next page is asked for, and reports them.
    """
    usual = {"viewport": {"width": 1400, "height": 900}, "reduced_motion": "reduce"}  # in less time
    options = {**usual, **options}
    complaints, outside, leaving = [], [], Event()

    def complain(text: str) -> None:
        if not leaving.is_set():
            complaints.append(text)

    def on_console(said: ConsoleMessage) -> None:
        if said.text == LEFT:
            leaving.set()
        elif said.type == "error":
            complain(said.text)

    def on_request(asked: Request) -> None:
        if is_outside(asked.url):
            outside.append(asked.url)

    with visiting(browser, options) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page.add_init_script(SAY_WHEN_LEFT)
        page.on("console", on_console)
        page.on("pageerror", lambda error: complain(error.stack or str(error)))
        page.on("request", on_request)
        page.on("domcontentloaded", lambda _: leaving.clear())
        page.goto(address)
        yield page
        leaving.set()
    assert not complaints + outside, "\n".join(complaints + outside)


def is_outside(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "data:", "blob:"))
