import pytest

from explorer.errors import ConfigError
from explorer.runs.config import RunConfig
from explorer.runs.directory import Job
from explorer.runs.launcher import Runs
from explorer.ui.access import MOST_OWN, limited
from explorer.ui.starting import Starting
from tests.ui.conftest import WAITING

PREPARE = Job(kind="prepare", config=RunConfig())


@pytest.fixture
def runs(tmp_path):
    """Runs that wait until they are cancelled."""
    found = Runs(tmp_path, [str(WAITING)])
    yield found
    for run in found.queue():
        found.cancel(run.id)


def test_one_visitor_cannot_take_the_places_of_all(runs):
    starting, job = Starting(runs, limited("digits", [], hub=False)), Job(config=RunConfig())
    *_, last = [starting.start(job, "ada") for _ in range(MOST_OWN)]
    with pytest.raises(ConfigError, match="at most 3 runs at once for one visitor"):
        starting.start(job, "ada")
    other = starting.start(job, "bob")
    runs.cancel(last)
    starting.resume(last, "ada")
    runs.cancel(other)
    with pytest.raises(ConfigError, match="for one visitor"):
        starting.resume(other, "ada")


def test_a_run_goes_for_who_started_it_until_it_ends(runs):
    starting = Starting(runs, limited("digits", [], hub=False))
    own = starting.start(Job(config=RunConfig()), "ada")
    assert starting.goes(own, "ada")
    assert not starting.goes(own, "bob")
    runs.cancel(own)
    assert not starting.goes(own, "ada")


def test_who_joins_a_preparation_has_not_started_it(runs):
    starting = Starting(runs, limited("digits", [], hub=False))
    assert starting.start(PREPARE, "bob") == starting.start(PREPARE, "ada")
    for _ in range(MOST_OWN):  # it is none of hers
        starting.start(Job(config=RunConfig()), "ada")
