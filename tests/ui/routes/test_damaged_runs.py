"""Whatever becomes of the files of one run, the others stand in every list as before."""

import json
import shutil
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from gradio.routes import App

from explorer.runs.config import RunConfig
from explorer.ui import page as layout
from explorer.ui.routes import serve
from explorer.ui.service import Service
from tests.made_sets import make_run

SOUND, HURT = "20261120-101112-345-aaaa", "20261120-101112-345-bbbb"
FILES = (
    "config.json", "status.json", "result.json", "events.jsonl", "label.json", "log.txt",
    "set/config.json", "set/train/metadata.jsonl", "set/embeddings.safetensors",
    "sweep/scores.json",
)  # fmt: skip
DAMAGES = {
    "cut": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "other bytes": lambda content: b"\xff\xfe" + content,
    "a list": lambda content: b"[1, 2]",
    "null": lambda content: b"null",
    "nested": lambda content: b"[" * 100_000,
    "half an emoji": lambda content: b'{"text": "\\ud83d", "name": "\\ud83d", "note": ""}',
    "other kinds": lambda content: json.dumps(
        {
            "kind": 3,
            "config": [],
            "state": 1,
            "cost": 2,
            "n_pairs": "x",
            "evaluation": [1],
            "sets": 5,
        }
    ).encode(),
    "deeper kinds": lambda content: content.replace(b"0.5", b'"x"').replace(b"41.5", b"[]"),
    "a folder": None,
}
LISTS = ("/runs", "/queue", "/comparison", "/comparison/published")


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """A cache with two runs that are done."""
    cache = tmp_path_factory.mktemp("runs") / "cache"
    service = Service(cache)
    for run_id in (SOUND, HURT):
        run = make_run(service.runs, run_id, RunConfig(size=2), 41.5)
        (run.folder / "events.jsonl").write_text('{"kind": "log", "text": "a"}\n')
        (run.folder / "label.json").write_text('{"name": "mine", "note": ""}')
        (run.folder / "log.txt").write_text("a line\n")
        run.sweep_folder.mkdir()
        (run.sweep_folder / "scores.json").write_text('{"scores": []}')
    return cache


@pytest.fixture(scope="module")
def served(whole) -> tuple[TestClient, Service]:
    service = Service(whole)
    app = App.create_app(layout.build(service), app_kwargs=serve.app_kwargs(service))
    return TestClient(app), service


def hurt(path: Path, damage: str) -> None:
    if damage == "a folder":
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes(DAMAGES[damage](path.read_bytes()))


@pytest.mark.parametrize("file", FILES)
def test_damage_costs_its_own_row(served, tmp_path, file):
    client, service = served
    folder = service.runs.folder / HURT
    sound = shutil.copytree(folder, tmp_path / "sound")
    for damage in DAMAGES:
        shutil.rmtree(folder)
        shutil.copytree(sound, folder)
        hurt(folder / file, damage)
        answers = {path: client.get(serve.PREFIX + path) for path in LISTS}
        assert {each.status_code for each in answers.values()} == {200}, (file, damage)
        rows = {row["id"]: row for row in answers["/runs"].json()}
        assert rows[SOUND]["state"] == "done", (file, damage)
        assert len(rows[SOUND]["scores"]) == 1
        (line,) = answers["/comparison"].json()
        assert line["points"][0]["mean"] == 41.5
        for path in (
            f"/runs/{HURT}", f"/runs/{HURT}/sweep", f"/runs/{HURT}/set.zip",
            f"/runs/{HURT}/images/000000.png", f"/comparison/settings?run={SOUND}&run={HURT}",
            f"/comparison/sets?first={SOUND}&second={HURT}",
        ):  # fmt: skip
            answer = client.get(serve.PREFIX + path)
            assert answer.status_code < 500, (file, damage, path, answer.text)
    shutil.rmtree(folder)
    shutil.copytree(sound, folder)


def test_a_run_whose_result_is_damaged_can_go_on(whole, tmp_path):
    service = Service(shutil.copytree(whole, tmp_path / "cache"), program=["true"])
    hurt(service.runs.folder / HURT / "result.json", "cut")
    (row,) = [run for run in service.runs.list_runs() if run.id == HURT]
    assert (row.status.state, row.result) == ("failed", None)
    assert "Resume the run" in row.status.text
    service.runs.resume(HURT)
