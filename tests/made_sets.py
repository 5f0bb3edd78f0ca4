"""Distilled sets and finished runs that were made by hand, without any model."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from explorer.runs.config import RefereeConfig, RunConfig
from explorer.runs.directory import Job, RunDirectory, Status
from explorer.runs.judged import Judged, write_judged
from explorer.runs.launcher import Runs
from explorer.runs.referee import judging
from explorer.sets.folder import DistilledSet, Row
from tests.configs import about_set

DONE = Status("done", "evaluate", 1.0, "Done")


def make_set(
    target: DistilledSet, config: RunConfig, angles: Sequence[float], words: str = "pair"
) -> DistilledSet:
    """A set whose prototype k points, in the plane, to an angle; both modalities agree."""
    target.begin(about_set(config))
    rows = [
        Row(f"{k:06d}.png", f"{words} {k} at {angle}", k, 1, k, 0.5)
        for k, angle in enumerate(angles)
    ]
    target.add([], rows, [Image.new("RGB", (8, 8), (20 * k, 90, 160)) for k in range(len(rows))])
    prototypes = np.array([[np.cos(a), np.sin(a)] for a in angles], dtype=np.float32)
    target.write_prototypes(prototypes, prototypes)
    return target


def forget_digests(folder: Path) -> None:
    """Makes a set one whose files may be changed, as its own message tells."""
    path = folder / "config.json"
    settings = json.loads(path.read_text())
    del settings["digests"]
    path.write_text(json.dumps(settings))


def make_run(
    runs: Runs, run_id: str, config: RunConfig, mean: float, angles: Sequence[float] = (0.0, 1.0)
) -> RunDirectory:
    """A run that is done: its set has one pair per angle, its only network scored `mean`."""
    run = RunDirectory(runs.folder / run_id)
    run.create(Job(config=config))
    make_set(DistilledSet(run.set_folder), config, angles, words=config.method)
    scores = {
        "mean": [mean, 0.5],
        "image_to_text": {k: [mean, 0.5] for k in ("1", "5", "10")},
        "text_to_image": {k: [mean, None] for k in ("1", "5", "10")},
    }
    evaluation = {
        "protocol": config.evaluation.protocol,
        "text": config.evaluation.text,
        "n_seeds": 5,
        "backbones": {"resnet_50": scores},
    }
    result = {"n_pairs": len(angles), "out": str(run.set_folder), "evaluation": evaluation}
    cost = {"timing": {"embed": 1.0, "evaluate": 61.0}, "peak_memory": 850_000_000}
    run.write_result({**result, **cost})
    run.write_status(DONE)
    return run


def make_judgement(runs: Runs, run_id: str, config: RunConfig, plan: RefereeConfig) -> RunDirectory:
    """Two sets, before a referee that is done and found one of them better than chance."""
    run, students = RunDirectory(runs.folder / run_id), judging(config)
    run.create(Job(kind="referee", config=students, referee=plan))
    run.write_status(DONE)
    run.referee_folder.mkdir()
    first = Judged(
        *("a set", "pds", 2, 2, 1000, 8.5, 1.0, 2**20, 50.0, 40.0, 1, 0, "vit", "", [40.0, 1.0]),
        *([39.0, None], [30.0, 2.0], [10.0, 2.5], 0.012, None, None, None, None),
    )
    second = first._replace(set="another", over_chance=[1.0, 2.0], p=0.4)
    write_judged(run.referee_folder, [first, second], students, plan)
    return run
