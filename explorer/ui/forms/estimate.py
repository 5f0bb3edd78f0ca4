"""What a run or a sweep would cost, told under its form before it is started."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from explorer.errors import TOLD
from explorer.runs.about import STAGES
from explorer.runs.estimate import Estimate
from explorer.ui import wire
from explorer.ui.labels import on_page
from explorer.ui.views import make_view


def build(elem_id: str) -> gr.HTML:
    """Adds the place where the estimate stands; what `teller` makes fills it."""
    return make_view("distill/estimate", elem_id)


def teller(
    estimate: Callable[..., Estimate],
) -> Callable[..., wire.CostEstimate | wire.Problem]:
    """Tells what `estimate` finds of the fields of a form, or why it finds nothing."""

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

    return handle
