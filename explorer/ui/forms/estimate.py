"""What a run or a sweep would cost, told under its form before it is started."""

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr
from gradio.components import Component

from explorer.errors import TOLD
from explorer.runs.about import STAGES
from explorer.runs.estimate import Estimate
from explorer.ui import wire
from explorer.ui.labels import on_page
from explorer.ui.views import QUIET, make_view


def build(elem_id: str) -> gr.HTML:
    """Adds the place where the estimate stands; `tell_below` fills it."""
    return make_view("distill/estimate", elem_id)


def tell_below(
    page: gr.Blocks,
    place: gr.HTML,
    form: Sequence[Component],
    estimate: Callable[..., Estimate],
    others: Sequence[Callable[..., Any]],
) -> None:
    """Tells the cost when the page opens, when a field of the form changes and at other events.

    Args:
        page: The whole page.
        place: What `build` made.
        form: The fields.
        estimate: Takes their values.
        others: Events after which rates may be others, or less is left to do.
    """

    def handle(*values: Any) -> wire.CostEstimate | wire.Problem:
        try:
            found = estimate(*values)
        except TOLD as error:  # half of a name is typed: no reason for an alert
            return {"problem": on_page(error)}
        return {
            "seconds": found.seconds,
            "memory": found.memory_bytes,
            "parts": [
                {
                    "stage": part.stage,
                    "label": STAGES[part.stage],
                    "seconds": part.seconds,
                    "is_rough": part.is_rough,
                    "why": part.why,
                }
                for part in found.parts
            ],
        }

    changes = [field.change for field in form]  # type: ignore[attr-defined]
    gr.on([page.load, *changes], handle, form, place, trigger_mode="always_last", **QUIET)
    for event in others:
        event(handle, form, place, **QUIET)
