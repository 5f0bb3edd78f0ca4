"""The routes of the inspector: edits, the matching, suspects."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from explorer.config import SynthesisConfig
from explorer.errors import ConfigError, MissingDataError
from explorer.explore import quality as suspects
from explorer.explore.previews import draw, subject
from explorer.runs.config import SweepConfig, view_of
from explorer.runs.launcher import Runs
from explorer.ui.routes.serve import PREFIX
from explorer.ui.service import Service
from explorer.ui.tabs import distill
from tests.configs import with_settings
from tests.ui.conftest import WAITING
from tests.ui.easel import Easel
from tests.ui.worlds import key_of, store_prepared


@pytest.fixture
def service(world, tmp_path) -> Service:
    """A service of its own copy, because edits are kept."""
    return Service(shutil.copytree(world[0], tmp_path / "cache"))


@pytest.fixture
def page(client, asked):
    return Page(client, asked)


class Page:
    """What a page does: asks for the map, edits it, and shows the map that it is told."""

    def __init__(self, client, asked) -> None:
        self.client, self.asked = client, asked
        self.key = self.prepared_key()

    def prepared_key(self) -> str:
        return key_of(self.client, self.asked)

    def get(self, path: str = ""):
        return self.client.get(f"{PREFIX}/prepared/{self.key}{path}")

    def edit(self, **asked):
        answer = self.client.post(f"{PREFIX}/prepared/{self.key}/edits", json=asked)
        if answer.status_code == 200:
            self.key = answer.json()["key"]
        return answer

    def about(self):
        return self.get().json()


def test_an_edit_gives_another_map_which_a_reload_finds(page):
    before = page.about()
    answer = page.edit(kind="drop", prototype=1, selected=1).json()
    assert answer["prototype"] is None
    after = page.about()
    assert page.prepared_key() == page.key == after["key"] != before["key"]
    assert after["edits"] == ["prototype 2 dropped"]
    assert [each["number"] for each in after["prototypes"]] == [
        each["number"] for each in before["prototypes"] if each["number"] != 1
    ]
    owners = np.frombuffer(page.get("/points/caption.bin").content, "<i4")[2 + 2 * 200 :]
    assert owners.max() == len(after["prototypes"]) - 1


def test_edits_are_undone_and_made_again(page):
    first = page.key
    page.edit(kind="split", prototype=0)
    page.edit(kind="drop", prototype=2)
    assert page.edit(step="undo").json()["prototype"] == 2  # what came back is selected
    assert (page.about()["edits"], page.about()["n_undone"]) == (["prototype 1 split"], 1)
    assert page.edit(step="redo", selected=0).json()["prototype"] == 0
    undone = page.edit(step="undo all", selected=0).json()
    assert undone == {"key": first, "prototype": 0, "given_up": []}
    assert page.about()["n_undone"] == 2


def test_another_caption_is_chosen_by_its_row(page):
    card = page.get("/prototypes/0").json()
    other = next(each for each in card["nearest_captions"] if not each["is_chosen"])
    assert page.edit(kind="caption", prototype=0, caption=other["row"]).json()["prototype"] == 0
    captions = page.get("/prototypes/0").json()["nearest_captions"]
    assert [each["text"] for each in captions if each["is_chosen"]] == [other["text"]]


def test_two_prototypes_become_one_and_keep_the_first_ones_number(page):
    (other, _), *_ = page.get("/prototypes/3").json()["alike"]
    n = len(page.about()["prototypes"])
    page.edit(kind="merge", prototype=3, other=other)
    numbers = [each["number"] for each in page.about()["prototypes"]]
    assert len(numbers) == n - 1
    assert 3 in numbers
    assert other not in numbers


def test_a_prototype_of_chosen_rows_is_added_and_selected(page):
    n = len(page.about()["prototypes"])
    answer = page.edit(kind="add", rows=[7, 3, 7], selected=0).json()
    about = page.about()
    assert about["edits"] == [f"prototype {n + 1} added, of 2 rows"]
    assert answer["prototype"] == n == len(about["prototypes"]) - 1
    card = page.get(f"/prototypes/{n}").json()
    assert (card["number"], card["n_shared"]) == (n, 2)
    assert page.edit(step="undo", selected=0).json()["prototype"] == 0
    assert len(page.about()["prototypes"]) == n


def test_an_image_is_kept_as_long_as_it_is_of_this_prototype(page, service):
    prepared = service.prepared(page.key)
    drawings = {
        k: draw(service.store, Easel(), subject(prepared, k), SynthesisConfig(steps=1), n=2)
        for k in (2, 3)
    }
    for each in drawings[2] + drawings[3]:
        service.show(each)
    wrong = page.edit(kind="picture", prototype=2, image=drawings[3][0].key)
    assert "drawn from something else" in wrong.json()["detail"]
    assert page.edit(kind="picture", prototype=2, image=drawings[2][1].key).status_code == 200
    assert page.get("/prototypes/2").json()["kept_image"]["seed"] == 1
    assert page.get("/prototypes/2/kept.png").content == drawings[2][1].png
    assert page.get("/prototypes/3/kept.png").status_code == 404
    assert page.edit(kind="caption", prototype=2, caption=0).json()["given_up"] == [2]
    assert page.get("/prototypes/2").json()["kept_image"] is None
    late = page.edit(kind="picture", prototype=2, image=drawings[2][1].key)
    assert "drawn from something else" in late.json()["detail"]
    gone = page.edit(kind="picture", prototype=2, image="0000")
    assert "not at hand any more" in gone.json()["detail"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, "The prototype must be a number"),
        ({"kind": "drop", "prototype": 10**400}, "The prototype must be a number"),
        ({"prototype": 0}, "The edit must be a text"),
        ({"kind": "fly", "prototype": 0}, "kind must be one of"),
        ({"kind": "drop", "prototype": 99}, "There is no prototype 100 any more"),
        ({"kind": "drop", "prototype": 0.5}, "must be a whole number"),
        ({"kind": "caption", "prototype": 0, "caption": 9999}, "There is no caption 9999"),
        ({"kind": "caption", "prototype": 0, "caption": -1}, "There is no caption -1"),
        ({"kind": "merge", "prototype": 0, "other": 0}, "cannot be merged with itself"),
        ({"kind": "merge", "prototype": 0}, "other must be given"),
        ({"kind": "add"}, "from a list of rows"),
        ({"kind": "add", "rows": []}, "from 1 to 20,000 rows, not 0"),
        ({"kind": "add", "rows": ["a"]}, "A row must be a number"),
        ({"kind": "add", "rows": [0, 200]}, "There is no row 200"),
        ({"step": "undo"}, "There is no edit to undo"),
        ({"step": "redo"}, "There is no edit to make again"),
        ({"step": "fly"}, "The steps are undo, redo, undo all"),
        ({"step": 3}, "The step must be a text"),
    ],
)
def test_a_wrong_edit_is_one_sentence_and_changes_nothing(page, change, sentence):
    before = page.key
    answer = page.edit(**change)
    assert (answer.status_code, sentence in answer.json()["detail"]) == (422, True), answer.text
    assert page.prepared_key() == before


def test_what_is_no_edit_at_all_is_one_sentence(page):
    answer = page.client.post(f"{PREFIX}/prepared/{page.key}/edits", json=[1])
    assert (answer.status_code, "must say what to change" in answer.text) == (422, True)


def test_an_edit_of_an_old_map_is_refused(page, client, asked):
    other = Page(client, asked)
    page.edit(kind="drop", prototype=1)
    answer = other.edit(kind="drop", prototype=2)
    assert "edited in another window" in answer.json()["detail"]
    assert Page(client, asked).about()["edits"] == ["prototype 2 dropped"]


def test_a_run_of_an_edited_map_has_its_edits(page, service, config, monkeypatch):
    page.edit(kind="drop", prototype=1)
    started = []
    monkeypatch.setattr(service.runs, "start", lambda job: started.append(job) or "id")
    on_map = service.find(view_of(config))
    service.start(with_settings(config, synthesis={"steps": 3}))
    assert [str(each) for each in started[0].config.edits] == ["prototype 2 dropped"]
    assert service.prepared(on_map.key).config == view_of(config)  # the map is still the page's own


def test_a_run_is_duplicated_where_the_map_has_its_edits(page, service, config):
    service.runs = Runs(service.store.root, [str(WAITING)])
    page.edit(kind="drop", prototype=1)
    live = {"run": service.start(config)}
    service.runs.cancel(live["run"])
    assert distill.on_duplicate(service, distill.form_reader(service))(live)[1] == config.data
    plan = SweepConfig(methods=("random",), n_pairs=(2,), n_sets=1)
    sweep = {"run": service.start(config, plan)}
    service.runs.cancel(sweep["run"])
    assert (
        distill.on_duplicate(service, distill.form_reader(service))(sweep)[1] == config.data
    )  # edits are not its own
    page.edit(step="undo")
    with pytest.raises(ConfigError, match="no field for what this run has set: Edits"):
        distill.on_duplicate(service, distill.form_reader(service))(live)


def test_the_matching_is_packed_row_by_row_and_its_cells_are_rows(page, service):
    prepared = service.prepared(page.key)
    n = prepared.n_prototypes
    table = np.frombuffer(page.get("/shared.bin").content, "<u4").reshape(n, n)
    assert table.sum() == 197  # three of 200 rows were dropped
    rows = page.get("/shared/4/4").json()
    assert len(rows) == table[4, 4] > 0
    for path in (f"/shared/4/{n}", f"/prototypes/{n}"):
        assert page.get(path).json()["detail"] == "There is no such prototype."


def test_suspects_are_the_worst_pairs_and_images_that_are_alike(page, service):
    prepared = service.prepared(page.key)
    worst = page.get("/suspects").json()
    assert [each["row"] for each in worst[:5]] == np.argsort(prepared.similarity)[:5].tolist()
    pairs = page.get("/duplicates").json()["pairs"]
    assert pairs
    for pair in pairs:
        first, second = (each["image"] for each in pair["images"])
        assert first < second
        assert pair["images"][0]["rows"] == list(prepared.captions_of(first))
    cosines = [pair["cosine"] for pair in pairs]
    assert cosines == sorted(cosines, reverse=True)


def test_many_images_are_compared_when_somebody_asks_for_it(page, monkeypatch):
    monkeypatch.setattr(suspects, "AT_ONCE", 0)
    assert page.get("/duplicates").json().keys() == {"seconds"}
    asked = page.client.post(f"{PREFIX}/prepared/{page.key}/duplicates").json()
    assert asked["pairs"]
    assert page.get("/duplicates").json() == asked


def test_edits_close_no_map_of_another_setting(page, service, config, monkeypatch):
    monkeypatch.setattr("explorer.ui.service.KEPT", 2)
    other = replace(config, size=13)
    store_prepared(service.store.root, view_of(other))
    key = service.find(view_of(other)).key
    maps = [page.key]
    for prototype in range(5):
        page.edit(kind="drop", prototype=prototype)
        maps.append(page.key)
    assert service.prepared(key)
    assert service.prepared(maps[-2])  # another window shows it, and is told to reload
    with pytest.raises(MissingDataError, match="Reload the page"):
        service.prepared(maps[-3])
