"""The fields that say what to look at, shared by the tabs, and reading them back, checked."""

from typing import Any

import gradio as gr

from explorer.config import PrototypeConfig, RunConfig
from explorer.errors import ConfigError
from explorer.models.bundles import BUNDLES
from explorer.ui.fields import text, whole


def data_field(first: str) -> gr.Dropdown:
    return gr.Dropdown(
        list(dict.fromkeys(["scenes", first])),
        value=first,
        allow_custom_value=True,
        label="Data: scenes, or a folder's path",
        scale=3,
        min_width=220,
    )


def bundle_field() -> gr.Dropdown:
    return gr.Dropdown(
        [(bundle.label, name) for name, bundle in BUNDLES.items()],
        value=RunConfig.bundle,
        label="Models",
        scale=3,
        min_width=220,
    )


def n_prototypes_field(label: str) -> gr.Number:
    """A field without a range: Gradio would answer wrong keystrokes with alerts of its own."""
    return gr.Number(
        PrototypeConfig.n_prototypes,
        precision=0,
        label=label,
        scale=1,
        min_width=110,
    )


def read_config(data: Any, bundle: Any, n_prototypes: Any) -> RunConfig:
    """A setting from three fields that came from the browser."""
    name = text(data, "Data").strip()
    if not name:
        raise ConfigError("Name the data: scenes, or the path of a folder.")
    prototypes = PrototypeConfig(n_prototypes=whole(n_prototypes, "Prototypes"))
    return RunConfig(data=name, bundle=text(bundle, "Models"), prototypes=prototypes)


def as_view(config: RunConfig) -> dict[str, Any]:
    """What the map is told to show; `read_view` reads it back."""
    return {
        "data": config.data,
        "bundle": config.bundle,
        "n_prototypes": config.prototypes.n_prototypes,
        "selected": None,
    }


def read_view(view: Any) -> RunConfig:
    """The setting that the map shows, from its value."""
    if not isinstance(view, dict):
        raise ConfigError("The map has not been opened yet.")
    return read_config(view.get("data"), view.get("bundle"), view.get("n_prototypes"))


def read_selected(view: Any) -> int:
    """The prototype that is selected on the map."""
    selected = view.get("selected") if isinstance(view, dict) else None
    if selected is None:
        raise ConfigError("Select a prototype first: click a point on the map.")
    return whole(selected, "The selected prototype")
