"""What the page of a Space with ZeroGPU does, without the page: a run, or images on request.

Arguments: `run`, the fields of a bundle, a cache and a job; or `draw`, the fields, a file with the
embedding of a caption, and one for the image. It prints what came of it, last.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import numpy as np

from explorer.config import SynthesisConfig
from explorer.models import lent
from explorer.models.bundles import BUNDLES, Bundle
from explorer.models.lent import CutShort, ModelsLent
from explorer.models.loaded import Cancelled, Subject
from explorer.runs import worker
from explorer.runs.directory import OVER, Job, RunDirectory
from explorer.runs.launcher import Runs


def do_run(fields: str, cache: str, job: str) -> list[str]:
    """Its ends: refused a GPU, then in slices of a state each, one killed, one cancelled; done."""
    bundle_of(fields)
    worker._LAST_STATE = 0.0
    runs, ends = Runs(cache), []
    os.environ["SPACES_REFUSES"] = "You have exceeded your quota."
    run = runs.open(runs.start(Job.from_json(json.loads(job))))

    def wait() -> None:
        until(lambda: run.status().state in OVER)
        ends.append(f"{run.status().state}: {run.status().text}")

    wait()
    del os.environ["SPACES_REFUSES"]
    runs.resume(run.id)
    until(lambda: generates(run, n_calls=1))
    os.kill(run.status().pid, signal.SIGKILL)  # as who lends it does when the time is over
    until(lambda: generates(run, n_calls=2))
    runs.cancel(run.id)
    wait()
    runs.resume(run.id)
    wait()
    return ends


def generates(run: RunDirectory, n_calls: int) -> bool:
    """Whether a slice is at the second batch, after so many others."""
    journal, status = Path(os.environ["SPACES_JOURNAL"]), run.status()
    if not journal.exists() or len(journal.read_text().splitlines()) != n_calls:
        return False
    is_its_own = status.pid > 0 and status.time > journal.stat().st_mtime + 0.1
    return is_its_own and status.text.startswith("Generating images: 8 of 11")


def do_draw(fields: str, embedding: str, image: str) -> list[str]:
    """A drawing that is cancelled, one that is finished, and work that takes too long."""
    models, cancel, told = ModelsLent(bundle_of(fields)), Event(), []
    row = np.load(embedding)
    subject = Subject(0, row[::-1].copy(), "a red boat", row)
    try:
        models.draw(subject, SynthesisConfig(steps=1000), [7], cancel, lambda *_: cancel.set())
    except Cancelled:
        told.append("Cancelled")

    def tell(share: float, text: str) -> None:
        told[1:] = [text]

    (drawn,) = models.draw(subject, SynthesisConfig(steps=2), [7], Event(), tell)
    np.save(image, np.asarray(drawn.image))
    try:
        list(lent.lend(1, sleep))
    except CutShort as error:
        told.append(str(error))
    return told


def sleep() -> Iterator[None]:
    time.sleep(60)
    yield


def until(holds: Callable[[], bool]) -> None:
    while not holds():
        time.sleep(0.02)


def bundle_of(fields: str) -> Bundle:
    values = json.loads(fields)
    values["synthesis"] = SynthesisConfig(**values["synthesis"])
    values["backbones"] = tuple(values["backbones"])
    return BUNDLES.setdefault(values["name"], Bundle(**values))


if __name__ == "__main__":
    lent.begin()
    print(json.dumps({"run": do_run, "draw": do_draw}[sys.argv[1]](*sys.argv[2:])))
