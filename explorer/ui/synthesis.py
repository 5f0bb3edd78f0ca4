"""Synthesize: new pictures of the selected prototype, beside the nearest real one."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from threading import Event
from typing import Any

import gradio as gr

from explorer.config import SynthesisConfig
from explorer.errors import ConfigError
from explorer.pipeline.prepared import Prepared
from explorer.pipeline.studio import Cancelled, Drawn
from explorer.types import Report
from explorer.ui import payload, settings
from explorer.ui.choices import read_selected, read_view
from explorer.ui.fields import whole
from explorer.ui.service import Service
from explorer.ui.views import QUIET, explained, make_view

MOST_PICTURES = 8
LOOK_SECONDS = 0.1


def build(service: Service, view: gr.HTML, bundle: gr.Dropdown) -> None:
    """Adds the button, its settings and the pictures to the column that is open."""
    synthesize = gr.Button("Synthesize", variant="primary", elem_id="synthesize")
    drawn = make_view("drawn", "drawn", events=("cancel",))
    with gr.Accordion("How to draw", open=False, elem_classes="settings"):
        fields = settings.build("synthesis")
        n_pictures = gr.Slider(
            1, MOST_PICTURES, 1, step=1, label="Pictures", info="How many, each from the next seed."
        )

    flags: dict[str, Event] = {}
    synthesize.click(
        explained(on_synthesize(service, flags)),
        [view, n_pictures, *fields],
        drawn,
        show_progress="hidden",
        concurrency_id="draw",
        concurrency_limit=1,
        api_visibility="private",
    )
    drawn.cancel(on_cancel(flags), None, None, **QUIET)
    bundle.change(explained(settings.suited), bundle, fields, **QUIET)


def on_synthesize(
    service: Service, flags: dict[str, Event]
) -> Callable[..., Iterator[dict[str, Any]]]:
    """Draws; a flag per page lets its Cancel button stop the drawing."""

    def handle(
        request: gr.Request, view: Any, n_pictures: Any, *values: Any
    ) -> Iterator[dict[str, Any]]:
        page, flag = str(request.session_hash), Event()
        config = SynthesisConfig(**settings.read("synthesis", values))
        work = _begin(service, view, config, n_pictures, flag)
        flags[page] = flag
        try:
            yield from work
        except Cancelled:
            yield {"state": "cancelled"}
        finally:
            flags.pop(page, None)

    return handle


def _begin(
    service: Service, view: Any, config: SynthesisConfig, n_pictures: Any, flag: Event
) -> Iterator[dict[str, Any]]:
    """Checks what was asked; the answer draws, and yields what the page is to show."""
    asked, k, n = read_view(view), read_selected(view), whole(n_pictures, "Pictures")
    if not 1 <= n <= MOST_PICTURES:
        raise ConfigError(f"Pictures must be between 1 and {MOST_PICTURES}, got {n}.")
    prepared = service.find(asked)
    if prepared is None or not 0 <= k < prepared.n_prototypes:
        raise ConfigError("The map shows something else by now. Select a prototype again.")
    studio = service.studio(asked.bundle)
    draw = partial(studio.draw, prepared, k, config, n, flag)
    return _answers(draw, flag, lambda drawn: _answer(service, prepared, k, config.seed, drawn))


def _answers(
    draw: Callable[[Report], list[Drawn]],
    flag: Event,
    answer: Callable[[list[Drawn]], dict[str, Any]],
) -> Iterator[dict[str, Any]]:
    """Draws in a thread and tells how far it is; ends early when nobody listens any more."""
    latest: dict[str, Any] = {"share": 0.0, "text": "Starting"}

    def report(share: float, text: str) -> None:
        latest.update(share=share, text=text)

    with ThreadPoolExecutor(1) as thread:
        future = thread.submit(draw, report)
        try:
            while not wait([future], timeout=LOOK_SECONDS).done:
                yield {"state": "drawing", **latest}
            yield answer(future.result())
        finally:
            flag.set()


def _answer(
    service: Service, prepared: Prepared, k: int, seed: int, drawn: list[Drawn]
) -> dict[str, Any]:
    pictures = [
        {
            "id": service.keep_picture(each.image),
            "seed": seed + j,
            "to_prototype": each.similarity_to_prototype,
            "to_caption": each.similarity_to_caption,
            "seconds": each.seconds,
        }
        for j, each in enumerate(drawn)
    ]
    return {
        "state": "done",
        "key": prepared.key,
        "prototype": k,
        "nearest": payload.card(prepared, k)["nearest_images"][0],
        "pictures": pictures,
    }


def on_cancel(flags: dict[str, Event]) -> Callable[..., None]:
    def handle(request: gr.Request) -> None:
        if flag := flags.get(str(request.session_hash)):
            flag.set()

    return handle
