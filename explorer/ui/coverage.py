"""What the page shows of coverage: by a finished set, or by the prototypes as they are."""

import numpy as np

from explorer.core.columns import IMAGE, WORDS, numbers
from explorer.errors import ConfigError, MissingDataError, UnknownNameError
from explorer.explore.coverage import Coverage, Hole, coverage, holes, note
from explorer.explore.dataset import Prepared
from explorer.runs.distill import open_trained
from explorer.store.step import Step
from explorer.types import Column, Dataset, Pairs
from explorer.ui import wire
from explorer.ui.named import runs_on
from explorer.ui.service import Service

PROTOTYPES = ""
"""Stands where a run may be named."""


def sets_of(service: Service, prepared: Prepared) -> list[wire.RunOnMap]:
    """The runs on these data whose sets are finished, newest first."""
    found = runs_on(service, prepared, lambda run: run.set_folder.is_dir())
    return [run for run in found if run["result"]]


def begin(service: Service, prepared: Prepared, run: str) -> None:
    """Has it computed behind the page."""
    service.background.begin(_step(service, prepared, run))


def look(service: Service, prepared: Prepared, run: str) -> wire.Coverage:
    """The coverage, as far as it is computed."""
    step = _step(service, prepared, run)
    found = service.store.peek(step)
    answer: wire.Coverage = {
        "note": "",
        "making": None if found else service.background.about(step),
        "is_there": found is not None,
        "of": step.key,
        "usual": 0.0,
        "covered": 0.0,
        "covered_rare": 0.0,
        "n_bare": 0,
        "holes": [],
    }
    if found is None:
        return answer
    answer["note"] = note(prepared, found.found.usual, is_of_set=run != PROTOTYPES)
    answer["usual"] = round(found.found.usual, 4)
    answer["covered"] = round(found.found.covered, 4)
    answer["covered_rare"] = round(found.found.covered_rare, 4)
    answer["n_bare"] = int((found.hole >= 0).sum())
    answer["holes"] = [_hole(prepared, each) for each in holes(prepared, found)]
    return answer


def column(service: Service, prepared: Prepared, run: str, name: str) -> Column:
    """A column of the images: "distance" to the nearest of the set, or the "hole" they lie in."""
    found = service.store.peek(_step(service, prepared, run))
    if found is None:
        raise MissingDataError("The coverage is not computed yet.")
    if name == "distance":
        return numbers(IMAGE, found.found.distance)
    if name == "hole":
        return Column(IMAGE, WORDS, found.hole.astype(np.int32), _names(found))
    raise UnknownNameError(f"Coverage has the columns distance and hole, not {name!r}.")


def _names(found: Coverage) -> list[str]:
    return [f"{number + 1} · {' · '.join(words)}" for number, words in enumerate(found.words)]


def _hole(prepared: Prepared, hole: Hole) -> wire.Hole:
    rows = prepared.captions_of(hole.middle)
    return {
        "n": len(hole.images),
        "words": hole.words,
        "distance": round(hole.distance, 4),
        "image": hole.middle,
        "caption": prepared.captions[rows[0]] if rows else "",
        "added": hole.added,
    }


def _step(service: Service, prepared: Prepared, run: str) -> Step[Coverage]:
    made = None if run == PROTOTYPES else set_of(service, prepared, run)
    return coverage(service.store, prepared, made)


def set_of(service: Service, prepared: Prepared, run_id: str) -> Pairs:
    """The images and captions of a finished set on the data of the map."""
    run = service.runs.open(run_id)
    if run.job().config.data != prepared.config.data:
        raise ConfigError("The run is on other data than the map.")
    if run.result() is None or not run.set_folder.is_dir():
        raise MissingDataError("This run has no finished set.")
    split = open_trained(str(run.set_folder)).split
    return Dataset(name="", found="", splits={"train": split}).captioned()
