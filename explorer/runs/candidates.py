"""Sets that a referee judges: folders of sets, and runs that made one."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from explorer.errors import BadDataError, ConfigError, MissingDataError
from explorer.runs.directory import RunDirectory
from explorer.store.own import is_distilled


class Candidate(NamedTuple):
    """A set, and what its run needed to make it, where there is a run."""

    name: str
    folder: Path
    seconds: float | None = None
    memory: int | None = None  # most bytes of main memory, students included


def candidates(paths: Sequence[Path]) -> list[Candidate]:
    """The sets in folders, each of a set or of a run, with names that differ.

    Raises:
        MissingDataError: There is no set.
        ConfigError: One is named twice.
    """
    found = [_candidate(path) for path in paths]
    places = [each.folder.resolve() for each in found]
    if twice := [place for place in places if places.count(place) > 1]:
        raise ConfigError(f"{twice[0]} is named twice; name each set once.")
    seen, distinct = Counter[str](), []
    for each in found:
        seen[each.name] += 1
        nth = seen[each.name]
        distinct.append(each if nth == 1 else each._replace(name=f"{each.name} ({nth})"))
    return distinct


def _candidate(path: Path) -> Candidate:
    run = RunDirectory(path)
    folder = run.set_folder if is_distilled(run.set_folder) else path
    if not is_distilled(folder):
        raise MissingDataError(f"{path} holds no distilled set; `import` opens other ones.")
    run = RunDirectory(folder.resolve().parent)
    try:
        name, result = run.called(), run.result() or {}
    except BadDataError:  # the set is of no run
        return Candidate(path.name, folder)
    timing = result.get("timing", {})
    making = [seconds for stage, seconds in timing.items() if stage != "evaluate"]
    return Candidate(name, folder, sum(making) if making else None, result.get("peak_memory"))
