import io
import json
import re
import shutil
import zipfile
from base64 import b64encode
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from fastapi.testclient import TestClient
from gradio.routes import App

from explorer.explore.inspector import make_card
from explorer.explore.points import VALUES, values
from explorer.runs.config import RunConfig
from explorer.runs.directory import ALIVE, Job, RunDirectory, Status
from explorer.ui import page as layout
from explorer.ui.routes import serve as routes
from explorer.ui.routes.serve import PREFIX, app_kwargs
from explorer.ui.service import Service
from tests.ui.conftest import WAITING


def test_health_answers_ok(client):
    assert client.get(f"{PREFIX}/health").json() == {"status": "ok"}


def test_every_route_asks_for_the_login_of_the_page(service):
    page = layout.build(service)
    page.auth = [("ada", "secret")]
    client = TestClient(App.create_app(page, app_kwargs=routes.app_kwargs(service)))
    paths = [route.path for route in routes.make_routes(service)]
    assert len(paths) >= 12
    concrete = [re.sub(r"{(\w+)}", r"\1", re.sub(r"{\w+:int}", "0", path)) for path in paths]
    methods = [next(iter(route.methods)) for route in routes.make_routes(service)]
    asked = zip(methods, concrete, strict=True)
    assert {client.request(*each).status_code for each in asked} == {401}
    client.post("/login", data={"username": "ada", "password": "secret"})
    assert client.get(f"{PREFIX}/health").json() == {"status": "ok"}


def test_the_preparation_of_a_prepared_setting_has_a_key_and_both_spaces(client, asked):
    answer = client.get(f"{PREFIX}/preparation", params=asked).json()
    assert answer["key"]
    assert answer["spaces"] == ["image", "caption"]
    assert answer["name"] == "scenes-in-a-folder"
    assert "knows only Scenes" in answer["advice"]


def test_why_a_preparation_stopped_is_told_by_the_labels_of_fields(
    client, asked, service, monkeypatch
):
    stopped = SimpleNamespace(status=Status("failed", text="Lower drop_fraction."))
    monkeypatch.setattr(service, "_preparations", lambda config: [stopped])
    answer = client.get(f"{PREFIX}/preparation", params={**asked, "n_prototypes": 7}).json()
    assert answer["status"]["text"] == "Lower “Share left out”."


def test_the_preparation_of_another_setting_has_none(client, asked):
    answer = client.get(f"{PREFIX}/preparation", params={**asked, "n_prototypes": 7}).json()
    assert (answer["key"], answer["spaces"], answer["status"]) == (None, [], None)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"data": "/no/such/folder"}, "There is no folder"),
        ({"bundle": "huge"}, "No bundle 'huge'. Choose one of"),
        ({"n_prototypes": 0}, "Prototypes must be at least 1"),
    ],
)
def test_a_wrong_setting_is_explained_in_a_sentence(client, asked, change, sentence):
    answer = client.get(f"{PREFIX}/preparation", params={**asked, **change})
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]


def test_maps_that_a_preparation_leaves_out_are_laid_out_on_request(world, asked):
    service = Service(world[0], program=[str(WAITING)])
    client = TestClient(App.create_app(layout.build(service), app_kwargs=app_kwargs(service)))
    preparation = partial(client.get, f"{PREFIX}/preparation", params=asked)
    assert preparation().json()["status"] is None
    client.post(f"{PREFIX}/prepared/{preparation().json()['key']}/spaces").raise_for_status()
    (run,) = service.runs.list_runs("prepare")
    try:
        assert run.job.spaces == ("image", "caption", "both")
        assert preparation().json()["status"]["state"] in ALIVE
    finally:
        service.runs.cancel(run.id)
        service.runs.delete(run.id)


def test_points_come_back_as_they_were_packed(client, base, service):
    prepared = service.prepared(base.rpartition("/")[2])
    content = client.get(f"{base}/points/caption.bin").content
    n, k = np.frombuffer(content, "<u4", 2)
    x, y = np.frombuffer(content, "<f4", 2 * n, 8).reshape(2, n)
    prototype = np.frombuffer(content, "<i4", n, 8 + 8 * n)
    assert (n, k, len(content)) == (200, prepared.n_prototypes, 8 + 12 * 200)
    assert np.array_equal(np.stack([x, y], axis=1), prepared.layout("caption"))
    assert prototype.tolist() == prepared.prototype_of_caption.tolist()
    assert (prototype == -1).sum() == 3  # the dropped rows


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("space", ["image", "caption"])
def test_values_come_as_one_number_per_point(client, base, service, space, name):
    prepared = service.prepared(base.rpartition("/")[2])
    found = np.frombuffer(client.get(f"{base}/values/{space}/{name}.bin").content, "<f4")
    assert np.array_equal(found, values(prepared, space, name), equal_nan=True)


def test_about_counts_what_the_clusters_hold(client, base, service):
    about = client.get(base).json()
    prepared = service.prepared(about["key"])
    rows = about["prototypes"]
    assert [row["label"] for row in rows] == prepared.labels
    assert sum(row["n_rows"] for row in rows) == 197
    assert [row["n_rows"] for row in rows] == [
        make_card(prepared, k, 1, 1).n_image_rows for k in range(len(rows))
    ]
    assert rows[-1]["n_shared"] == 0


def test_a_point_of_the_image_space_has_all_captions_of_the_image(client, base, service):
    prepared = service.prepared(base.rpartition("/")[2])
    row = client.get(f"{base}/points/image/7").json()
    assert row["is_kept"] is True
    assert row["captions"] == prepared.captions[35:40]
    assert row["row"] == 35
    assert row["similarity"] == pytest.approx(prepared.similarity[35:40], abs=1e-4)
    assert row["prototype"] == prepared.prototype_of_image[7]


def test_a_point_of_the_caption_space_has_its_caption_and_its_image(client, base, service):
    prepared = service.prepared(base.rpartition("/")[2])
    row = client.get(f"{base}/points/caption/38").json()
    assert (row["captions"], row["image"], row["row"]) == ([prepared.captions[38]], 7, 38)
    assert client.get(f"{base}/points/caption/0").json()["prototype"] is None


def test_images_are_served_as_they_are_kept(client, base, service):
    prepared = service.prepared(base.rpartition("/")[2])
    answer = client.get(f"{base}/images/7.webp")
    assert answer.headers["content-type"] == "image/webp"
    assert answer.content == prepared.thumbnail(7)
    assert client.get(f"{base}/points/caption/38.webp").content == answer.content


def test_the_card_of_a_prototype_marks_one_caption_as_chosen(client, base, service):
    prepared = service.prepared(base.rpartition("/")[2])
    for k in range(prepared.n_prototypes):
        card = client.get(f"{base}/prototypes/{k}").json()
        (chosen,) = [each["text"] for each in card["nearest_captions"] if each["is_chosen"]]
        assert chosen == prepared.captions[int(prepared.chosen_caption[k])]
        similarities = [each["similarity"] for each in card["nearest_images"]]
        assert similarities == sorted(similarities, reverse=True)


def test_a_card_and_a_point_hold_their_small_images_and_say_where_one_cannot_be_read(
    client, base, service, monkeypatch
):
    prepared = service.prepared(base.rpartition("/")[2])

    def held(i):
        return "data:image/webp;base64," + b64encode(prepared.thumbnail(i)).decode()

    card = client.get(f"{base}/prototypes/0").json()
    for each in card["nearest_images"]:
        assert each["thumbnail"] == held(each["image"])
    assert client.get(f"{base}/points/caption/38").json()["thumbnail"] == held(7)

    lost = card["nearest_images"][1]["image"]
    read = type(prepared).thumbnail

    def gone(self, i):
        if i == lost:
            raise FileNotFoundError(i)
        return read(self, i)

    monkeypatch.setattr(type(prepared), "thumbnail", gone)
    found = client.get(f"{base}/prototypes/0").json()["nearest_images"]
    assert [each["thumbnail"] is None for each in found] == [i == 1 for i in range(len(found))]


@pytest.mark.parametrize(
    "path",
    [
        "/points/image/40",
        "/points/caption/200.webp",
        "/images/40.webp",
        "/prototypes/99",
        "/points/sound.bin",
        "/values/image/age.bin",
        "/values/sound/kept.bin",
        "/points/sound/0",
        "/points/image/-1",
        "/images/-1.webp",
        "/prototypes/-1",
    ],
)
def test_what_is_not_there_is_not_found(client, base, path):
    assert client.get(base + path).status_code == 404


def test_an_unknown_key_says_to_reload(client):
    answer = client.get(f"{PREFIX}/prepared/0123/points/image.bin")
    assert answer.status_code == 422
    assert "Reload the page" in answer.json()["detail"]


@pytest.fixture
def run(service) -> SimpleNamespace:
    """A run that was made by hand and never started."""
    directory = RunDirectory(service.runs.folder / "20261120-101112-345-abcd")
    if not directory.folder.exists():
        directory.create(Job(config=RunConfig()))
        (directory.set_folder / "train").mkdir(parents=True)
        (directory.set_folder / "train" / "000000.png").write_bytes(b"image")
        for name in ("config.json", "embeddings.safetensors"):
            (directory.set_folder / name).write_bytes(b"")
        (directory.folder / "events.jsonl").write_text('{"kind": "log", "text": "a"}\n{"kind"')
        directory.log_path.write_text("first\n" + 2000 * "line\n")
    return SimpleNamespace(id=directory.id, at=f"{PREFIX}/runs/{directory.id}")


def test_a_run_is_told_from_an_offset_on_and_without_half_a_line(client, run):
    first = client.get(run.at).json()
    assert [event["text"] for event in first["events"]] == ["a"]
    again = client.get(run.at, params={"offset": first["offset"]}).json()
    assert (again["events"], again["offset"]) == ([], first["offset"])
    assert first["status"]["state"] == "crashed"  # no process, and no word of its end
    assert first["log"].startswith("line\n")
    assert len(first["log"]) < 8192


def test_the_table_lists_runs_with_their_settings(client, run):
    (row,) = client.get(f"{PREFIX}/runs").json()
    assert (row["id"], row["state"], row["result"]) == (run.id, "crashed", None)
    assert RunConfig.from_json(row["config"]) == RunConfig()


def test_only_images_of_a_set_are_served(client, run):
    assert client.get(f"{run.at}/images/000000.png").content == b"image"
    for name in ("000001.png", "metadata.jsonl", "..%2F..%2Fconfig.json"):
        assert client.get(f"{run.at}/images/{name}").status_code == 404


def test_finished_runs_become_lines_and_their_sets_can_be_downloaded(client, service, run):
    assert client.get(f"{run.at}/set.zip").status_code == 404
    assert client.get(f"{PREFIX}/comparison").json() == []
    scores = {"backbones": {"vit": {"mean": [41.5, 0.5]}}}
    directory = service.runs.open(run.id)
    directory.write_result({"n_pairs": 100, "evaluation": scores})
    (line,) = client.get(f"{PREFIX}/comparison").json()
    assert (line["label"], line["network"]) == ("pds", "vit")
    point = {"n_pairs": 100, "n_sets": 1, "mean": 41.5, "half": 0.5, "n_bytes": None}
    assert line["points"] == [point]  # nobody counted the bytes of a set from before
    answer = client.get(f"{run.at}/set.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as zipped:
        assert zipped.read("train/000000.png") == b"image"
    assert answer.headers["content-disposition"] == f'attachment; filename="{run.id}.zip"'
    (directory.set_folder / "link").symlink_to("/etc/passwd")
    values = {"method": "random", "found": "", "plan": "", "data": "/home/ada/boats"}
    (directory.set_folder / "config.json").write_text(json.dumps(values))
    with zipfile.ZipFile(io.BytesIO(client.get(f"{run.at}/set.zip").content)) as zipped:
        assert "link" not in zipped.namelist()
        assert json.loads(zipped.read("config.json"))["data"] == ".../boats"
    (directory.folder / "result.json").unlink()


def test_a_finished_sweep_is_told_like_any_run(client, service):
    directory = RunDirectory(service.runs.folder / "20261120-101112-345-swep")
    directory.create(Job(kind="sweep", config=RunConfig()))
    directory.write_result({"n_pairs": [3, 5], "rows": [], "timing": {"sweep": 1.5}})
    told = client.get(f"{PREFIX}/runs/{directory.id}").json()
    row = next(r for r in client.get(f"{PREFIX}/runs").json() if r["id"] == directory.id)
    assert told["result"] == row["result"] == {"timing": {"sweep": 1.5}}
    shutil.rmtree(directory.folder)


def test_an_unknown_run_is_explained(client):
    answer = client.get(f"{PREFIX}/runs/nothing")
    assert answer.status_code == 422
    assert "There is no run 'nothing'" in answer.json()["detail"]
