import json

import pytest

from explorer.config import Edit, SynthesisConfig
from explorer.errors import BadDataError, ConfigError
from explorer.explore.edit_history import History, read_history, write_history
from explorer.runs.config import RunConfig
from explorer.store.store import Store

DROP, SPLIT = Edit(kind="drop", prototype=3), Edit(kind="split", prototype=1)
EVERY = (
    Edit(kind="caption", prototype=0, caption=7),
    DROP,
    Edit(kind="merge", prototype=2, other=4),
    SPLIT,
    Edit(kind="picture", prototype=5, synthesis=SynthesisConfig(seed=9, steps=3)),
    Edit(kind="add", prototype=6, rows=(2, 5, 40)),
)


def test_the_last_edit_is_undone_first_and_made_again_first():
    history = History().add(DROP).add(SPLIT)
    assert history.undo() == History((DROP,), (SPLIT,))
    assert history.undo().undo() == History((), (SPLIT, DROP)) == history.undo_all()
    assert history.undo_all().redo() == history.undo()
    assert history.undo_all().redo().redo() == history


def test_a_new_edit_forgets_what_was_undone():
    assert History().add(DROP).undo().add(SPLIT) == History((SPLIT,))


def test_there_is_nothing_to_undo_or_redo_at_first():
    with pytest.raises(ConfigError, match="no edit to undo"):
        History().undo()
    with pytest.raises(ConfigError, match="no edit to make again"):
        History().redo()
    assert History().undo_all() == History()


def test_a_history_is_read_as_it_was_written(tmp_path):
    assert read_history(Store(tmp_path), "a") == History()
    history = History(EVERY, (SPLIT,))
    write_history(Store(tmp_path), "a", history)
    assert read_history(Store(tmp_path), "a") == history
    assert read_history(Store(tmp_path), "b") == History()
    assert [path.name for path in (tmp_path / "edits").iterdir()] == ["a.json"]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"done": [{"kind": "fly"}], "undone": []}'])
def test_a_damaged_history_is_named_and_not_passed_over(tmp_path, content):
    write_history(Store(tmp_path), "a", History())
    (tmp_path / "edits" / "a.json").write_text(content)
    with pytest.raises(BadDataError, match=r"edits/a\.json cannot be read: .* Delete it"):
        read_history(Store(tmp_path), "a")


def test_a_run_with_edits_is_read_as_it_was_written():
    config = RunConfig(edits=EVERY)
    assert RunConfig.from_json(json.loads(json.dumps(config.as_json()))) == config


def test_edits_of_older_kinds_are_written_and_so_keyed_as_ever():
    names = ["kind", "prototype", "caption", "other", "synthesis"]
    assert [list(each.as_json()) for each in EVERY[:-1]] == [names] * 5
    assert EVERY[-1].as_json()["rows"] == (2, 5, 40)
    assert "rows" not in RunConfig(edits=EVERY[:1]).as_json()["edits"][0]


def test_edits_are_named_as_people_count():
    assert [str(each) for each in EVERY] == [
        "another caption for prototype 1",
        "prototype 4 dropped",
        "prototype 5 merged into prototype 3",
        "prototype 2 split",
        "the image of seed 9 kept for prototype 6",
        "prototype 7 added, of 3 rows",
    ]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"kind": "fly"}, "kind must be one of caption, drop"),
        ({"kind": "caption"}, "caption must be given in the edit caption"),
        ({"kind": "drop", "other": 1}, "other must be left out in the edit drop"),
        ({"kind": "picture"}, "synthesis must be given"),
        ({"kind": "add"}, "rows must be given"),
        ({"kind": "add", "rows": ()}, "added from 1 to 20,000 rows, not 0"),
        ({"kind": "add", "rows": (0,) * 20_001}, "added from 1 to 20,000 rows, not 20,001"),
        ({"kind": "add", "rows": (3, 3)}, "rising whole numbers"),
        ({"kind": "add", "rows": (-1, 3)}, "rising whole numbers"),
        ({"kind": "add", "rows": (True, 3)}, "rising whole numbers"),
        ({"kind": "add", "rows": ("1", "3")}, "rising whole numbers"),
    ],
)
def test_an_edit_has_exactly_what_its_kind_needs(values, sentence):
    with pytest.raises(ConfigError, match=sentence):
        Edit(prototype=0, **values)
