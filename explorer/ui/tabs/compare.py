"""The Compare tab: every run in a table."""

from collections.abc import Callable
from typing import Any

from explorer.ui.forms.fields import text
from explorer.ui.service import Service
from explorer.ui.views import QUIET, explained, make_view

READING = "<p class='hint' role='status'>Reading the runs …</p>"


def build(service: Service) -> None:
    """Adds the tab to the Blocks context that is open."""
    view = make_view("compare/runs", "runs", events=("remove",), inside=READING)
    view.remove(explained(on_remove(service)), view, None, **QUIET)


def on_remove(service: Service) -> Callable[[Any], None]:
    def handle(view: Any) -> None:
        service.runs.delete(text(view.get("remove") if isinstance(view, dict) else None, "The run"))

    return handle
