"""What is told beside the button of a run before it is started: edits, and what data hold."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from explorer.errors import TOLD
from explorer.explore.checks import told
from explorer.explore.dataset import Prepared
from explorer.methods.registry import find_method
from explorer.runs.config import RunConfig
from explorer.ui import wire
from explorer.ui.forms.fields import whole
from explorer.ui.service import Service
from explorer.ui.views import make_view


def build() -> gr.HTML:
    """Adds the place where the edits stand; what `teller` makes fills it."""
    return make_view("distill/applied", "applied", events=("edited", "use"))


def size_of(applied: Any) -> int:
    """How many pairs a set has that follows the edits of the map."""
    return whole(applied.get("map_size") if isinstance(applied, dict) else None, "The number")


def _map_size(seen: Prepared | None, config: RunConfig) -> int | None:
    """Prototypes that the map of the same data and models had before its edits, if it has any."""
    if seen is None or not seen.edits or seen.config.bundle != config.bundle:
        return None
    return seen.config.n_prototypes


def teller(
    service: Service, read_form: Callable[..., RunConfig]
) -> Callable[..., wire.Applied | None]:
    """Tells what is to be said of a run of the form as it is."""

    def handle(*form: Any) -> wire.Applied | None:
        try:
            config = read_form(*form)
            follows = find_method(config.method).follows_edits and not config.subset
            edits = service.with_edits(config).edits
        except TOLD:  # half of a name is typed: no reason for an alert
            return None
        seen = service.seen(config.data)
        return {
            "follows": follows,
            "size": config.size,
            "edits": [str(each) for each in edits],
            "added": sum(each.kind == "add" for each in edits),
            "map_size": _map_size(seen, config) if follows and not edits else None,
            "checks": told(service.store, seen) if seen else "",
        }

    return handle
