"""The rows that are to be distilled, where somebody chose some on the map."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from explorer.config import RunConfig
from explorer.pipeline.subset import find_subset
from explorer.ui.fields import text
from explorer.ui.service import Service
from explorer.ui.views import make_view


def build() -> gr.HTML:
    """Adds the view to the column that is open; it shows nothing while all rows are meant."""
    return make_view("subset", "subset", events=("chosen",))


def value_of(service: Service, config: RunConfig) -> dict[str, str]:
    """What the view must hold to mean the rows of a setting."""
    if not config.subset:
        return {}
    pairs = service.open(config.data).splits["train"]
    subset = find_subset(service.store, pairs, config.subset)
    where = {"data": config.data, "bundle": config.bundle}
    return {"subset": subset.key, "text": str(subset), **where}


def read_subset(view: Any) -> str:
    """The key of the chosen rows, from the view's value; "" for all."""
    return text(view.get("subset", ""), "The subset") if isinstance(view, dict) else ""


def on_chosen(
    take_over: Callable[[Any, Any, Any], list[Any]],
) -> Callable[[Any, Any], list[Any]]:
    """Fills in the data and the models that rows were chosen from."""

    def handle(view: Any, own: Any) -> list[Any]:
        chosen = view if isinstance(view, dict) else {}
        data, bundle = (text(chosen.get(name), "The subset") for name in ("data", "bundle"))
        return take_over(data, bundle, own)

    return handle
