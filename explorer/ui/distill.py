"""The Distill tab: the settings of a run, and a live view of one."""

from collections.abc import Callable
from typing import Any

import gradio as gr
from gradio.components import Component

from explorer.config import RunConfig
from explorer.pipeline.methods import METHODS
from explorer.ui import settings
from explorer.ui.choices import bundle_field, data_field, n_prototypes_field, read_config
from explorer.ui.fields import text
from explorer.ui.service import Service
from explorer.ui.views import QUIET, explained, make_view


def build(service: Service, page: gr.Blocks) -> list[Component]:
    """Adds the tab to the Blocks context that is open; returns its fields for data and models."""
    with gr.Row():
        with gr.Column(scale=5, min_width=320):
            with gr.Row(elem_classes="choose"):
                data = data_field(service.data)
            with gr.Row(elem_classes="choose"):
                bundle = bundle_field()
            with gr.Row(elem_classes="choose"):
                method = gr.Dropdown(
                    [(each.label, name) for name, each in METHODS.items()],
                    value=RunConfig.method,
                    label="Method",
                    scale=3,
                    min_width=180,
                )
                n_pairs = n_prototypes_field("Pairs")
            start = gr.Button("Start", variant="primary", elem_id="start-run")
            values = {}
            for part, title in settings.TITLES.items():
                with gr.Accordion(title, open=False, elem_classes="settings"):
                    values[part] = settings.build(part)
        with gr.Column(scale=11, min_width=320):
            live = make_view("live", "live", events=("cancel", "resume"))

    every = [field for part in values.values() for field in part]
    chosen = [data, bundle, method, n_pairs, *every]
    start.click(explained(on_start(service)), chosen, live, **QUIET)
    live.cancel(explained(on_cancel(service)), live, None, **QUIET)
    live.resume(explained(on_resume(service)), live, None, **QUIET)
    bundle.change(explained(settings.suited), bundle, values["synthesis"], **QUIET)
    page.load(explained(on_open(service)), None, live, **QUIET)
    return [data, bundle]


def on_start(service: Service) -> Callable[..., dict[str, str]]:
    def handle(data: Any, bundle: Any, method: Any, n_pairs: Any, *values: Any) -> dict[str, str]:
        where = read_config(data, bundle, n_pairs)
        config = RunConfig(
            data=where.data,
            bundle=where.bundle,
            method=text(method, "Method"),
            **settings.read_all(where.prototypes.n_prototypes, values),
        )
        return {"run": service.start(config)}

    return handle


def on_open(service: Service) -> Callable[[], dict[str, str]]:
    """Shows the newest run, so that a reload or a second tab finds it."""

    def handle() -> dict[str, str]:
        runs = service.runs.list_runs()
        return {"run": runs[0].id} if runs else {}

    return handle


def on_cancel(service: Service) -> Callable[[Any], None]:
    return lambda live: service.runs.cancel(read_run(live))


def on_resume(service: Service) -> Callable[[Any], None]:
    return lambda live: service.runs.resume(read_run(live))


def read_run(live: Any) -> str:
    """The run that the live view shows, from its value."""
    return text(live.get("run") if isinstance(live, dict) else None, "The run")
