"""The page in a cell of a notebook, over the same cache as the notebook's own work."""

import html
from dataclasses import asdict
from urllib.parse import urlencode

import gradio as gr

from explorer.explore.dataset import Prepared
from explorer.ui import page as layout
from explorer.ui.guard import LOOPBACK, Rules
from explorer.ui.service import Service

_NOTEBOOKS = "http://localhost:* http://127.0.0.1:* https://localhost:* https://127.0.0.1:*"
"""Sites that may show the page inside of their own."""


class Shown:
    """A page that this process serves on 127.0.0.1 until it is closed."""

    def __init__(self, page: gr.Blocks, address: str, height: int) -> None:
        self.address = address
        self._page, self._height = page, height

    def _repr_html_(self) -> str:
        """What a notebook shows of it: the page in a frame."""
        address = html.escape(self.address)
        style = f"width: 100%; height: {self._height}px; border: 1px solid #8884"
        return f'<iframe src="{address}" title="Distillation Explorer" style="{style}"></iframe>'

    def __repr__(self) -> str:
        return f"Distillation Explorer at {self.address}"

    def close(self) -> None:
        """Stops serving; runs that were started go on."""
        self._page.close()


def serve(prepared: Prepared, port: int | None, height: int) -> Shown:
    """Serves the page with this map; on a free port from 7860 on where none is named."""
    view = prepared.config
    service = Service(prepared.store.root, view.data)
    page = layout.build(service)
    rules = Rules(hosts=LOOPBACK, framed_by=_NOTEBOOKS)
    _, address, _ = page.launch(
        server_name="127.0.0.1",
        server_port=port,
        inline=False,
        quiet=True,
        prevent_thread_lock=True,
        **layout.launch_options(service, rules),
    )
    asked = {name: asdict(view)[name] for name in ("data", "bundle", "n_prototypes")}
    return Shown(page, f"{address}?{urlencode(asked)}", height)
