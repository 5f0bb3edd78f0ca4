"""The program, except that a run is a curve that grows by one epoch every twentieth second.

It takes an epoch per pair asked for, of more than a hundred pairs minutes, and goes on where it was
stopped. A preparation of 9 prototypes takes minutes before it begins, so that it can be cancelled.
"""

import sys
import time

from explorer.__main__ import main
from explorer.runs import worker

work = worker._work


def pace(run, job, store, watcher):
    if job.kind == "prepare":
        time.sleep(300 * (job.config.size == 9))
        return work(run, job, store, watcher)
    kinds = [each.kind for each in job.config.edits]
    n = job.config.size - kinds.count("drop") + kinds.count("add")
    epochs = n if n <= 100 else 20 * n
    report, emit = watcher.report("evaluate"), watcher.emit("evaluate")
    done = sum(event["kind"] == "metric" for event in run.read_events()[0])
    for epoch in range(done, epochs):
        report(epoch / epochs, f"Training students: {epoch} of {epochs}")
        emit("metric", {"backbone": "resnet", "seed": 0, "epoch": epoch, "loss": 5 / (1 + epoch)})
        time.sleep(0.05)
    scores = {
        "mean": [1.5, 0.5],
        "image_to_text": {"1": [1.0, 0.5]},
        "text_to_image": {"1": [2.0, None]},
    }
    evaluation = {"protocol": "honest", "n_seeds": 1, "backbones": {"resnet": scores}}
    result = {"n_pairs": n, "out": str(run.set_folder), "timing": {}}
    run.write_result({**result, "evaluation": evaluation})


if __name__ == "__main__":
    worker._work = pace
    sys.exit(main())
