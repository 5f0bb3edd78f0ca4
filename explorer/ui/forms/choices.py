"""The fields that say what to look at, shared by the tabs, and reading them back, checked."""

import re
from collections.abc import Mapping
from typing import Any

import gradio as gr

from explorer.data.built_in import BUILT_IN
from explorer.errors import ConfigError
from explorer.explore.view import View
from explorer.methods.base import Method
from explorer.models.bundles import BUNDLES
from explorer.ui import wire
from explorer.ui.forms.fields import text, whole


def data_field(first: str) -> gr.Dropdown:
    return gr.Dropdown(
        list(dict.fromkeys([*BUILT_IN, first])),
        value=first,
        allow_custom_value=True,
        label="Data: built in, or a folder's path",
        scale=3,
        min_width=220,
    )


def bundle_field() -> gr.Dropdown:
    return gr.Dropdown(
        [(bundle.label, name) for name, bundle in BUNDLES.items()],
        value=View.bundle,
        label="Models",
        scale=3,
        min_width=220,
    )


def method_choice(method: Method) -> tuple[str, str]:
    """A method in a menu, by the name that tables, figures and the command line have for it."""
    return f"{method.name}: {method.label}", method.name


def n_prototypes_field(label: str) -> gr.Number:
    """A field without a range: Gradio would answer wrong keystrokes with alerts of its own.

    Nor does it round: 2.5 is told, and not taken for 2.
    """
    return gr.Number(
        View.n_prototypes,
        label=label,
        scale=1,
        min_width=110,
    )


def read_data(data: Any) -> str:
    """The name of the data, as somebody typed it."""
    name = text(data, "Data").strip()
    if not name:
        raise ConfigError("Name the data: scenes, or the path of a folder.")
    return name


def read_address(asked: Mapping[str, str], data: str) -> View:
    """What the address of the page asks for; `data` where it names none."""
    n_prototypes = asked.get("n_prototypes", "")
    return read_asked(
        asked.get("data", data),
        asked.get("bundle", View.bundle),
        int(n_prototypes) if re.fullmatch("[0-9]{1,9}", n_prototypes) else View.n_prototypes,
    )


def read_asked(data: Any, bundle: Any, n_prototypes: Any) -> View:
    """What to map, from three fields that came from the browser."""
    n = whole(n_prototypes, "Prototypes")
    if n < 1:
        raise ConfigError(f"Prototypes must be at least 1, got {n}.")
    return View(data=read_data(data), bundle=text(bundle, "Models"), n_prototypes=n)


def as_view(config: View) -> wire.MapView:
    """What the map is told to show; `read_view` reads it back."""
    return {
        "data": config.data,
        "bundle": config.bundle,
        "n_prototypes": config.n_prototypes,
        "selected": None,
    }


def read_view(view: Any) -> View:
    """The setting that the map shows, from its value."""
    if not isinstance(view, dict):
        raise ConfigError("The map has not been opened yet.")
    return read_asked(view.get("data"), view.get("bundle"), view.get("n_prototypes"))


def read_selected(view: Any) -> int:
    """The prototype that is selected on the map."""
    selected = view.get("selected") if isinstance(view, dict) else None
    if selected is None:
        raise ConfigError("Select a prototype first: click a point on the map.")
    return whole(selected, "The selected prototype")
