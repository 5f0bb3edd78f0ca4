"""The Explore tab: choose and prepare a dataset, the map, the inspector."""

from typing import Any

import gradio as gr

from explorer.config import PrototypeConfig, RunConfig
from explorer.errors import ConfigError
from explorer.models.bundles import BUNDLES
from explorer.ui import synthesis
from explorer.ui.fields import meanings, whole
from explorer.ui.service import Service
from explorer.ui.views import QUIET, explained, make_view


def build(service: Service, page: gr.Blocks) -> None:
    """Adds the tab to the Blocks context that is open."""
    first = as_view(RunConfig(data=service.data))
    with gr.Row(elem_id="choose", equal_height=True):
        data = data_field(service)
        bundle = bundle_field()
        n_prototypes = n_prototypes_field()
        prepare = gr.Button("Prepare", variant="primary", scale=0, min_width=120, elem_id="prepare")
    with gr.Row():
        with gr.Column(scale=7, min_width=320):
            view = make_view("map", "map", first, events=("again", "cancel"))
        with gr.Column(scale=4, min_width=320, elem_id="side"):
            make_view("inspector", "inspector")
            synthesis.build(service, view, bundle)

    chosen = [data, bundle, n_prototypes]
    page.load(explained(on_open(service)), None, [*chosen, view], **QUIET)
    prepare.click(explained(on_prepare(service)), chosen, view, **QUIET)
    view.again(explained(on_again(service)), view, None, **QUIET)
    view.cancel(explained(on_cancel(service)), view, None, **QUIET)


def data_field(service: Service) -> gr.Dropdown:
    return gr.Dropdown(
        list(dict.fromkeys(["scenes", service.data])),
        value=service.data,
        allow_custom_value=True,
        label="Data",
        info="scenes, or the path of a folder on this machine.",
        scale=3,
        min_width=240,
    )


def bundle_field() -> gr.Dropdown:
    return gr.Dropdown(
        [(bundle.label, name) for name, bundle in BUNDLES.items()],
        value=RunConfig.bundle,
        label="Models",
        info=meanings(RunConfig)["bundle"],
        scale=3,
        min_width=240,
    )


def n_prototypes_field() -> gr.Number:
    return gr.Number(
        PrototypeConfig.n_prototypes,
        precision=0,
        minimum=1,
        label="Prototypes",
        info=meanings(PrototypeConfig)["n_prototypes"],
        scale=2,
        min_width=160,
    )


def as_view(config: RunConfig) -> dict[str, Any]:
    """What the map is told to show."""
    n_prototypes = config.prototypes.n_prototypes
    return {
        "data": config.data,
        "bundle": config.bundle,
        "n_prototypes": n_prototypes,
        "selected": None,
    }


def read_config(data: Any, bundle: Any, n_prototypes: Any) -> RunConfig:
    """A setting from three fields that came from the browser."""
    if not isinstance(data, str) or not data.strip():
        raise ConfigError("Name the data: scenes, or the path of a folder.")
    if not isinstance(bundle, str):
        raise ConfigError(f"The models must be one of {', '.join(BUNDLES)}.")
    prototypes = PrototypeConfig(n_prototypes=whole(n_prototypes, "Prototypes"))
    return RunConfig(data=data.strip(), bundle=bundle, prototypes=prototypes)


def read_view(view: Any) -> RunConfig:
    """The setting that the map shows, from its value."""
    if not isinstance(view, dict):
        raise ConfigError("The map has not been opened yet.")
    return read_config(view.get("data"), view.get("bundle"), view.get("n_prototypes"))


def on_open(service: Service) -> Any:
    """Fills the fields from the address, so that a reload shows what was there before."""

    def handle(request: gr.Request) -> tuple[str, str, int, dict[str, Any]]:
        asked = dict(request.query_params)
        n_prototypes = asked.get("n_prototypes", "")
        config = read_config(
            asked.get("data", service.data),
            asked.get("bundle", RunConfig.bundle),
            int(n_prototypes) if n_prototypes.isdecimal() else PrototypeConfig.n_prototypes,
        )
        return config.data, config.bundle, config.prototypes.n_prototypes, as_view(config)

    return handle


def on_prepare(service: Service) -> Any:
    def handle(data: Any, bundle: Any, n_prototypes: Any) -> dict[str, Any]:
        config = read_config(data, bundle, n_prototypes)
        service.prepare(config)
        return as_view(config)

    return handle


def on_again(service: Service) -> Any:
    def handle(view: Any) -> None:
        service.prepare(read_view(view))

    return handle


def on_cancel(service: Service) -> Any:
    def handle(view: Any) -> None:
        service.cancel_preparation(read_view(view))

    return handle
