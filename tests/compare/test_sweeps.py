import json

from explorer.compare.sweeps import Sweep, read_swept
from explorer.runs.config import SweepConfig
from explorer.runs.directory import Job, RunDirectory


def test_the_table_and_the_lines_hold_what_was_scored_so_far(tmp_path):
    run = RunDirectory(tmp_path / "run")
    run.create(Job(kind="sweep", sweep=SweepConfig(methods=("pds", "random"), n_pairs=(20,))))
    assert read_swept(run) == Sweep([], [], [], [], [])
    recalls = {"text_to_image": {"1": [2.0, None]}, "image_to_text": {"1": [4.0, None]}}
    scores = [
        {
            "method": method,
            "n_pairs": 20,
            "number": number,
            "mean": {"vit": mean},
            "backbones": {"vit": {"mean": [mean, None], **recalls}},
        }
        for method, number, mean in [("pds", 0, 6.0), ("random", 0, 3.0), ("pds", 1, 8.0)]
    ]
    run.sweep_folder.mkdir()
    (run.sweep_folder / "scores.json").write_text(json.dumps({"config": {}, "scores": scores}))
    found = read_swept(run)
    (pds, random), (line, other) = found.rows, found.lines
    assert found.effects == found.combinations == []
    assert (pds.method, pds.n_sets, pds.mean[0]) == ("pds", 2, 7.0)
    assert (random.method, random.n_sets, random.mean, random.lead) == (
        "random",
        1,
        [3.0, None],
        [3.0, None],
    )
    assert (line.label, line.points[0].mean, line.points[0].n_sets) == ("pds", 7.0, 2)
    assert (other.label, other.points[0].half) == ("random", None)
