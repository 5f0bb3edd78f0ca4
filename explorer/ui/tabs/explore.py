"""The Explore tab: choose and prepare a dataset, the map, the inspector."""

from collections.abc import Callable
from typing import Any

import gradio as gr
from gradio.components import Component

from explorer.ui import wire
from explorer.ui.access import visitor_of
from explorer.ui.forms.choices import (
    as_view,
    bundle_field,
    data_field,
    n_prototypes_field,
    read_address,
    read_asked,
    read_view,
)
from explorer.ui.service import Service
from explorer.ui.tabs import synthesis
from explorer.ui.views import QUIET, explained, make_view

OPENING = """<div class="map-notice"><div class="card"><h2>Opening the page</h2>
<p class="hint">The map comes next, in seconds where it was prepared before.</p></div></div>"""

LISTS = (
    *("results", "neighbours"),
    *("prototypes", "heat", "suspects", "coverage", "failures", "rows"),
)


def build(service: Service, page: gr.Blocks) -> tuple[gr.Button, list[Component]]:
    """Adds the tab to the Blocks context that is open.

    Returns:
        The Prepare button, the fields beside it, and the map, whose value says what was prepared.
    """
    data, bundle, n_prototypes, prepare = choosing(service)
    with gr.Row(elem_id="work"):
        make_view("columns/rail", "columns")
        with gr.Column(elem_id="middle", min_width=0):
            with gr.Column(elem_id="stage", min_width=0):
                view = make_view("map/map", "map", events=("again", "cancel"), inside=OPENING)
                make_view("explore/search", "search")
                make_view("columns/chips", "chips")
                make_view("explore/hints", "hints")
            lists()
        with gr.Column(elem_id="inspector", min_width=0):
            make_view("inspector/head", "head")
            with gr.Row(elem_id="acts"):
                synthesize = synthesis.button()
                make_view("inspector/undo", "undo")
            with gr.Column(elem_id="details", min_width=0):
                synthesis.build(service, view, bundle, synthesize)
                make_view("inspector/inspector", "card")
                make_view("inspector/changes", "changes")
                make_view("inspector/edits", "edits")

    chosen = [data, bundle, n_prototypes]
    page.load(explained(on_open(service)), None, [*chosen, view], **QUIET)
    prepare.click(explained(on_prepare(service)), chosen, view, **QUIET)
    view.again(explained(on_again(service)), view, None, **QUIET)
    view.cancel(explained(on_cancel(service)), view, None, **QUIET)
    return prepare, [*chosen, view]


def choosing(service: Service) -> tuple[gr.Dropdown, gr.Dropdown, gr.Number, gr.Button]:
    """One line in the head says what is shown; it unfolds these fields."""
    make_view("explore/setup", "setup")
    with gr.Row(elem_id="choose", elem_classes="choose"):
        data = data_field(service.data)
        bundle = bundle_field()
        n_prototypes = n_prototypes_field("Prototypes")
        prepare = gr.Button("Prepare", variant="primary", scale=0, min_width=110, elem_id="prepare")
        named = make_view("explore/inspected", "inspected")
    data.change(lambda name: {"data": name}, data, named, **QUIET)
    return data, bundle, n_prototypes, prepare


def lists() -> None:
    """Below the map, folded: everything that is listed, one list at a time."""
    make_view("explore/drawer", "drawer")
    with gr.Column(elem_id="lists", min_width=0):
        for name in LISTS:
            make_view(f"explore/{name}", name)


def on_open(service: Service) -> Callable[..., tuple[str, str, int, wire.MapView]]:
    """Fills the fields from the address, so that a reload shows what was there before."""

    def handle(request: gr.Request) -> tuple[str, str, int, wire.MapView]:
        config = read_address(request.query_params, service.data)
        return config.data, config.bundle, config.n_prototypes, as_view(config)

    return handle


def on_prepare(service: Service) -> Callable[..., wire.MapView]:
    def handle(request: gr.Request, data: Any, bundle: Any, n_prototypes: Any) -> wire.MapView:
        config = read_asked(data, bundle, n_prototypes)
        service.prepare(config, visitor_of(request))
        return as_view(config)

    return handle


def on_again(service: Service) -> Callable[..., None]:
    def handle(request: gr.Request, view: Any) -> None:
        service.prepare(read_view(view), visitor_of(request))

    return handle


def on_cancel(service: Service) -> Callable[..., None]:
    def handle(view: Any) -> None:
        service.cancel_preparation(read_view(view))

    return handle
