"""Edits on the way from the map to a distilled set, on tiny models."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from explorer.config import Edit, MapConfig, SynthesisConfig
from explorer.errors import ConfigError
from explorer.explore.dataset import Prepared, find_prepared
from explorer.explore.edit_history import History
from explorer.explore.previews import draw, find_kept, subject
from explorer.methods.registry import all_methods
from explorer.models.loaded import Models, image_seed
from explorer.runs.config import view_of
from explorer.runs.distill import distill, prepare
from explorer.sets.folder import DistilledSet
from explorer.store.store import Store
from tests.opened import opened
from tests.watching import Memory


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "cache")


@pytest.fixture
def prepared(config, store) -> Prepared:
    prepare(opened(store, config), config, MapConfig(), ("image",))
    return find_prepared(store, view_of(config))


def largest(prepared: Prepared) -> int:
    return int(np.argmax(prepared.prototypes.n_shared))


def test_edits_are_kept_with_the_prepared_data_and_found_after_a_restart(prepared, config, store):
    first = History().add(Edit(kind="drop", prototype=2))
    second = first.add(Edit(kind="split", prototype=largest(prepared)))
    prepared.keep(first)
    dropped = find_prepared(Store(store.root), view_of(config))
    prepared.keep(second)
    split = find_prepared(Store(store.root), view_of(config))
    assert dropped.number.tolist() == [0, 1, 3, 4, 5, 6, 7, 8, 9, 10]
    assert split.number.tolist() == [*dropped.number, 11]
    assert len(split.labels) == len(split.chosen_caption) == split.n_prototypes == 11
    assert len({prepared.key, dropped.key, split.key}) == 3
    assert split.edits == second.done
    prepared.keep(second.undo_all())
    assert find_prepared(store, view_of(config)).key == prepared.key
    assert find_prepared(store, view_of(config)).history().undone == second.done[::-1]


def test_labels_stay_but_those_of_what_was_made_anew(prepared, config, store):
    prepared.keep(History().add(Edit(kind="merge", prototype=4, other=1)))
    merged = find_prepared(store, view_of(config))
    before = dict(enumerate(prepared.labels))
    after = dict(zip(merged.number.tolist(), merged.labels, strict=True))
    assert {k: v for k, v in after.items() if k != 4} == {
        k: v for k, v in before.items() if k not in (1, 4)
    }


def test_an_edit_that_cannot_be_made_is_not_kept(prepared, config, store):
    with pytest.raises(ConfigError, match="no prototype 100 any more"):
        prepared.keep(History().add(Edit(kind="drop", prototype=99)))
    assert find_prepared(store, view_of(config)).edits == ()


def test_an_edited_map_is_distilled_to_exactly_its_pairs(prepared, config, store, tmp_path):
    split = largest(prepared)
    retold, dropped, merged, gone, last = [k for k in range(11) if k != split][:5]
    edits = (
        Edit(kind="caption", prototype=retold, caption=17),
        Edit(kind="drop", prototype=dropped),
        Edit(kind="merge", prototype=merged, other=gone),
        Edit(kind="split", prototype=split),
        Edit(kind="drop", prototype=last),
        Edit(kind="add", prototype=12, rows=(3, 8, 9)),
    )
    prepared.keep(History(edits))
    edited = find_prepared(store, view_of(config))
    result = distill(opened(store, config), replace(config, edits=edits), tmp_path / "set")
    target = DistilledSet(tmp_path / "set")
    captions = [prepared.captions[m] for m in edited.chosen_caption]
    assert [row.caption for row in target.rows()] == captions
    assert captions[edited.number.tolist().index(retold)] == prepared.captions[17]
    assert sorted(edited.number) == sorted({*range(13)} - {dropped, gone, last})
    assert result["n_pairs"] == edited.n_prototypes
    np.testing.assert_array_equal(target.read_prototypes()["image"], edited.prototypes.image)
    assert [row.seed for row in target.rows()] == [image_seed(0, k) for k in edited.number]
    named = json.loads((target.folder / "config.json").read_text())["edits"]
    assert [each["kind"] for each in named] == [each.kind for each in edits]
    card = (target.folder / "README.md").read_text()
    first = f"another caption for prototype {retold + 1}"
    told = f"- Edits by hand, {len(edits)} in order, prototypes counted from 1 as on the page: "
    assert f"{told}{first}; " in card


def test_a_set_with_other_edits_is_another_set(prepared, config, store, tmp_path):
    distill(opened(store, config), config, tmp_path / "set")
    edited = replace(config, edits=(Edit(kind="drop", prototype=3),))
    with pytest.raises(ConfigError, match="holds a set with other settings"):
        distill(opened(store, edited), edited, tmp_path / "set")


def pixels(image) -> np.ndarray:
    return np.asarray(image, dtype=int)


def test_the_image_that_was_kept_is_the_one_in_the_set(prepared, config, store, bundle, tmp_path):
    how = SynthesisConfig(steps=3, seed=40, guidance=1.5)
    found = draw(store, Models(bundle, "cpu"), subject(prepared, 5), how, n=2)
    edits = (
        Edit(kind="drop", prototype=2),
        Edit(kind="picture", prototype=5, synthesis=found[1].how),
    )
    prepared.keep(History(edits))
    edited = find_prepared(store, view_of(config))
    assert find_kept(store, edited, 4).png == found[1].png
    assert find_kept(store, edited, 3) is None
    distill(opened(store, config), config, tmp_path / "plain")
    distill(opened(store, config), replace(config, edits=edits), tmp_path / "set")
    kept = Image.open(tmp_path / "set" / "train" / "000004.png")
    shown = Image.open(find_file(tmp_path, found[1].png))
    assert np.abs(pixels(kept) - pixels(shown)).max() <= 2  # in another batch: the last digits
    plain, rows = DistilledSet(tmp_path / "plain").rows(), DistilledSet(tmp_path / "set").rows()
    assert rows[4].seed == image_seed(41, 5) != plain[5].seed
    assert rows[3].seed == plain[4].seed  # the others are drawn as ever


def find_file(folder, png: bytes):
    (folder / "shown.png").write_bytes(png)
    return folder / "shown.png"


@pytest.mark.parametrize(
    "edit",
    [Edit(kind="caption", prototype=5, caption=3), Edit(kind="merge", prototype=5, other=2)],
    ids=["another caption", "merged"],
)
def test_an_image_of_something_else_is_not_kept_any_more(prepared, config, store, edit):
    image = Edit(kind="picture", prototype=5, synthesis=SynthesisConfig(steps=2))
    prepared.keep(History((image,)))
    assert list(find_prepared(store, view_of(config)).kept_images) == [5]
    prepared.keep(History((image, edit)))
    assert find_prepared(store, view_of(config)).kept_images == {}
    prepared.keep(History((image, edit)).undo())
    assert list(find_prepared(store, view_of(config)).kept_images) == [5]


def test_methods_that_choose_real_pairs_without_prototypes_follow_no_edits():
    follow = {name for name, each in all_methods().items() if each.follows_edits}
    near = {"nearest-image", "nearest-caption", "telling-pair"}
    assert follow == {"pds", "pds-recaption", "text-only", *near}


def test_an_interrupted_edited_set_ends_with_the_same_bytes(prepared, config, store, tmp_path):
    kept = Edit(kind="picture", prototype=9, synthesis=SynthesisConfig(steps=3, seed=5))
    config = replace(config, edits=(Edit(kind="drop", prototype=1), kept))
    stopping = Memory(lambda stage, kind, values: values.get("prototype") == 8)
    with pytest.raises(KeyboardInterrupt):
        distill(opened(store, config, stopping), config, tmp_path / "resumed")
    distill(opened(store, config), config, tmp_path / "resumed")
    distill(opened(store, config), config, tmp_path / "whole")
    for path in (tmp_path / "whole" / "train").iterdir():
        assert path.read_bytes() == (tmp_path / "resumed" / "train" / path.name).read_bytes()
