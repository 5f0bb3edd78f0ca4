"""A run on a GPU that is lent for seconds, by a stand-in of who lends it, ends like any other."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from explorer.config import SynthesisConfig
from explorer.errors import ConfigError
from explorer.models import lent
from explorer.models.forked import environment
from explorer.models.lent import CutShort, NotLent
from explorer.models.loaded import Models, Subject
from explorer.runs.directory import Job, RunDirectory, Status
from explorer.runs.slices import MOST_IN_VAIN, _Headway
from explorer.runs.worker import GOES_ON, WAS_CUT, RunWatcher
from tests.configs import with_settings
from tests.runs.left_alone import left_alone
from tests.runs.test_launcher import content

LENT = Path(__file__).parents[1] / "lent"


@pytest.fixture
def fields(bundle) -> str:
    return json.dumps({**bundle._asdict(), "synthesis": vars(bundle.synthesis)})


@pytest.fixture
def page(fields, tmp_path):
    """Has the program that stands for the page of a Space do something; what it says of it."""

    def does(what: str, *given: str) -> list[str]:
        paths = os.pathsep.join([str(LENT), environment()["PYTHONPATH"]])
        own = {"SPACES_ZERO_GPU": "true", "SPACES_JOURNAL": str(tmp_path / "journal")}
        own |= {"EXPLORER_GPU_SECONDS": "900"}  # a busy machine ends no slice that is not told to
        command = [sys.executable, str(LENT / "page_program.py"), what, fields, *given]
        env = {**os.environ, **own, "PYTHONPATH": paths}
        done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, timeout=400)
        return json.loads(done.stdout.splitlines()[-1])

    return does


def calls(tmp_path: Path) -> list[dict]:
    return [json.loads(line) for line in (tmp_path / "journal").read_text().splitlines()]


def test_a_run_in_slices_of_which_some_are_ended_has_the_bytes_of_one_in_a_process(
    config, fields, tmp_path, page
):
    job = Job(config=with_settings(config, synthesis={"steps": 40}), device="cpu")
    whole = left_alone(tmp_path / "whole", job)
    ends = page("run", str(tmp_path / "lent"), json.dumps(job.as_json()))
    assert ends == [
        "failed: No GPU was lent: You have exceeded your quota. Ask again later.",
        "cancelled: Cancelled; it can go on.",
        "done: Done",
    ]
    (folder,) = (tmp_path / "lent" / "runs").glob("*/set")
    run = RunDirectory(folder.parent)
    assert content(run) == content(whole)
    results = [{**each.result(), "timing": 0, "out": 0, "peak_memory": 0} for each in (run, whole)]
    assert results[0] == results[1]

    first, killed, *_, last = calls(tmp_path)
    assert [first["ended"], killed["ended"], last["ended"]] == ["end", "gone", "end"]
    assert first["seconds"] == 900  # nothing was measured yet
    made = (run.set_folder / "train" / "000000.png").stat().st_mtime
    assert made < first["time"]  # no later slice made it again
    said = [event.get("text") for event in run.read_events()[0]]
    assert "What had the GPU was ended: GPU task aborted." in said


def test_an_image_drawn_on_a_lent_gpu_is_what_would_be_drawn_here(bundle, tmp_path, page):
    here = Models(bundle, "cpu")
    (row,) = here.embed_captions(["a red boat"])
    np.save(tmp_path / "row.npy", row)
    assert page("draw", str(tmp_path / "row.npy"), str(tmp_path / "image.npy")) == [
        "Cancelled",
        "Drawing: step 2 of 2",
        "What had the GPU was ended: GPU task aborted.",
    ]
    subject = Subject(0, row[::-1].copy(), "a red boat", row)
    (drawn,) = here.draw(subject, SynthesisConfig(steps=2), [7])
    assert np.array_equal(np.load(tmp_path / "image.npy"), np.asarray(drawn.image))
    assert [each["ended"] for each in calls(tmp_path)] == ["closed", "end", "gone"]


def test_slices_that_get_nowhere_end_a_run_and_those_that_do_never(tmp_path, config):
    run = RunDirectory(tmp_path / "run")
    run.create(Job(config=config))
    headway = _Headway()

    def after(code: int, share: float, error=None) -> None:
        status = Status("running", stage="experts", share=share)
        run.write_status(status)
        headway.require(run, code, error, RunWatcher(run, status))

    for share in np.linspace(0.1, 0.5, 3 * MOST_IN_VAIN):
        after(WAS_CUT, share)
    for _ in range(3 * MOST_IN_VAIN):
        after(GOES_ON, 0.5)
    for _ in range(MOST_IN_VAIN - 1):
        after(WAS_CUT, 0.5, CutShort("It was ended."))
    with pytest.raises(ConfigError, match="came no further"):
        after(WAS_CUT, 0.505)
    with pytest.raises(NotLent):
        after(WAS_CUT, 0.9, NotLent("There is none."))
    run.ask_to_end()
    with pytest.raises(KeyboardInterrupt):
        after(GOES_ON, 0.95)


@pytest.mark.parametrize(("expected", "asked"), [(None, 60), (0.0, 20), (10.2, 36), (1000.0, 60)])
def test_the_seconds_to_ask_for_follow_the_estimate(expected, asked):
    assert lent.seconds_to_ask(expected) == asked


def test_a_gpu_is_lent_only_where_the_package_is_and_the_space_says_so(monkeypatch):
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    assert not lent.is_lent()
    monkeypatch.syspath_prepend(LENT)
    assert lent.is_lent()
    monkeypatch.setenv("SPACES_ZERO_GPU", "")
    assert not lent.is_lent()
