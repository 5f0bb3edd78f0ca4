"""Parts of the page that a script of ours draws, and the terms on which handlers are called."""

import html
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from inspect import isgeneratorfunction
from typing import Any, TypeVar, cast

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.state_holder import SessionState

from explorer.errors import TOLD
from explorer.ui.labels import on_page
from explorer.ui.routes.static import version

_LONGEST = 500  # characters of what a field says of a wrong value
Handler = TypeVar("Handler", bound=Callable[..., Any])

QUIET: dict[str, Any] = {
    "show_progress": "hidden",  # Gradio would fade the whole view on every click
    "concurrency_limit": None,  # a click must not wait behind an image that is being drawn
    "api_visibility": "private",
}
"""How quick handlers are called. Through the queue, because outside it Gradio 6.31 answers a
`gr.Error` with a bare 500 and shows nothing."""


READING = "<p class='hint' role='status'>Reading the runs …</p>"
"""What is seen of a view of runs until its script is there."""


def make_view(
    module: str,
    elem_id: str,
    events: tuple[str, ...] = (),
    *,
    value: Mapping[str, Any] | None = None,
    inside: str = "",
) -> gr.HTML:
    """A component whose inside belongs to `assets/ui/<module>.js`.

    The module exports mount(element, props, trigger, watch). Only small things travel in
    `value`: Gradio turns it into text on every change. The template must not mention it, else
    Gradio would build the inside anew.

    Args:
        module: Path of the script in `assets/ui/`, without its ending.
        elem_id: The id in the page.
        events: Events of its own that the script may trigger; Gradio allows those it reads in
            the text of `js_on_load`.
        value: What it holds at first.
        inside: What is seen until the script is there.
    """
    return gr.HTML(
        value or {},
        elem_id=elem_id,
        elem_classes="view",
        html_template=f"<div class='{module.rpartition('/')[2]}-view'>{inside}</div>",
        js_on_load=(
            f"const events = {list(events)};"
            "const root = (window.gradio_config?.root || '').replace(/\\/$/, '');"
            f"import(root + '/gradio_api/explorer/static/{version()}/{module}.js')"
            ".then(module => module.mount(element, props, trigger, watch));"
        ),
        apply_default_css=False,
        padding=False,
    )


def explained(handler: Handler, say: Callable[[BaseException], str] = on_page) -> Handler:
    """Shows a problem that the user can fix as its one sentence; takes generators, too."""

    @wraps(handler)
    def answer(*args: Any) -> Any:
        with _explaining(say):
            return handler(*args)

    @wraps(handler)
    def answers(*args: Any) -> Any:
        with _explaining(say):
            yield from handler(*args)

    return cast(Handler, answers if isgeneratorfunction(handler) else answer)


@contextmanager
def _explaining(say: Callable[[BaseException], str]) -> Iterator[None]:
    try:
        yield
    except TOLD as error:
        raise as_toast(say(error)) from error


def as_toast(text: str) -> gr.Error:
    """A message beside the page, where Gradio would take markup in it for a part of the page."""
    return gr.Error(html.escape(text, quote=False), print_exception=False)


class Page(gr.Blocks):
    """Blocks whose fields refuse what they cannot hold in a sentence, not by a traceback."""

    async def preprocess_data(
        self,
        block_fn: BlockFunction,
        inputs: list[Any],
        state: SessionState | None,
        explicit_call: bool = False,
    ) -> list[Any]:
        try:
            return list(await super().preprocess_data(block_fn, inputs, state, explicit_call))
        except Exception as error:  # the fields' own: any of them means that the value is wrong
            text = f"A field of the page cannot hold what was sent: {error}"
            raise as_toast(text[:_LONGEST]) from error
