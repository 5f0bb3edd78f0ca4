"""Measures what methods for labelled images cost, so that the first estimate of a run knows it.

    python -m tests.typical_rates CACHE

Makes and scores one set by every method, on data that come with the program, with so few steps
that a rate can be told, on a machine that does nothing else. What was not known joins the
rates in `assets/prepared`, as if it had been measured on the machine that those are of.
"""

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from explorer.data.open import open_dataset
from explorer.errors import TOLD, sentence
from explorer.methods.registry import methods_for
from explorer.progress import NOBODY
from explorer.runs.config import RunConfig
from explorer.runs.distill import distill, open_trained, score
from explorer.runs.opening import open_run
from explorer.settings import declared
from explorer.store.rates import FILE, YARDSTICK, Rates
from explorer.store.shipped import SHIPPED
from explorer.store.store import Store
from explorer.tasks.registry import task_of

DATA = ("digits", "scenes:kinds")
FEW = {"steps": 30, "experts": 1, "expert_epochs": 4}
"""Settings that only say how often something is done."""


def runs_of(data: str) -> Iterator[RunConfig]:
    """One of each method, as the page would start it but shorter."""
    task = task_of(open_dataset(data))
    evaluation = replace(task.config(), n_seeds=1, epochs=30)
    for method in methods_for(task.name):
        known = {each.name for each in declared(method.config)}
        few = {name: n for name, n in FEW.items() if name in known}
        yield RunConfig(
            data=data,
            task=task.name,
            method=method.name,
            settings=method.config(**few),
            size=task.usual_size,
            evaluation=evaluation,
        )


def measure(config: RunConfig, cache: Path) -> None:
    """Makes the set and has a student of each network trained on it."""
    with tempfile.TemporaryDirectory() as folder:
        opened = open_run(Store(cache), config, "auto", NOBODY, "distill")
        distill(opened, config, Path(folder, "set"))
        score(opened, config, open_trained(str(Path(folder, "set"))))


def joined(cache: Path) -> None:
    """Adds what the shipped rates do not know, in the seconds of their machine."""
    own, theirs = json.loads((cache / FILE).read_text()), json.loads((SHIPPED / FILE).read_text())
    faster = Rates(SHIPPED).known()[YARDSTICK] / Rates(cache).known()[YARDSTICK]
    for work, by in own.items():
        if work == "memory":
            continue
        for models, (seconds, n) in by.items():
            theirs.setdefault(work, {}).setdefault(models, [seconds * faster, n])
    (SHIPPED / FILE).write_text(json.dumps(theirs, indent=1))


def main(cache: Path) -> None:
    shutil.rmtree(cache, ignore_errors=True)
    Store(cache).rates.measure_machine()
    for data in DATA:
        for config in runs_of(data):
            start = time.monotonic()
            try:
                measure(config, cache)
            except TOLD as error:
                print(f"{data}, {config.method}: {sentence(error)}", file=sys.stderr)
            print(f"{data}, {config.method}: {time.monotonic() - start:.0f} s", flush=True)
    joined(cache)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
