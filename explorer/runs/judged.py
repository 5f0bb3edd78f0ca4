"""What a referee found of sets, as rows for programs and a table for people."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from explorer.errors import BadDataError
from explorer.runs.config import RefereeConfig, RunConfig, data_name, task_of_run
from explorer.runs.tables import TABLES, sheet
from explorer.sets.card import interval
from explorer.store.writing import write_aside
from explorer.tasks.task import Interval

HEAD = (
    "set",
    "method",
    "network",
    "made with it",
    "over chance",
    "p (Holm)",
    "to all",
    "as kept",
    "as opened",
    "chance",
    "{noun}",
    "random {noun}",
    "KB",
    "words",
    "seconds",
    "MiB",
    "label-robust",
    "otherwise augmented",
    "augmentation-robust",
    "covered %",
    "rare covered %",
    "copies",
    "near test",
)
"""Of the table, with what the rows of a set are; gains with their intervals come first."""
ROWS = "referee.json"
FILES = (*TABLES, ROWS)


class Judged(NamedTuple):
    """What is found of a set by one network; `referee.json` has these fields in this order.

    Intervals are [mean, half of the 95 % interval] in percent.
    """

    set: str
    method: str
    pairs: int  # or images
    random_pairs: int  # of each random set beside it
    bytes: int
    words: float | None  # per caption; None where there are none
    seconds: float | None  # to make it; None where nobody measured, as below
    memory: int | None  # most bytes of main memory that its run held
    covered: float  # percent of the images
    covered_rare: float
    copies: int  # images nearer to one of train than 19 of 20 of these are to each other
    near_test: int  # images as near to one of test
    network: str
    seen: str  # whether the images were learned through it; "" where through none
    as_kept: Interval
    as_opened: Interval
    chance: Interval  # of random sets
    over_chance: Interval
    p: float | None  # that it differs from these by chance, after Holm's correction
    to_all: Interval | None  # that all of the data is better; None where they were not trained on
    label_robust: float | None
    augmented: Interval | None  # by students of images augmented otherwise; None for no such
    augmentation_robust: float | None


_ROWS = TypeAdapter(list[Judged])


def write_judged(out: Path, rows: Sequence[Judged], config: RunConfig, plan: RefereeConfig) -> None:
    """Writes the rows as table.md, table.csv, table.tex and JSON."""
    for name, text in sheet([head(config), *map(cells, rows)], about(config, plan)).items():
        write_aside(out / name, text.encode())
    told = json.dumps([row._asdict() for row in rows], indent=1) + "\n"
    write_aside(out / ROWS, told.encode())


def read_judged(out: Path) -> list[Judged]:
    """The rows that were written; none where there are none yet."""
    path = out / ROWS
    if not path.exists():
        return []
    try:
        return _ROWS.validate_json(path.read_bytes())
    except ValidationError as error:
        raise BadDataError(f"{path.name} is damaged.") from error


def about(config: RunConfig, plan: RefereeConfig) -> str:
    """What the numbers are, in a few sentences."""
    return (
        "Mean score in percent, ± half of the 95 % interval; students of "
        f"{data_name(config.data)}, {plan.n_random} random sets of each size. Where a set keeps a "
        "similarity, random ones have as many pairs more as that takes the place of. A gain is one "
        "where p is small after Holm's correction for all rows."
    )


def head(config: RunConfig) -> list[str]:
    noun = task_of_run(config).judging.noun
    return [each.format(noun=noun) for each in HEAD]


def cells(row: Judged) -> list[str]:
    """The texts of one line, below `head`."""
    return [
        row.set,
        row.method,
        row.network,
        row.seen or "–",
        interval(row.over_chance),
        _number(row.p, 3),
        _interval(row.to_all),
        interval(row.as_kept),
        interval(row.as_opened),
        interval(row.chance),
        f"{row.pairs:,}",
        f"{row.random_pairs:,}",
        f"{row.bytes / 1000:,.0f}",
        _number(row.words),
        _number(row.seconds),
        _number(None if row.memory is None else row.memory / 2**20, 0),
        _number(row.label_robust, 3),
        _interval(row.augmented),
        _number(row.augmentation_robust, 3),
        _number(row.covered),
        _number(row.covered_rare),
        str(row.copies),
        str(row.near_test),
    ]


def _number(value: float | None, digits: int = 1) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"


def _interval(found: Interval | None) -> str:
    return interval(found) if found else "–"
