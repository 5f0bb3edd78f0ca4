"""Every method of labelled images on the same students: accuracy beside the seconds of a set.

    python -m benchmarks.labelled_sweep digits --out my-sweeps --sizes 1 10 --sets 3

Settings are the methods' own, but fewer steps for the families that take long. Each method has a
folder of its own, so that the same command goes on after an interruption, set by set: the first of
all methods, then the second. Methods learn through a ConvNet; what a set teaches an MLP, which no
method saw, stands beside it. Seconds are those of the processor for set and students together.
"""

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from explorer.errors import ConfigError
from explorer.methods.base import Method
from explorer.methods.registry import methods_for
from explorer.progress import NOBODY
from explorer.runs.config import RunConfig, SweepConfig
from explorer.runs.opening import open_run
from explorer.runs.sweep import sweep
from explorer.sets.card import interval
from explorer.settings import declared
from explorer.store.store import Store
from explorer.tasks.classification import TASK
from explorer.tasks.classification_students import ClassificationConfig

STEPS = {"gradient": 100, "trajectory": 100}
"""Of a family whose own number takes many minutes."""
STUDENTS = ClassificationConfig(
    architectures="convnet, mlp", width=32, depth=2, augmentation="dsa-without-flip", n_seeds=2
)
SECONDS = "seconds.json"
UNSEEN = "mlp, unseen"


def settings_of(method: Method) -> Any:
    known = {each.name for each in declared(method.config)}
    return method.config(
        **{"steps": STEPS[method.family]} if "steps" in known and method.family in STEPS else {}
    )


def run(options: argparse.Namespace, method: Method, size: int, n_sets: int) -> None:
    """Makes and scores the sets that are missing, and adds up what they took."""
    folder = options.out / method.name
    path = folder / SECONDS
    took = json.loads(path.read_bytes()) if path.exists() else {}
    key = f"{size}-{n_sets}"
    if key in took:
        return
    config = RunConfig(
        data=options.data,
        task=TASK.name,
        method=method.name,
        settings=settings_of(method),
        evaluation=STUDENTS,
    )
    plan = SweepConfig(methods=(method.name,), n_pairs=(size,), n_sets=n_sets)
    start = time.process_time()
    opened = open_run(Store(options.cache), config, "cpu", NOBODY, "sweep")
    result = sweep(opened, config, plan, folder)
    means = {row["network"]: row["mean"] for row in result["rows"] if row["n_pairs"] == size}
    took[key] = {"seconds": time.process_time() - start, "accuracy": means}
    path.write_text(json.dumps(took))
    print(f"{method.name} {key} {took[key]}", flush=True)


def lines(out: Path, sizes: list[int]) -> Iterator[str]:
    yield "| method | " + " | ".join(f"{n} per class | {UNSEEN} | s a set" for n in sizes) + " |"
    yield "|---" * (1 + 3 * len(sizes)) + "|"
    for method in methods_for(TASK.name):
        path = out / method.name / SECONDS
        took = json.loads(path.read_bytes()) if path.exists() else {}
        cells = [_cells(took, size) for size in sizes]
        if any(cell.strip(" |–") for cell in cells):
            yield f"| {method.name} | {' | '.join(cells)} |"


def _cells(took: dict[str, Any], size: int) -> str:
    own = {int(key.split("-")[1]): each for key, each in took.items() if key.startswith(f"{size}-")}
    if not own:
        return "– | – | –"
    most = max(own)
    seen, unseen = (interval(own[most]["accuracy"][name]) for name in STUDENTS.students)
    seconds = sum(each["seconds"] for each in own.values()) / most
    return f"{seen} ({most}) | {unseen} | {seconds:.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("cache"))
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 10])
    parser.add_argument("--sets", type=int, default=3)
    parser.add_argument("--methods", nargs="+")
    parser.add_argument("--leave-out", nargs="+", default=[])
    parser.add_argument("--table", action="store_true", help="of what is done, without more")
    options = parser.parse_args()
    found = [each for each in methods_for(TASK.name) if each.make and not each.encodes_classes]
    chosen = [
        each
        for each in found
        if each.name not in options.leave_out and each.name in (options.methods or [each.name])
    ]
    for n_sets in range(1, 1 + options.sets * (not options.table)):
        for size in options.sizes:
            for method in chosen:
                try:
                    run(options, method, size, n_sets)
                except ConfigError as error:  # such as a class with too few images
                    print(f"{method.name}: {error}", flush=True)
    print("\n".join(lines(options.out, options.sizes)))


if __name__ == "__main__":
    main()
