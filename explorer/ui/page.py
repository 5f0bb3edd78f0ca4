"""The page: its head and three tabs."""

from typing import Any

import gradio as gr

from explorer.ui.guard import ANY, Rules
from explorer.ui.routes import serve as routes
from explorer.ui.routes.static import FOLDER, STYLES
from explorer.ui.service import Service
from explorer.ui.tabs import compare, distill, explore
from explorer.ui.theme import make_theme
from explorer.ui.tools import add_tools
from explorer.ui.views import QUIET, Page, make_view

SESSIONS = 64
"""Pages of which Gradio keeps a copy of every field, 1.3 MiB each; by default of 10,000, and those
that were closed or loaded again among them. A page beyond these works on: its handlers are sent
all that they need."""
LOOKS_EVERY = 0.01
"""Seconds between two looks of Gradio's queue for clicks; its own 0.001 takes a tenth of a core for
as long as the program runs."""
TITLE = "Distillation Explorer"
PURPOSE = (
    "See what a dataset of images with captions or classes holds, and shrink it to a few images "
    "that still train a model."
)
MARK = """<svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="6" cy="7" r="4.5"/>
<circle cx="14.5" cy="6" r="2.2"/><circle cx="12.5" cy="14" r="3.3"/></svg>"""
MASTHEAD = f'<h1 title="{PURPOSE}">{MARK}<span>{TITLE}</span></h1>'


def build(service: Service, *, with_tools: bool = False) -> gr.Blocks:
    """The whole page over one service, and on demand what other programs call."""
    page: gr.Blocks
    with Page(title=TITLE, fill_width=True, analytics_enabled=False) as page:
        gr.HTML(MASTHEAD, elem_id="masthead", apply_default_css=False, padding=False)
        with gr.Tab("Explore", render_children=True):
            prepare, explored = explore.build(service, page)
        with gr.Tab("Distill", render_children=True) as tab:
            distilled = distill.build(service, page, tab)
        with gr.Tab("Compare", render_children=True):
            compare.build(service)
        make_view("common/tabs", "tabs")
        make_view("common/theme", "theme")
        prepare.click(distill.on_prepared, [*explored, distilled[-1]], distilled, **QUIET)
        if with_tools:
            add_tools(service)
    page._queue.sleep_when_free = LOOKS_EVERY
    page._queue.ANALYTICS_MAX_EVENTS = 0  # else it tables the last 10,000 events after each one
    return page


def launch_options(service: Service, rules: Rules = ANY) -> dict[str, Any]:
    """What `build(service).launch` needs besides host, port and login."""
    return {
        "theme": make_theme(),
        "favicon_path": FOLDER / "favicon.svg",
        "css_paths": STYLES,
        "app_kwargs": routes.app_kwargs(service, rules),
        "footer_links": [],
        "run_history": False,
        "ssr_mode": False,
        "state_session_capacity": SESSIONS,
        "show_error": True,
        "_frontend": False,  # else Gradio gives up where its own first page takes 3 seconds
    }
