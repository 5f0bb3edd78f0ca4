"""What a run or a sweep would cost, told under its form before it is started."""

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr
from gradio.components import Component

from explorer.errors import ExplorerError
from explorer.pipeline.estimate import Estimate
from explorer.ui.views import QUIET, make_view


def build(elem_id: str) -> gr.HTML:
    """Adds the place where the estimate stands; `tell_below` fills it."""
    return make_view("estimate", elem_id)


def tell_below(
    page: gr.Blocks,
    place: gr.HTML,
    form: Sequence[Component],
    estimate: Callable[..., Estimate],
    measured: Callable[..., Any],
) -> None:
    """Tells the cost when the page opens, when a field of the form changes and when a run ends.

    Args:
        page: The whole page.
        place: What `build` made.
        form: The fields.
        estimate: Takes their values.
        measured: The event after which rates may be others.
    """

    def handle(*values: Any) -> dict[str, Any]:
        try:
            found = estimate(*values)
        except ExplorerError as error:  # half of a name is typed: no reason for an alert
            return {"problem": str(error)}
        return {
            "seconds": found.seconds,
            "memory": found.memory_bytes,
            "parts": [part._asdict() for part in found.parts],
        }

    changes = [field.change for field in form]  # type: ignore[attr-defined]
    gr.on([page.load, *changes], handle, form, place, trigger_mode="always_last", **QUIET)
    measured(handle, form, place, **QUIET)
