"""Synthesize: new images of the selected prototype, beside the nearest real one."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from threading import Event
from typing import Any, cast

import gradio as gr

from explorer.config import ClassCaption, SynthesisConfig
from explorer.core.geometry import cosine_rows
from explorer.errors import ConfigError
from explorer.explore.dataset import Prepared
from explorer.explore.previews import Drawing, blended, draw, subject
from explorer.explore.view import View
from explorer.models.loaded import Cancelled, Subject
from explorer.progress import Report
from explorer.settings import Settings, setting
from explorer.ui import wire
from explorer.ui.forms import settings
from explorer.ui.forms.choices import read_selected, read_view
from explorer.ui.forms.fields import number, text, whole
from explorer.ui.payload import thumbnail
from explorer.ui.service import Service
from explorer.ui.views import QUIET, explained, make_view

Told = wire.Generating | wire.Generated | wire.Cancelled
LOOK_SECONDS = 0.1


class Amount(Settings):
    """How many images one press of the button draws."""

    n_images: int = setting(
        "Images",
        "How many, each from the next seed.",
        default=1,
        at_least=1,
        at_most=8,
        slider=1,
    )


HOW = [settings.Part(kind, "") for kind in (SynthesisConfig, Amount, ClassCaption)]
"""The page shows the last one with labelled data only."""


def button() -> gr.Button:
    return gr.Button("Synthesize", variant="primary", elem_id="synthesize")


def build(service: Service, view: gr.HTML, bundle: gr.Dropdown, synthesize: gr.Button) -> None:
    """Adds what the button draws, and how it draws, to the column that is open."""
    drawn = make_view("inspector/drawn", "drawn", events=("cancel",))
    with gr.Accordion("How to draw", open=False, elem_classes="folding"):
        how = settings.build("how", HOW, View.bundle)
        blend = make_view("inspector/blend", "blend")

    flags: dict[str, Event] = {}
    synthesize.click(
        explained(on_synthesize(service, flags)),
        [view, blend, how],
        drawn,
        show_progress="hidden",
        concurrency_id="draw",
        concurrency_limit=1,
        api_visibility="private",
    )
    drawn.cancel(on_cancel(flags), None, None, **QUIET)
    bundle.change(explained(on_models), [bundle, how], how, **QUIET)


def on_models(bundle: Any, how: Any) -> wire.Form:
    """Shows how the models that were chosen draw."""
    return settings.suited(text(bundle, "Models"), how, HOW)


def on_synthesize(service: Service, flags: dict[str, Event]) -> Callable[..., Iterator[Told]]:
    """Draws; a flag per page lets its Cancel button stop the drawing."""

    def handle(request: gr.Request, view: Any, blend: Any, how: Any) -> Iterator[Told]:
        page, flag = str(request.session_hash), Event()
        work = _begin(service, view, blend, how, flag)
        flags[page] = flag
        try:
            yield from work
        except Cancelled:
            yield {"state": "cancelled"}
        finally:
            flags.pop(page, None)

    return handle


def _begin(service: Service, view: Any, blend: Any, how: Any, flag: Event) -> Iterator[Told]:
    """Checks what was asked; the answer draws, and yields what the page is to show."""
    asked, k = read_view(view), read_selected(view)
    read = partial(settings.read, bundle=asked.bundle, changed=settings.read_changed(how))
    config, n = cast(SynthesisConfig, read(SynthesisConfig)), cast(Amount, read(Amount)).n_images
    prepared = service.find(asked)
    if prepared is None or not 0 <= k < prepared.n_prototypes:
        raise ConfigError("The map shows something else by now. Select a prototype again.")
    other, share = read_blend(blend, prepared, k)
    named = cast(ClassCaption, read(ClassCaption)) if prepared.dataset.is_labelled else None
    studio = service.studio(asked.bundle)
    what = blended(prepared, k, other, share, named) if share else subject(prepared, k, named)
    work = partial(draw, service.store, studio, what, config, n, flag)

    def answer(made: list[Drawing]) -> wire.Generated:
        return {
            "state": "done",
            "key": prepared.key,
            "prototype": k,
            "blend": (other, share) if share else None,
            "caption": what.text,
            **_images(service, prepared, what, made),
        }

    return _answers(work, flag, answer)


def read_blend(value: Any, prepared: Prepared, k: int) -> tuple[int, float]:
    """The prototype to blend with and the share of it, from the value of the view."""
    given = value if isinstance(value, dict) else {}
    if given.get("key", prepared.key) != prepared.key:
        raise ConfigError("The map shows something else by now. Select a prototype again.")
    if given.get("other") is None:
        return k, 0.0
    other, share = whole(given["other"], "Blend with"), number(given.get("share"), "Share")
    if not (0 <= other < prepared.n_prototypes and 0 <= share <= 1):
        raise ConfigError("Blend with another prototype, by a share between 0 and 1.")
    return other, share


def _answers(
    work: Callable[[Report], list[Drawing]],
    flag: Event,
    answer: Callable[[list[Drawing]], wire.Generated],
) -> Iterator[Told]:
    """Draws in a thread and tells how far it is; ends early when nobody listens any more."""
    latest: wire.Generating = {"state": "drawing", "share": 0.0, "text": "Starting"}

    def report(share: float, text: str) -> None:
        latest.update({"share": share, "text": text})

    with ThreadPoolExecutor(1) as thread:
        future = thread.submit(work, report)
        try:
            while not wait([future], timeout=LOOK_SECONDS).done:
                yield latest.copy()
            yield answer(future.result())
        finally:
            flag.set()


def _images(
    service: Service, prepared: Prepared, what: Subject, drawings: list[Drawing]
) -> wire.Images:
    for each in drawings:
        service.show(each)
    ((image, similarity),) = prepared.nearest_images(what.image, 1)
    return {
        "nearest": {
            "image": image,
            "similarity": similarity,
            "to_caption": float(cosine_rows(prepared.image[[image]], what.caption[None])[0]),
            "thumbnail": thumbnail(prepared, image),
        },
        "images": [
            {
                "id": each.key,
                "seed": each.how.seed,
                "to_prototype": each.similarity_to_prototype,
                "to_caption": each.similarity_to_caption,
                "seconds": each.seconds,
                "is_new": each.is_new,
            }
            for each in drawings
        ],
    }


def on_cancel(flags: dict[str, Event]) -> Callable[..., None]:
    def handle(request: gr.Request) -> None:
        if flag := flags.get(str(request.session_hash)):
            flag.set()

    return handle
