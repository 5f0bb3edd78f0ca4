from io import BytesIO
from zipfile import ZipFile

import pytest
from fastapi.testclient import TestClient
from gradio.routes import App
from PIL import Image

from explorer.errors import ConfigError
from explorer.runs.config import RunConfig, SweepConfig
from explorer.runs.directory import Job, RunDirectory, Status
from explorer.runs.launcher import Runs
from explorer.sets.folder import DistilledSet
from explorer.ui import page as layout
from explorer.ui.access import Access, limited
from explorer.ui.routes import serve as routes
from explorer.ui.service import Service
from tests.made_sets import make_run
from tests.ui.learning import ROWS, LearningRun

RUNS = "/gradio_api/explorer/runs"


@pytest.fixture
def learning(tmp_path) -> LearningRun:
    return LearningRun(Service(tmp_path).runs)


@pytest.fixture
def client(tmp_path) -> TestClient:
    service = Service(tmp_path)
    page = layout.build(service)
    return TestClient(App.create_app(page, app_kwargs=routes.app_kwargs(service)))


def shade(answer) -> int:
    assert answer.status_code == 200
    return Image.open(BytesIO(answer.content)).getpixel((0, 0))[0]


def test_kept_checkpoints_are_listed_and_their_images_stay(client, learning):
    at = f"{RUNS}/{learning.run.id}"
    for step in (0, 20):
        learning.step(step, accuracy=50.0)
    told = client.get(at).json()
    assert told["checkpoints"] == [{"step": 0, "name": "000000"}, {"step": 20, "name": "000020"}]
    assert told["about"]["learns"]
    steps = [event["step"] for event in told["events"] if event.get("split") == "val"]
    assert steps == [0, 20]
    file = ROWS[1].file_name
    early = client.get(f"{at}/checkpoints/000000/{file}")
    assert shade(early) == 0
    assert "immutable" in early.headers["cache-control"]
    now = client.get(f"{at}/images/{file}?step=20")
    assert shade(now) == 20
    assert "immutable" not in now.headers["cache-control"]
    learning.end()


def test_a_checkpoint_that_is_still_written_is_not_listed(client, learning):
    learning.step(0)
    half = DistilledSet(learning.run.checkpoints_folder / "000020")
    half.images.mkdir(parents=True)
    (learning.run.checkpoints_folder / "other").mkdir()
    told = client.get(f"{RUNS}/{learning.run.id}").json()
    assert [each["step"] for each in told["checkpoints"]] == [0]
    learning.end()


@pytest.mark.parametrize(
    "path",
    ["000020/cat/000000.png", "..%2Fset/cat/000000.png", "000000/..%2F..%2Fstatus.json", "x/y"],
)
def test_what_is_no_image_of_a_checkpoint_is_not_served(client, learning, path):
    learning.step(0)
    assert client.get(f"{RUNS}/{learning.run.id}/checkpoints/{path}").status_code == 404
    learning.end()


@pytest.mark.parametrize("everything", [True, False])
def test_visitors_are_not_told_where_data_lie(tmp_path, everything):
    access = Access() if everything else limited("scenes", [], hub=False)
    service = Service(tmp_path, access=access)
    run = RunDirectory(service.runs.folder / "20261120-101112-345-abcd")
    run.create(Job(config=RunConfig(data="/home/ada/boats")))
    run.log_path.write_text("12:00:00 embed: Opening /home/ada/boats\n")
    app = App.create_app(layout.build(service), app_kwargs=routes.app_kwargs(service))
    client = TestClient(app)
    for path in (RUNS, f"{RUNS}/{run.id}", "/gradio_api/explorer/queue"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert ("/home/ada" in answer.text) == (everything and "queue" not in path)
    assert client.get(RUNS).json()[0]["config"]["data"].endswith("/boats")
    recipe = client.get(f"{RUNS}/{run.id}/recipe.yaml")
    assert f"data: {'/home/ada' if everything else '...'}/boats\n" in recipe.text
    assert "attachment" in recipe.headers["content-disposition"]


def test_a_report_comes_in_one_file_or_a_sentence_says_why_not(client, tmp_path):
    runs, run_id = Runs(tmp_path), "20261120-101112-345-abcd"
    begun = RunDirectory(runs.folder / run_id)
    begun.create(Job())
    refused = client.get(f"{RUNS}/{run_id}/report.zip")
    assert refused.status_code == 422
    assert "there is nothing to report yet" in refused.json()["detail"]
    made = make_run(runs, run_id.replace("345", "346"), RunConfig(size=2), 61.5)
    answer = client.get(f"{RUNS}/{made.id}/report.zip")
    names = ZipFile(BytesIO(answer.content)).namelist()
    assert {"index.html", "recipe.yaml", "set/train/000001.png"} <= set(names)


def test_what_would_end_a_run_or_a_sweep_is_told_below_the_form_and_refused_at_start(
    service, config
):
    """A student of this method takes 20 pairs in a step, and the set has 12."""
    own = config.with_method("lors")
    plan = SweepConfig(methods=("random", "lors"), n_pairs=(4, 30), n_sets=1)
    asked = {"set has 12": (own,), "set has 4": (config, plan)}
    for told, run in asked.items():
        for ask in (service.start, service.estimate):
            with pytest.raises(ConfigError, match=f"{told}: lower student_batch"):
                ask(*run)
    assert not service.runs.list_runs()


def test_what_a_run_ended_with_is_told_by_the_words_of_the_page(client, tmp_path):
    run = RunDirectory(Service(tmp_path).runs.folder / "20261120-101112-345-abcd")
    run.create(Job(config=RunConfig()))
    run.write_status(Status("failed", text="Lower drop_fraction, or use more data."))
    told = "Lower “Share left out”, or use more data."
    assert client.get(f"{RUNS}/{run.id}").json()["status"]["text"] == told
    (row,) = client.get(RUNS).json()
    assert (row["state"], row["ended"]) == ("failed", told)


def test_the_queue_tells_what_each_stage_of_a_run_was_expected_to_take(client, tmp_path):
    run = RunDirectory(Service(tmp_path).runs.folder / "20261120-101112-345-abcd")
    run.create(Job(config=RunConfig()))
    run.write_status(Status("running", stage="evaluate"))
    held = run.lock()
    run.write_expected({"embed": 2.5, "evaluate": 30.0})
    (row,) = client.get("/gradio_api/explorer/queue").json()
    held.close()
    assert row["expected"] == {"embed": 2.5, "evaluate": 30.0}
    assert {*row["expected"]} <= {stage["name"] for stage in row["about"]["stages"]}
