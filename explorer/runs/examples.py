"""Finished runs that come with the program, for a page that has no run of its own yet."""

import json
import shutil
from pathlib import Path

from explorer.runs.directory import Outcome
from explorer.store.reading import read_object
from explorer.store.writing import write_aside

RESULT = "result.json"
EXAMPLES = Path(__file__).parents[2] / "assets" / "examples"
_ASIDE = ".examples"


def give_examples(folder: Path, examples: Path = EXAMPLES) -> None:
    """Copies them into a folder of runs that is not there yet.

    So they are runs as all others, and what somebody deletes does not come back.
    """
    if folder.exists() or not examples.is_dir():
        return
    aside = folder.with_name(_ASIDE)
    shutil.rmtree(aside, ignore_errors=True)
    shutil.copytree(examples, aside)
    for path in aside.glob(f"*/{RESULT}"):
        place = folder.absolute() / path.parent.name
        write_aside(path, json.dumps(moved(read_object(path), str(place))).encode())
    aside.rename(folder)


def moved(result: Outcome, place: str) -> Outcome:
    """A result whose set lies in another place."""
    return {**result, "out": f"{place}/{Path(result['out']).name}"} if "out" in result else result
