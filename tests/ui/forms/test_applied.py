"""What is told beside the button of a run: the edits it would follow, and what the data hold."""

from types import SimpleNamespace

import pytest

from explorer.config import Edit
from explorer.errors import ConfigError
from explorer.runs.config import RunConfig
from explorer.ui.forms import applied
from explorer.ui.forms.applied import size_of, teller

EDITS = (Edit(kind="drop", prototype=3), Edit(kind="add", prototype=9, rows=(1, 2)))


@pytest.fixture
def ask(monkeypatch):
    """What is told of a run, where its data have these edits and a map of so many prototypes."""
    monkeypatch.setattr(applied, "told", lambda store, seen: "Dark images: 2.")

    def of(config: RunConfig, edits=(), map_size: int | None = None, map_bundle: str = "scenes"):
        seen = SimpleNamespace(
            edits=EDITS, config=SimpleNamespace(bundle=map_bundle, n_prototypes=map_size)
        )
        service = SimpleNamespace(
            store=None,
            with_edits=lambda config: SimpleNamespace(edits=edits),
            seen=lambda data: seen if map_size else None,
        )
        return teller(service, lambda: config)()

    return of


def test_edits_of_the_map_are_told_in_words_with_the_pairs_that_they_add(ask):
    told = ask(RunConfig(size=10), EDITS, map_size=10)
    assert told == {
        "follows": True,
        "size": 10,
        "edits": ["prototype 4 dropped", "prototype 10 added, of 2 rows"],
        "added": 1,
        "map_size": None,
        "checks": "Dark images: 2.",
    }


def test_where_a_set_of_another_size_would_follow_them_that_size_is_told(ask):
    assert ask(RunConfig(size=20), map_size=10)["map_size"] == 10
    assert ask(RunConfig(size=20), map_size=10, map_bundle="other")["map_size"] is None


@pytest.mark.parametrize("config", [RunConfig(method="random"), RunConfig(subset="abc")])
def test_what_makes_no_pairs_of_prototypes_of_all_rows_follows_none(ask, config):
    told = ask(config, map_size=10)
    assert (told["follows"], told["map_size"]) == (False, None)


def test_of_data_that_nobody_looked_at_nothing_is_told(ask):
    assert ask(RunConfig())["checks"] == ""


def test_half_of_a_name_is_no_reason_for_an_alert():
    def read() -> RunConfig:
        raise ConfigError("There is no folder 'sce'.")

    assert teller(None, read)() is None


@pytest.mark.parametrize("value", [None, {}, {"map_size": None}, {"map_size": "10"}, [10]])
def test_the_size_that_is_taken_over_is_a_whole_number(value):
    assert size_of({"map_size": 10}) == 10
    with pytest.raises(ConfigError, match="The number must be a number"):
        size_of(value)
