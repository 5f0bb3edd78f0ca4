"""The rows that are to be distilled, where somebody chose some on the map."""

from typing import Any

import gradio as gr

from explorer.steps.subset import find_subset
from explorer.ui import wire
from explorer.ui.forms.fields import text
from explorer.ui.service import Service
from explorer.ui.views import make_view


def build() -> gr.HTML:
    """Adds the view to the column that is open; it shows nothing while all rows are meant."""
    return make_view("distill/subset", "subset", events=("chosen",))


def value_of(service: Service, key: str, data: str, bundle: str) -> wire.Subset:
    """What the view must hold to mean the rows of a subset; of "" all rows."""
    if not key:
        return {}
    subset = find_subset(service.store, service.look(data).pairs(), key)
    return {"subset": subset.key, "text": str(subset), "data": data, "bundle": bundle}


def read_subset(view: Any) -> str:
    """The key of the chosen rows, from the view's value; "" for all."""
    return text(view.get("subset", ""), "The subset") if isinstance(view, dict) else ""


def read_source(view: Any) -> list[str]:
    """The data and the models that rows were chosen from."""
    chosen = view if isinstance(view, dict) else {}
    return [text(chosen.get(name), "The subset") for name in ("data", "bundle")]
