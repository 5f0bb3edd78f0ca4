"""The Compare tab: every run in a table, and what a referee says of their sets."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from explorer.runs.config import RefereeConfig
from explorer.ui.access import visitor_of
from explorer.ui.forms.fields import text
from explorer.ui.service import Service
from explorer.ui.views import QUIET, READING, explained, make_view


def build(service: Service) -> None:
    """Adds the tab to the Blocks context that is open."""
    events = ("remove", "judge", "cancel", "resume")
    view = make_view("compare/runs", "runs", events=events, inside=READING)
    view.remove(explained(on_remove(service)), view, None, **QUIET)
    view.judge(explained(on_judge(service)), view, None, **QUIET)
    view.cancel(explained(on_cancel(service)), view, None, **QUIET)
    view.resume(explained(on_resume(service)), view, None, **QUIET)


def on_remove(service: Service) -> Callable[[Any], None]:
    return lambda view: service.runs.delete(_named(view, "remove"))


def on_judge(service: Service) -> Callable[..., None]:
    """Puts the sets of the runs that are ticked before a referee."""

    def handle(request: gr.Request, view: Any) -> None:
        asked = view.get("judge") if isinstance(view, dict) else None
        plan = RefereeConfig.from_json(asked) if isinstance(asked, dict) else RefereeConfig()
        service.judge(plan, visitor_of(request))

    return handle


def on_cancel(service: Service) -> Callable[[Any], None]:
    return lambda view: service.runs.cancel(_named(view, "cancel"))


def on_resume(service: Service) -> Callable[..., None]:
    def handle(request: gr.Request, view: Any) -> None:
        service.resume(_named(view, "resume"), visitor_of(request))

    return handle


def _named(view: Any, what: str) -> str:
    """The run that the view's value names."""
    return text(view.get(what) if isinstance(view, dict) else None, "The run")
