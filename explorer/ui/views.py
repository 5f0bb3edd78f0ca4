"""Parts of the page that a script of ours draws, and the terms on which handlers are called."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from inspect import isgeneratorfunction
from typing import Any, TypeVar, cast

import gradio as gr

from explorer.errors import ExplorerError
from explorer.ui.static import version

Handler = TypeVar("Handler", bound=Callable[..., Any])

QUIET: dict[str, Any] = {
    "show_progress": "hidden",  # Gradio would fade the whole view on every click
    "concurrency_limit": None,  # a click must not wait behind a picture that is being drawn
    "api_visibility": "private",
}
"""How quick handlers are called. Through the queue, because outside it Gradio 6.31 answers a
`gr.Error` with a bare 500 and shows nothing."""


def make_view(module: str, elem_id: str, events: tuple[str, ...] = ()) -> gr.HTML:
    """A component whose inside belongs to `assets/ui/<module>.js`.

    The module exports mount(element, props, trigger, watch). Only small things travel in
    `value`: Gradio turns it into text on every change. The template must not mention it, else
    Gradio would build the inside anew.

    Args:
        module: Name of the script.
        elem_id: The id in the page.
        events: Events of its own that the script may trigger; Gradio allows those it reads in
            the text of `js_on_load`.
    """
    return gr.HTML(
        {},
        elem_id=elem_id,
        elem_classes="view",
        html_template=f"<div class='{module}-view'></div>",
        js_on_load=(
            f"const events = {list(events)};"
            "const root = (window.gradio_config?.root || '').replace(/\\/$/, '');"
            f"import(root + '/gradio_api/explorer/static/{version()}/{module}.js')"
            ".then(module => module.mount(element, props, trigger, watch));"
        ),
        apply_default_css=False,
        padding=False,
    )


def explained(handler: Handler) -> Handler:
    """Shows a problem that the user can fix as its one sentence; takes generators, too."""

    @wraps(handler)
    def answer(*args: Any) -> Any:
        with _explaining():
            return handler(*args)

    @wraps(handler)
    def answers(*args: Any) -> Any:
        with _explaining():
            yield from handler(*args)

    return cast(Handler, answers if isgeneratorfunction(handler) else answer)


@contextmanager
def _explaining() -> Iterator[None]:
    try:
        yield
    except ExplorerError as error:
        raise gr.Error(str(error), print_exception=False) from error
