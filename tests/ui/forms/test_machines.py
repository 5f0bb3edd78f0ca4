"""Who computes a run, as the form says it."""

import pytest

from explorer.errors import ConfigError
from explorer.runs.directory import Where
from explorer.ui.forms.machines import WORKERS, read


@pytest.fixture(autouse=True)
def no_own_engine(monkeypatch):
    monkeypatch.delenv("EXPLORER_ENGINE", raising=False)


def test_what_can_be_chosen_is_where_a_run_goes():
    assert read("here") == Where()
    assert read("processes") == Where("processes")
    assert read(WORKERS) == Where(by_workers=True)


@pytest.mark.parametrize("value", ["", "elsewhere", "processes:64", "ray://10.0.0.1:6379"])
def test_a_visitor_chooses_from_the_list_and_names_no_machine(value):
    with pytest.raises(ConfigError, match="choose from the list"):
        read(value)


def test_what_whoever_runs_the_server_named_may_be_chosen(monkeypatch):
    monkeypatch.setenv("EXPLORER_ENGINE", "processes:3")
    assert read("processes:3") == Where("processes:3")
    monkeypatch.setenv("EXPLORER_ENGINE", "elsewhere")
    with pytest.raises(ConfigError, match="There is no engine 'elsewhere'"):
        read("elsewhere")


def test_what_is_no_text_is_refused():
    with pytest.raises(ConfigError, match="Computed by must be a text"):
        read(None)
