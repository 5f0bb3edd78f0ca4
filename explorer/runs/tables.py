"""The scores of a sweep as a table: rows for programs, and Markdown, CSV and LaTeX for people."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from explorer.core.referee import holm, paired_p
from explorer.core.retrieval import known_interval
from explorer.methods.ways import method_of_way, read_way
from explorer.runs.config import RunConfig, SweepConfig, task_of_run
from explorer.sets.card import interval
from explorer.sets.others import defused
from explorer.tasks.task import Interval, Task


class Scored(NamedTuple):
    """One set and what students learned from it."""

    method: str
    n_pairs: int  # that were asked for; of a method that takes all of them, how many these are
    number: int  # of the set, from 0
    mean: dict[str, float]  # by network: the headline metric, mean of the students
    scores: dict[str, dict[str, Interval]]  # by network and metric
    words: float | None = None  # per caption; None where there are none, or nobody counted
    n_bytes: int | None = None  # that students learn from; None where nobody counted

    @classmethod
    def from_json(cls, values: Mapping[str, Any], task: Task) -> "Scored":
        """Reads its fields by name; an earlier version wrote all that `evaluate` returned."""
        if "backbones" not in values:
            return cls(**values)
        rest = {name: v for name, v in values.items() if name != "backbones"}
        found = {name: dict(own) for name, own in task.scores(values).items()}
        return cls(**rest, scores=found)


MADE_WITH = "made with it"
"""Head of the column that says which networks a set's images were learned through."""
SIGNIFICANT = 0.05
_INTERVAL = re.compile(r"[−+]?[\d.,]+ ± [\d.,]+( \*)?")
_TEX = {sign: rf"\{sign}" for sign in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "−": "$-$",
    "±": r"$\pm$",
}
STARRED = (
    f"* more than chance: p < {SIGNIFICANT} after Holm's correction for all differences of the "
    "table."
)


@dataclass(frozen=True)
class SweepRow:
    """One method at one size on one network; intervals are over sets."""

    network: str
    method: str
    n_pairs: int
    n_sets: int
    mean: Interval  # the headline metric
    lead: Interval | None  # of the first method over this one, sets paired as in `_firsts`
    scores: dict[str, Interval]  # by metric
    words: float | None = None  # per caption, mean over the sets where somebody counted
    p: float | None = None  # that the lead is chance, after Holm's correction for all leads

    @property
    def is_led(self) -> bool:
        """Whether the lead is more than chance: what may be called a difference."""
        return self.p is not None and self.p < SIGNIFICANT


def summarize(scores: Sequence[Scored], plan: SweepConfig, task: Task) -> list[SweepRow]:
    """The rows of the table, by network, method and number of pairs; of sets that are there."""
    sets: dict[tuple[str, int], dict[int, Scored]] = defaultdict(dict)
    for each in scores:
        sets[each.method, each.n_pairs][each.number] = each
    order = {name: place for place, name in enumerate(plan.methods)}
    keys = sorted(sets, key=lambda key: (order[key[0]], key[1]))
    networks = scores[0].mean if scores else {}
    rows = [
        _row(network, sets[key], _firsts(sets, plan.methods[0], key), task)
        for network in networks
        for key in keys
    ]
    known = [row for row in rows if row.p is not None]
    corrected = dict(zip(map(id, known), holm([row.p or 0.0 for row in known]), strict=True))
    return [replace(row, p=corrected.get(id(row))) for row in rows]


_Sets = Mapping[tuple[str, int], Mapping[int, Scored]]  # by method and pairs, then by number


def _firsts(sets: _Sets, first: str, key: tuple[str, int]) -> Mapping[int, Scored]:
    """The first method's sets that those of `key` are paired with.

    It has one set for all of them where it takes every pair, and one of each size where it leaves
    nothing to chance.
    """
    method = method_of_way(first)
    if not method.make:
        found = {
            number: each
            for (name, _), own in sets.items()
            if name == first
            for number, each in own.items()
        }
    else:
        found = dict(sets.get((first, key[1]), {}))
    return found if method.has_chance or not found else dict.fromkeys(sets[key], found[0])


def _row(
    network: str, sets: Mapping[int, Scored], firsts: Mapping[int, Scored], task: Task
) -> SweepRow:
    one = next(iter(sets.values()))
    if not method_of_way(one.method).has_chance:  # its one set stands against each of the others
        sets = dict.fromkeys(firsts, one) or sets
    leads = [firsts[i].mean[network] - sets[i].mean[network] for i in sets if i in firsts]
    is_first = any(each is one for each in firsts.values())
    different = list({id(each): each for each in sets.values()}.values())
    own = [each.scores[network] for each in different]
    names = [each.name for each in task.metrics if all(each.name in scores for scores in own)]
    return SweepRow(
        network=network,
        method=one.method,
        n_pairs=one.n_pairs,
        n_sets=len(different),
        mean=_over_sets([each[task.headline.name] for each in own]),
        lead=known_interval(leads) if leads and not is_first else None,
        scores={name: _over_sets([each[name] for each in own]) for name in names},
        words=_mean([each.words for each in different]),
        p=None if is_first else paired_p(leads),
    )


def _mean(counted: Sequence[float | None]) -> float | None:
    found = [each for each in counted if each is not None]
    return sum(found) / len(found) if found else None


def _over_sets(scores: Sequence[Interval]) -> Interval:
    """Mean and interval over sets; of one set alone, over its students."""
    if len(scores) == 1:
        return list(scores[0])
    return known_interval([mean for mean, _ in scores if mean is not None])


def upper_first(text: str) -> str:
    """The text as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def per_network(n_students: int) -> str:
    """How many students there are."""
    return f"{'one student' if n_students == 1 else f'{n_students} students'} per network"


def caption(config: RunConfig, plan: SweepConfig) -> str:
    """What the numbers of the table are."""
    task, evaluation = task_of_run(config), config.evaluation.as_json()
    return (
        f"{upper_first(task.told(evaluation))}. {task.headline.label} in percent, "
        f"± half of the 95 % interval over sets (up to {plan.n_sets} of each, "
        f"{per_network(evaluation['n_seeds'])}). {STARRED}"
    )


def markdown(rows: Sequence[SweepRow], plan: SweepConfig, about: str, task: Task) -> str:
    return _markdown(_grid(rows, plan, task), about)


def latex(rows: Sequence[SweepRow], plan: SweepConfig, about: str, task: Task) -> str:
    """A tabular with the rules of the package booktabs."""
    cells = _grid(rows, plan, task)
    return _latex(cells, about, "ll" + "r" * (len(cells[0]) - 2))


_OF_ROW = ("network", "method", "n_pairs", "n_sets")


def comma_separated(rows: Sequence[SweepRow], plan: SweepConfig, about: str, task: Task) -> str:
    """Every number that there is; `_half` is half of the 95 % interval."""
    file, across = io.StringIO(), is_across_networks(rows, task)
    writer = csv.writer(file, lineterminator="\n")
    for place, row in enumerate(rows):
        measured = {"mean": row.mean, "lead": row.lead or [None, None]}
        others = task.metrics[1:]  # sets from before a metric have no value of it
        measured |= {each.label: row.scores.get(each.name, [None, None]) for each in others}
        if place == 0:
            names = [each for name in measured for each in (name, f"{name}_half")]
            more = ["words", "lead_p_holm", *([MADE_WITH] if across else [])]
            writer.writerow([*_OF_ROW, *names, *more])
        values = [_number(v) for each in measured.values() for v in each]
        about_it = [made_with(row.network, row.method, task)] if across else []
        said = [_number(row.words), _number(row.p), *about_it]
        writer.writerow([*(defused(getattr(row, name)) for name in _OF_ROW), *values, *said])
    return file.getvalue()


TABLES: dict[str, Callable[[Sequence[SweepRow], SweepConfig, str, Task], str]] = {
    "table.md": markdown,
    "table.csv": comma_separated,
    "table.tex": latex,
}
"""By the name of their file."""


def sheet(cells: Sequence[Sequence[str]], about: str) -> dict[str, str]:
    """A head and lines of texts as table.md, table.csv and table.tex."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([[*map(defused, line)] for line in cells])
    return {
        "table.md": _markdown(cells, about),
        "table.csv": file.getvalue(),
        "table.tex": _latex(cells, about, "l" * len(cells[0])),
    }


def _markdown(cells: Sequence[Sequence[str]], about: str) -> str:
    head, *lines = (f"| {' | '.join(line)} |" for line in map(_barred, cells))
    return "\n".join([about, "", head, "|---" * len(cells[0]) + "|", *lines, ""])


def _latex(cells: Sequence[Sequence[str]], about: str, columns: str) -> str:
    head, *lines = (" & ".join(map(_tex, line)) + r" \\" for line in cells)
    begin = [f"% {about} Needs \\usepackage{{booktabs}}.", f"\\begin{{tabular}}{{{columns}}}"]
    end = [r"\bottomrule", r"\end{tabular}", ""]
    return "\n".join([*begin, r"\toprule", head, r"\midrule", *lines, *end])


def _grid(rows: Sequence[SweepRow], plan: SweepConfig, task: Task) -> list[list[str]]:
    """The head and a line per network and method, with columns for each number of pairs.

    Beside each mean stands how far the first method is ahead. A method that takes all pairs has
    one score, which stands in every column. Words per caption are the mean over all sizes.
    """
    first, *others = plan.methods
    has_words = any(row.words is not None for row in rows)
    is_across = is_across_networks(rows, task)
    head = ["network", "method", *([MADE_WITH] if is_across else [])]
    head += ["words per caption"] if has_words else []
    for n_pairs in plan.n_pairs:
        head += [task.sized(n_pairs), *([f"{first} − it"] if others else [])]
    found = {(row.network, row.method, row.n_pairs): row for row in rows}
    lines = [head]
    for network, method in dict.fromkeys((row.network, row.method) for row in rows):
        whole = _whole(rows, network, method)
        cells = [network, f"{method} ({whole.n_pairs:,})" if whole else method]
        cells += [made_with(network, method, task)] if is_across else []
        if has_words:
            own = [row.words for row in rows if (row.network, row.method) == (network, method)]
            words = _mean(own)
            cells.append("" if words is None else f"{words:.1f}")
        for n_pairs in plan.n_pairs:
            row = whole or found.get((network, method, n_pairs))
            cells.append(interval(row.mean) if row else "")
            if others:
                cells.append(told_lead(row) if row else "")
        lines.append(cells)
    return lines


def told_lead(row: SweepRow) -> str:
    """The lead of the first method with its interval, starred where it is more than chance."""
    return f"{interval(row.lead)}{' *' if row.is_led else ''}" if row.lead else ""


def is_across_networks(rows: Sequence[SweepRow], task: Task) -> bool:
    """Whether some networks are others than the one that images were learned through."""
    return bool(task.learned_through and {row.network for row in rows} - {task.learned_through})


def made_with(network: str, method: str, task: Task) -> str:
    """Whether the images of a method were learned through a network; "" where none was."""
    way = read_way(method)
    if not way.method.learns:
        return ""
    through = way.changed.get("pool_network", task.learned_through)
    return "seen" if network == through else "unseen"


def _whole(rows: Sequence[SweepRow], network: str, method: str) -> SweepRow | None:
    """The one row of a method that takes all pairs, or None."""
    if method_of_way(method).make:
        return None
    return next(row for row in rows if (row.network, row.method) == (network, method))


def _barred(line: Sequence[str]) -> list[str]:
    """Cells of Markdown, in which a bar would begin another."""
    return [cell.replace("|", r"\|") for cell in line]


def _tex(cell: str) -> str:
    if _INTERVAL.fullmatch(cell.replace("-", "−")):
        value, star, _ = cell.partition(" *")
        return f"${value.replace('±', chr(92) + 'pm')}$" + ("$^*$" if star else "")
    return "".join(_TEX.get(sign, sign) for sign in cell)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
