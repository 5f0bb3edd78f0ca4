"""The scores of a sweep as a table: rows for programs, and Markdown, CSV and LaTeX for people."""

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from explorer.config import EvaluationConfig, SweepConfig
from explorer.core.retrieval import known_interval
from explorer.pipeline.distilled import interval
from explorer.pipeline.methods import find_method

Interval = list[float | None]
"""[mean, half of the 95 % interval]; one value alone has no interval."""
WAYS = {"text_to_image": "IR", "image_to_text": "TR"}


class Scored(NamedTuple):
    """One set and what students learned from it."""

    method: str
    n_pairs: int  # that were asked for; of a method that takes all of them, how many these are
    number: int  # of the set, from 0
    mean: dict[str, float]  # by network: recall in percent, mean of the six and of the students
    backbones: dict[str, Any]  # everything that `evaluate` returned


class Row(NamedTuple):
    """One method at one size on one network; intervals are over sets."""

    network: str
    method: str
    n_pairs: int
    n_sets: int
    mean: Interval  # recall in percent, mean of the six
    lead: Interval | None  # of the first method over this one, sets paired as in `_firsts`
    text_to_image: dict[str, Interval]  # IR@k by k
    image_to_text: dict[str, Interval]  # TR@k by k


def summarize(scores: Sequence[Scored], plan: SweepConfig) -> list[Row]:
    """The rows of the table, by network, method and number of pairs; of sets that are there."""
    sets: dict[tuple[str, int], dict[int, Scored]] = defaultdict(dict)
    for each in scores:
        sets[each.method, each.n_pairs][each.number] = each
    order = {name: place for place, name in enumerate(plan.methods)}
    keys = sorted(sets, key=lambda key: (order[key[0]], key[1]))
    networks = scores[0].mean if scores else {}
    return [
        _row(network, sets[key], _firsts(sets, plan.methods[0], key))
        for network in networks
        for key in keys
    ]


_Sets = Mapping[tuple[str, int], Mapping[int, Scored]]  # by method and pairs, then by number


def _firsts(sets: _Sets, first: str, key: tuple[str, int]) -> Mapping[int, Scored]:
    """What the sets of `key` are paired with: the first method's, or its one set of all pairs."""
    if find_method(first).plan:
        return sets.get((first, key[1]), {})
    whole = [own[0] for (method, _), own in sets.items() if method == first]
    return dict.fromkeys(sets[key], *whole) if whole else {}


def _row(network: str, sets: Mapping[int, Scored], firsts: Mapping[int, Scored]) -> Row:
    one = next(iter(sets.values()))
    leads = [firsts[i].mean[network] - sets[i].mean[network] for i in sets if i in firsts]
    own = [each.backbones[network] for each in sets.values()]
    recalls = {
        way: {k: known_interval([each[way][k][0] for each in own]) for k in own[0][way]}
        for way in WAYS
    }
    return Row(
        network=network,
        method=one.method,
        n_pairs=one.n_pairs,
        n_sets=len(sets),
        mean=known_interval([each.mean[network] for each in sets.values()]),
        lead=known_interval(leads) if leads and firsts != sets else None,
        **recalls,
    )


def caption(evaluation: EvaluationConfig, plan: SweepConfig) -> str:
    """What the numbers of the table are."""
    return (
        f"Protocol {evaluation.protocol}, text {evaluation.text}. Mean recall in percent, "
        f"± half of the 95 % interval over sets (up to {plan.n_sets} of each, "
        f"{evaluation.n_seeds} students per network)."
    )


def markdown(rows: Sequence[Row], plan: SweepConfig, about: str) -> str:
    head, *body = _grid(rows, plan)
    lines = [f"| {' | '.join(cells)} |" for cells in (head, *body)]
    return "\n".join([about, "", lines[0], "|---" * len(head) + "|", *lines[1:], ""])


def latex(rows: Sequence[Row], plan: SweepConfig, about: str) -> str:
    """A tabular with the rules of the package booktabs."""
    head, *body = ([_tex(cell) for cell in cells] for cells in _grid(rows, plan))
    lines = [" & ".join(cells) + r" \\" for cells in (head, *body)]
    columns = "ll" + "r" * (len(head) - 2)
    return "\n".join(
        [
            f"% {about} Needs \\usepackage{{booktabs}}.",
            f"\\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            lines[0],
            r"\midrule",
            *lines[1:],
            r"\bottomrule",
            r"\end{tabular}",
            "",
        ]
    )


def comma_separated(rows: Sequence[Row], plan: SweepConfig, about: str) -> str:
    """Every number that there is; `_half` is half of the 95 % interval."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    for place, row in enumerate(rows):
        measured = {"mean": row.mean, "lead": row.lead or [None, None]}
        for way, short in WAYS.items():
            measured |= {f"{short}@{k}": each for k, each in getattr(row, way).items()}
        if place == 0:
            names = [each for name in measured for each in (name, f"{name}_half")]
            writer.writerow([*Row._fields[:4], *names])
        writer.writerow([*row[:4], *(_number(v) for each in measured.values() for v in each)])
    return file.getvalue()


TABLES: dict[str, Callable[[Sequence[Row], SweepConfig, str], str]] = {
    "table.md": markdown,
    "table.csv": comma_separated,
    "table.tex": latex,
}
"""By the name of their file."""


def _grid(rows: Sequence[Row], plan: SweepConfig) -> list[list[str]]:
    """The head and a line per network and method, with columns for each number of pairs.

    Beside each mean stands how far the first method is ahead. A method that takes all pairs has
    one score, which stands in every column.
    """
    first, *others = plan.methods
    head = ["network", "method"]
    for n_pairs in plan.n_pairs:
        head += [f"{n_pairs:,} pairs", *([f"{first} − it"] if others else [])]
    found = {(row.network, row.method, row.n_pairs): row for row in rows}
    lines = [head]
    for network, method in dict.fromkeys((row.network, row.method) for row in rows):
        whole = _whole(rows, network, method)
        cells = [network, f"{method} ({whole.n_pairs:,})" if whole else method]
        for n_pairs in plan.n_pairs:
            row = whole or found.get((network, method, n_pairs))
            cells.append(interval(row.mean) if row else "")
            if others:
                cells.append(interval(row.lead) if row and row.lead else "")
        lines.append(cells)
    return lines


def _whole(rows: Sequence[Row], network: str, method: str) -> Row | None:
    """The one row of a method that takes all pairs, or None."""
    if find_method(method).plan:
        return None
    return next(row for row in rows if (row.network, row.method) == (network, method))


def _tex(cell: str) -> str:
    if "±" in cell:
        return f"${cell.replace('±', chr(92) + 'pm')}$"
    return cell.replace("−", "$-$").replace("_", r"\_").replace("%", r"\%")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
