"""Draws a sweep: mean recall against the number of pairs, a panel per network.

python -m benchmarks.sweep_figure my-sweep
"""

import argparse
import io
import json
from itertools import cycle
from pathlib import Path

import plotly.graph_objects as go
from PIL import Image
from plotly.subplots import make_subplots

from benchmarks._page import chromium
from explorer.methods.registry import all_methods
from explorer.methods.ways import method_of_way
from explorer.runs.config import SweepConfig
from explorer.runs.tables import Scored, SweepRow, summarize
from explorer.tasks.retrieval import TASK

OUT = Path(__file__).resolve().parents[1] / "assets" / "screenshots" / "sweep.png"
WIDTH, HEIGHT = 1080, 460
# In the order of the registry; what is drawn from prototypes is blue, and thicker.
COLOURS = "2450a8 60a5fa c2410c 6b7280 0f766e a16207 7c3aed be185d 4d7c0f 0891b2".split()  # noqa: SIM905
GREY = "#1d1c19"


def read(folder: Path) -> list[SweepRow]:
    """The table of a sweep, its methods in the order of the registry."""
    scores = [
        Scored.from_json(each, TASK)
        for each in json.loads((folder / "scores.json").read_bytes())["scores"]
    ]
    order = list(all_methods())
    made = dict.fromkeys(each.method for each in scores)
    methods = sorted(made, key=lambda way: order.index(method_of_way(way).name))
    sizes = {each.n_pairs for each in scores if method_of_way(each.method).make}
    n_sets = 1 + max(each.number for each in scores)
    plan = SweepConfig(methods=tuple(methods), n_pairs=tuple(sorted(sizes)), n_sets=n_sets)
    return summarize(scores, plan, TASK)


def draw(rows: list[SweepRow]) -> go.Figure:
    networks, methods = (
        list(dict.fromkeys(getattr(row, name) for row in rows)) for name in ("network", "method")
    )
    figure = make_subplots(
        1, len(networks), subplot_titles=networks, shared_yaxes=True, horizontal_spacing=0.03
    )
    colours = dict(zip(methods, cycle(COLOURS), strict=False))
    for column, network in enumerate(networks, 1):
        for method in methods:
            own = [row for row in rows if (row.network, row.method) == (network, method)]
            if method_of_way(method).make is None:
                name = f"{method} ({own[0].n_pairs:,} pairs)"
                figure.add_hline(own[0].mean[0], line={"color": GREY, "dash": "dot"}, col=column)
                figure.add_annotation(
                    text=name,
                    x=1,
                    xref="x domain",
                    xanchor="right",
                    y=own[0].mean[0],
                    yanchor="bottom",
                    showarrow=False,
                    row=1,
                    col=column,
                )
                continue
            figure.add_scatter(
                x=[row.n_pairs for row in own],
                y=[row.mean[0] for row in own],
                error_y={"array": [row.mean[1] or 0 for row in own], "thickness": 1, "width": 3},
                name=method,
                legendgroup=method,
                showlegend=column == 1,
                line={
                    "color": f"#{colours[method]}",
                    "width": 3 if method.startswith("pds") else 1.5,
                },
                row=1,
                col=column,
            )
    sizes = sorted({row.n_pairs for row in rows if method_of_way(row.method).make})
    figure.update_xaxes(type="log", tickvals=sizes, ticktext=sizes, title="pairs")
    figure.update_yaxes(rangemode="tozero")
    figure.update_yaxes(title="mean recall on test, %", col=1)
    figure.update_layout(
        template="plotly_white",
        width=WIDTH,
        height=HEIGHT,
        font={"family": "system-ui, sans-serif", "size": 13},
        margin={"l": 60, "r": 10, "t": 40, "b": 50},
    )
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="what `sweep --out` named")
    parser.add_argument("--out", type=Path, default=OUT, help="a PNG")
    args = parser.parse_args()
    page_text = draw(read(args.folder)).to_html(include_plotlyjs=True, config={"staticPlot": True})
    with chromium() as browser:
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=1.5
        )
        page.set_content(page_text)
        page.locator(".main-svg").first.wait_for()
        shot = Image.open(io.BytesIO(page.locator(".plotly-graph-div").screenshot())).convert("RGB")
    shot.quantize(128, dither=Image.Dither.NONE).save(args.out, optimize=True)


if __name__ == "__main__":
    main()
