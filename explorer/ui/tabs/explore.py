"""The Explore tab: choose and prepare a dataset, the map, the inspector."""

import re
from collections.abc import Callable
from typing import Any

import gradio as gr
from gradio.components import Component

from explorer.explore.view import View
from explorer.ui import wire
from explorer.ui.forms.choices import (
    as_view,
    bundle_field,
    data_field,
    n_prototypes_field,
    read_asked,
    read_view,
)
from explorer.ui.service import Service
from explorer.ui.tabs import synthesis
from explorer.ui.views import QUIET, explained, make_view


def build(service: Service, page: gr.Blocks) -> tuple[gr.Button, list[Component]]:
    """Adds the tab to the Blocks context that is open.

    Returns:
        The Prepare button, and the fields for data and models.
    """
    with gr.Row(elem_id="choose", elem_classes="choose"):
        data = data_field(service.data)
        bundle = bundle_field()
        n_prototypes = n_prototypes_field("Prototypes")
        prepare = gr.Button("Prepare", variant="primary", scale=0, min_width=110, elem_id="prepare")
    make_view("explore/hints", "hints")
    with gr.Row():
        with gr.Column(scale=13, min_width=320):
            view = make_view("map/map", "map", events=("again", "cancel"))
            make_view("explore/rows", "rows")
        with gr.Column(scale=7, min_width=320, elem_id="side"):
            make_view("explore/search", "search")
            make_view("explore/neighbours", "neighbours")
            make_view("inspector/edits", "edits")
            make_view("inspector/inspector", "inspector")
            synthesis.build(service, view, bundle)
            make_view("inspector/changes", "changes")
    for title, view_name in {
        "All prototypes": "prototypes",
        "Matching": "heat",
        "Suspects": "suspects",
    }.items():
        with gr.Accordion(title, open=False):
            make_view(f"explore/{view_name}", view_name)

    chosen = [data, bundle, n_prototypes]
    page.load(explained(on_open(service)), None, [*chosen, view], **QUIET)
    prepare.click(explained(on_prepare(service)), chosen, view, **QUIET)
    view.again(explained(on_again(service)), view, None, **QUIET)
    view.cancel(explained(on_cancel(service)), view, None, **QUIET)
    return prepare, [data, bundle]


def on_open(service: Service) -> Callable[..., tuple[str, str, int, wire.MapView]]:
    """Fills the fields from the address, so that a reload shows what was there before."""

    def handle(request: gr.Request) -> tuple[str, str, int, wire.MapView]:
        asked = dict(request.query_params)
        n_prototypes = asked.get("n_prototypes", "")
        config = read_asked(
            asked.get("data", service.data),
            asked.get("bundle", View.bundle),
            int(n_prototypes) if re.fullmatch("[0-9]{1,9}", n_prototypes) else View.n_prototypes,
        )
        return config.data, config.bundle, config.n_prototypes, as_view(config)

    return handle


def on_prepare(service: Service) -> Callable[..., wire.MapView]:
    def handle(data: Any, bundle: Any, n_prototypes: Any) -> wire.MapView:
        config = read_asked(data, bundle, n_prototypes)
        service.prepare(config)
        return as_view(config)

    return handle


def on_again(service: Service) -> Callable[..., None]:
    def handle(view: Any) -> None:
        service.prepare(read_view(view))

    return handle


def on_cancel(service: Service) -> Callable[..., None]:
    def handle(view: Any) -> None:
        service.cancel_preparation(read_view(view))

    return handle
