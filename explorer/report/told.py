"""What a report tells of a run: facts, scores, curves, samples, and how to make it again."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from explorer.compare.lines import Line
from explorer.compare.sweeps import Sweep, read_swept
from explorer.errors import ConfigError
from explorer.methods.ways import read_way
from explorer.report.figure import Drawn, Point, line_figure
from explorer.runs.about import STAGES
from explorer.runs.config import bundle_of, method_of, seeds_of, task_of_run
from explorer.runs.directory import Event, Job, RunDirectory
from explorer.runs.launcher import RunInfo
from explorer.runs.outcome import scores_of
from explorer.runs.recipe import recipe_of
from explorer.runs.tables import STARRED, per_network, told_lead, upper_first
from explorer.sets.card import interval
from explorer.sets.folder import DistilledSet, Row
from explorer.sets.others import without_folders
from explorer.tasks.task import Task

COLOURS = 8
"""How many the style sheet has."""


class Table(NamedTuple):
    head: list[str]
    rows: list[list[str]]
    caption: str


class Figure(NamedTuple):
    title: str
    svg: str
    legend: list[tuple[int, str]]  # colour and label


class Told(NamedTuple):
    """Everything that stands in a report but its map."""

    title: str
    made: str  # the day
    facts: list[tuple[str, str]]
    table: Table | None
    figures: list[Figure]
    samples: list[Row]
    unit: str
    recipe: str  # "" of a sweep, which one file does not describe yet


def tell(run: RunDirectory, info: RunInfo) -> Told:
    """What a report says of a run that is done, or of what a sweep has scored so far.

    It names no folders of this machine.
    """
    job = info.job
    if job.kind == "prepare":
        raise ConfigError(f"Run {run.id} only prepared data; a report is made of a set or a sweep.")
    swept = read_swept(run) if job.kind == "sweep" else None
    if info.result is None and not (swept and swept.rows):
        raise ConfigError(f"Run {run.id} is {info.status.state}; there is nothing to report yet.")
    result = info.result or {}
    made = datetime.datetime.fromtimestamp(info.status.time, datetime.UTC)
    task = task_of_run(job.config)
    return Told(
        title=info.label.name or _title(job),
        made=f"{made:%-d %B %Y}",
        facts=[*_facts(job, result), *_costs(result)],
        table=_swept(swept, job, task) if swept else _scores(job, result, task),
        figures=[*(_sweep_figures(swept, task) if swept else _curves(run, task))],
        samples=[] if swept else DistilledSet(run.set_folder).rows(),
        unit=task.unit,
        recipe="" if swept else without_folders(recipe_of(job.config)),
    )


def _title(job: Job) -> str:
    return str(without_folders(upper_first(job.title)))


def _facts(job: Job, result: Mapping[str, Any]) -> list[tuple[str, str]]:
    config, task = job.config, task_of_run(job.config)
    names = job.sweep.methods if job.kind == "sweep" else [config.method]
    methods = list({way.method.name: way.method for way in map(read_way, names)}.values())
    facts = [("Data", str(without_folders(result.get("found") or config.data)))]
    facts += [("Task", task.label)]
    facts += [
        ("Method", f"{each.label}. {each.about}" + (f" {each.paper}." if each.paper else ""))
        for each in methods
    ]
    if task.embeds:
        facts.append(("Models", bundle_of(config).label))
    if job.kind == "sweep":
        sizes = ", ".join(f"{size:,}" for size in job.sweep.n_pairs)
        facts.append(("Sizes", f"{sizes} {task.unit}; {job.sweep.n_sets} sets of each"))
    elif method_of(config).make is not None:
        facts.append(("Size", task.sized(config.size)))
        if seeds := seeds_of(config.settings):
            facts.append(("Seeds", ", ".join(map(str, dict.fromkeys(seeds)))))
    if config.edits:
        facts.append(("Edited by hand", "; ".join(map(str, config.edits))))
    if config.subset:
        facts.append(("Chosen by hand", f"only the rows of subset {config.subset[:8]}"))
    return facts


def _costs(result: Mapping[str, Any]) -> list[tuple[str, str]]:
    spent = [
        f"{STAGES.get(stage, stage).lower()} {seconds:,.0f} s"
        for stage, seconds in result.get("timing", {}).items()
    ]
    facts = [("Time", ", ".join(spent))] if spent else []
    if peak := result.get("peak_memory"):
        facts.append(("Memory", f"at most {peak / 2**20:,.0f} MiB"))
    return facts


def _scores(job: Job, result: Mapping[str, Any], task: Task) -> Table | None:
    scores = scores_of(job, result)
    if not scores:
        return None
    measures = [each for each in task.metrics if any(each.name in own for own in scores.values())]
    rows = [
        [network, *(interval(own[m.name]) if m.name in own else "" for m in measures)]
        for network, own in scores.items()
    ]
    sentence = task.protocols[task.protocol(job.config.evaluation)]
    students = per_network(result["evaluation"].get("n_seeds", 1))
    caption = f"{sentence} In percent, ± half of the 95 % interval over {students}."
    return Table(["Network", *(each.label for each in measures)], rows, caption)


def _swept(swept: Sweep, job: Job, task: Task) -> Table:
    rows = [
        [
            row.network,
            row.method,
            f"{row.n_pairs:,}",
            interval(row.mean),
            told_lead(row),
            str(row.n_sets),
        ]
        for row in swept.rows
    ]
    first = job.sweep.methods[0]
    head = ["Network", "Method", task.unit.capitalize(), task.headline.label]
    sentence = task.protocols[task.protocol(job.config.evaluation)]
    caption = (
        f"{sentence} In percent, ± half of the 95 % interval over sets, paired by seed. {STARRED}"
    )
    return Table([*head, f"{first} − it", "Sets"], rows, caption)


def _sweep_figures(swept: Sweep, task: Task) -> Iterable[Figure]:
    by_what: dict[str, list[Line]] = defaultdict(list)
    for line in swept.lines:
        by_what[line.on].append(line)
    labels = list(dict.fromkeys(line.label for lines in by_what.values() for line in lines))
    for on, lines in by_what.items():
        drawn = [
            Drawn(
                line.label,
                labels.index(line.label) % COLOURS,
                [Point(each.n_pairs, each.mean, each.half) for each in line.points],
            )
            for line in lines
        ]
        yield _figure(f"{task.headline.label}, {on}", drawn, task.unit, task.headline.label)


def _curves(run: RunDirectory, task: Task) -> Iterable[Figure]:
    """Loss and headline metric, by the steps of the set and by the epochs of its students."""
    name, label = task.headline.name, task.headline.label
    told = {"loss": "loss", name: f"{label.lower()} on the way"}
    found: dict[tuple[str, str], dict[tuple[str, str], list[Point]]] = {}
    for event in _events(run):
        if event.get("kind") != "metric":
            continue
        across = "step" if "step" in event else "epoch"
        line = (str(event.get("backbone", "")), str(event.get("seed", "")))
        for what in told:
            value, at = event.get(what), event.get(across)
            if isinstance(value, int | float) and isinstance(at, int):
                points = found.setdefault((across, what), {}).setdefault(line, [])
                points.append(Point(at, value))
    for (across, what), lines in found.items():
        whose = "The set" if across == "step" else "Students"
        networks = list(dict.fromkeys(network for network, _ in lines))
        drawn = [
            Drawn(f"{network} {seed}", networks.index(network) % COLOURS, points)
            for (network, seed), points in lines.items()
        ]
        figure = _figure(f"{whose}: {told[what]}", drawn, across, told[what], what == "loss")
        named = [(i % COLOURS, network) for i, network in enumerate(networks) if network]
        yield figure._replace(legend=named)


def _figure(title: str, drawn: list[Drawn], across: str, up: str, is_steep: bool = False) -> Figure:
    legend = [(line.colour, line.label) for line in drawn]
    return Figure(title, line_figure(drawn, across, up, is_steep), legend)


def _events(run: RunDirectory) -> Iterator[Event]:
    offset = 0
    while True:
        events, after = run.read_events(offset)
        yield from events
        if after == offset:
            return
        offset = after
