"""Who computes a run: this machine, in one process or several, a cluster, or workers."""

import os
from typing import Any

import gradio as gr

from explorer.engine.engine import find_engine
from explorer.errors import ConfigError
from explorer.runs.directory import Where
from explorer.ui.forms.fields import text

WORKERS = "workers"
_ABOUT = (
    "Decides no result. Workers are `python -m explorer worker --cache DIR`, on any machine that "
    "sees the cache."
)


def build() -> gr.Dropdown:
    """Adds the field; EXPLORER_ENGINE says what it shows at first."""
    choices = [
        ("This machine, one process", "here"),
        ("This machine, several processes", "processes"),
        ("A Ray cluster", "ray"),
        ("Workers", WORKERS),
    ]
    own = os.environ.get("EXPLORER_ENGINE") or "here"
    if own not in [name for _, name in choices]:
        choices.append((own, own))
    with gr.Accordion("Machines", open=False, elem_classes="folding"):
        return gr.Dropdown(choices, value=own, label="Computed by", info=_ABOUT.replace("`", ""))


def read(value: Any) -> Where:
    """What the field says; an engine that there is not is a `ConfigError`."""
    name = text(value, "Computed by")
    if name == WORKERS:
        return Where(by_workers=True)
    if name not in ("here", "processes", "ray", os.environ.get("EXPLORER_ENGINE")):
        raise ConfigError(f"Nobody computes by {name!r}; choose from the list.")
    find_engine(name)
    return Where(name)
