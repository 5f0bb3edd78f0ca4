"""What the page shows of the items of test: how they fared in a run, or in two."""

from typing import NamedTuple

import numpy as np

from explorer.errors import ConfigError, MissingDataError
from explorer.explore import failures
from explorer.explore.dataset import Prepared
from explorer.explore.failures import Fared, Group
from explorer.steps.embeddings import Embedded
from explorer.tasks.items import Items, read_items
from explorer.ui import wire
from explorer.ui.named import runs_on
from explorer.ui.service import Service

MOST = 60
"""Items that are listed."""
HALF = 0.5
"""Share of students that must find an item for a run to get it right."""


class Asked(NamedTuple):
    """What somebody wants to see."""

    space: str
    network: str  # "" for the first
    by: str  # "prototype", or a column of test
    other: str  # another run, or ""
    alone: int | None = None  # the only outcome of two runs to list; see `wire.Failures`


def runs_of(service: Service, prepared: Prepared) -> list[wire.RunOnMap]:
    """The runs on these data that kept how items fared, newest first."""
    return runs_on(service, prepared, lambda run: run.items_path.is_file())


def look(service: Service, prepared: Prepared, run: str, asked: Asked) -> wire.Failures:
    """How items fared in a run, where each stands, and in groups."""
    items = _items(service, prepared, run)
    network = asked.network or next(iter(items.ranks))
    found = failures.fared(items, network, asked.space)
    beside = _beside(service, prepared, found, network, asked) if asked.other else None
    outcome = _outcome(found, beside) if beside else None
    listed = _listed(found, beside, outcome, asked.alone)
    step = failures.placing(service.store, prepared, asked.space)
    position = service.store.peek(step)
    embedded = service.store.peek(failures.embedding(prepared))
    is_placed = position is not None and embedded is not None
    answer: wire.Failures = {
        "note": failures.NOTE,
        "networks": list(items.ranks),
        "network": network,
        "k": failures.k_of(found.n_answers),
        "n_answers": found.n_answers,
        "columns": list(failures.columns_of(prepared)),
        "x": [],
        "y": [],
        "image": _images(prepared, asked.space, found).tolist(),
        "rank": found.rank.round(2).tolist(),
        "outcome": outcome.tolist() if outcome is not None else [],
        "groups": [],
        "items": [_item(prepared, asked.space, found, beside, i) for i in listed],
        "making": None if is_placed else service.background.about(step),
    }
    if position is None or embedded is None:
        return answer
    at = failures.places_of(prepared, embedded, asked.space, found.item)
    answer["x"], answer["y"] = position[at].round(4).T.tolist()
    rows = embedded.image[_image_at(embedded.image_of_caption, asked.space, at)]
    near = failures.prototypes_near(prepared, rows)
    parts = failures.groups(prepared, asked.space, asked.by, found.item, near)
    answer["groups"] = [_group(each, found, beside) for each in parts]
    return answer


def look_at(service: Service, prepared: Prepared, k: int) -> wire.FaredHere | None:
    """How the items of test fared that are most like prototype k; None without a run.

    Raises:
        IndexError: There is no such prototype.
    """
    if not 0 <= k < prepared.n_prototypes:
        raise IndexError(k)
    run = next(iter(runs_of(service, prepared)), None)
    if run is None:
        return None
    step = failures.embedding(prepared)
    items, embedded = _items(service, prepared, run["id"]), service.store.peek(step)
    network = next(iter(items.ranks))
    answer: wire.FaredHere = {
        "run": run,
        "network": network,
        "is_there": embedded is not None,
        "recall": [],
        "making": None if embedded else service.background.about(step),
    }
    if embedded is not None:
        near = failures.prototypes_near(prepared, embedded.image)
        spaces = [each for each in failures.SPACES if each == "image" or len(items.caption)]
        answer["recall"] = [
            _recall_at(prepared, embedded, near == k, space, failures.fared(items, network, space))
            for space in spaces
        ]
    return answer


def _recall_at(
    prepared: Prepared, embedded: Embedded, is_near: np.ndarray, space: str, found: Fared
) -> wire.RecallHere:
    """Of the items whose images, of all that are embedded, are near."""
    at = failures.places_of(prepared, embedded, space, found.item)
    here = np.flatnonzero((at >= 0) & is_near[_image_at(embedded.image_of_caption, space, at)])
    return {
        "space": space,
        "n": len(here),
        "n_answers": found.n_answers,
        "k": failures.k_of(found.n_answers),
        "first": round(float(found.first[here].mean()), 4) if len(here) else 0.0,
        "among": round(float(found.among[here].mean()), 4) if len(here) else 0.0,
        "first_of_all": round(float(found.first.mean()), 4) if len(found.first) else 0.0,
    }


def _items(service: Service, prepared: Prepared, run_id: str) -> Items:
    run = service.runs.open(run_id)
    if run.job().config.data != prepared.config.data:
        raise ConfigError("The run is on other data than the map.")
    items = read_items(run.items_path)
    if items is None:
        raise MissingDataError(
            "This run did not keep how the items of test fared; start it again, duplicated."
        )
    return items


def _beside(
    service: Service, prepared: Prepared, found: Fared, network: str, asked: Asked
) -> Fared:
    items = _items(service, prepared, asked.other)
    own = network if network in items.ranks else next(iter(items.ranks))
    beside = failures.fared(items, own, asked.space)
    if not np.array_equal(beside.item, found.item):
        raise ConfigError("The two runs were scored on different items.")
    return beside


def _outcome(found: Fared, beside: Fared) -> np.ndarray:
    """(n,) 0 where both runs get an item right, 1 only this, 2 only the other, 3 neither."""
    outcome: np.ndarray = 2 * (found.first < HALF) + (beside.first < HALF)
    return outcome


def _listed(
    found: Fared, beside: Fared | None, outcome: np.ndarray | None, alone: int | None
) -> list[int]:
    """The items that fared worst; of two runs those where they differ most, or of one outcome."""
    if beside is None or outcome is None:
        order = np.argsort(-found.rank, kind="stable")
    else:
        meant = np.flatnonzero(np.isin(outcome, (1, 2) if alone is None else (alone,)))
        order = meant[np.argsort(-np.abs(found.rank - beside.rank)[meant], kind="stable")]
    listed: list[int] = order[:MOST].tolist()
    return listed


def _item(
    prepared: Prepared, space: str, found: Fared, beside: Fared | None, i: int
) -> wire.FailedItem:
    split, number = failures.held_out(prepared), int(found.item[i])
    image = number if space == "image" else int(split.image_of_caption[number])
    row = number if space == "caption" else int(np.searchsorted(split.image_of_caption, number))
    return {
        "place": i,
        "image": image,
        "text": split.captions[row] if row < split.n_captions else "",
        "rank": round(float(found.rank[i]), 1),
        "other_rank": round(float(beside.rank[i]), 1) if beside else None,
    }


def _images(prepared: Prepared, space: str, found: Fared) -> np.ndarray:
    """(n,) int, numbers in test of the images of items."""
    if space == "image":
        return found.item
    of_each: np.ndarray = np.asarray(failures.held_out(prepared).image_of_caption)[found.item]
    return of_each


def _image_at(image_of_caption: np.ndarray, space: str, at: np.ndarray) -> np.ndarray:
    return at if space == "image" else np.asarray(image_of_caption)[at]


def _group(group: Group, found: Fared, beside: Fared | None) -> wire.FailureGroup:
    rows = group.rows
    return {
        "label": group.label,
        "prototype": group.prototype if group.prototype >= 0 else None,
        "n": len(rows),
        "first": round(float(found.first[rows].mean()), 4),
        "among": round(float(found.among[rows].mean()), 4),
        "other_first": round(float(beside.first[rows].mean()), 4) if beside else None,
    }
