import pytest

from explorer.progress import Measured
from explorer.store.rates import YARDSTICK, Rates


@pytest.fixture
def rates(tmp_path):
    return Rates(tmp_path / "cache")


def test_what_was_measured_last_is_kept_and_nothing_done_changes_nothing(rates, tmp_path):
    assert rates.known() == {}
    rates.note("embed", "clip", Measured(50.0, 100))
    rates.note("embed", "clip", Measured(5.0, 20))
    rates.note("embed", "other", Measured(3.0, 1))
    rates.note("embed", "clip", Measured(9.0, 0))
    again = Rates(tmp_path / "cache")
    assert again.known() == {("embed", "clip"): 0.25, ("embed", "other"): 3.0}


def test_a_few_pieces_do_not_replace_what_many_showed(rates):
    rates.note("read", "clip", Measured(10.0, 1000))
    rates.note("read", "clip", Measured(9.0, 99))
    assert rates.known() == {("read", "clip"): 0.01}
    rates.note("read", "clip", Measured(2.0, 100))
    assert rates.known() == {("read", "clip"): 0.02}


def test_what_fewer_pieces_cost_counts_as_much_as_what_it_replaces(tmp_path):
    """A short run after a long one made an estimate rough that was measured before."""
    other, own = Rates(tmp_path / "other"), Rates(tmp_path / "own", tmp_path / "other")
    other.note("look", "resnet", Measured(1.0, 1000))
    own.note("look", "resnet", Measured(9.6, 960))
    own.note("look", "resnet", Measured(1.92, 96))
    assert own.guessed()["look", "resnet"] == (0.02, False)


def test_rates_that_cannot_be_read_are_measured_again(rates, tmp_path, caplog):
    rates.note("copy", "", Measured(1.0, 1))
    (tmp_path / "cache" / "rates.json").write_text("{")
    assert rates.known() == {}
    assert "rates will be measured again" in caplog.text
    rates.note("copy", "", Measured(2.0, 1))
    assert rates.known() == {("copy", ""): 2.0}


def test_this_machine_is_measured_once(rates):
    rates.measure_machine()
    cost = rates.known()[YARDSTICK]
    assert 0 < cost < 1
    rates.measure_machine()
    assert rates.known()[YARDSTICK] == cost


def test_a_few_pieces_here_do_not_replace_what_many_showed_on_another_machine(tmp_path):
    other, own = Rates(tmp_path / "other"), Rates(tmp_path / "own", tmp_path / "other")
    for rates, seconds in ((other, 1.0), (own, 2.0)):  # this machine is half as fast
        rates.note(*YARDSTICK, Measured(seconds, 10))
    other.note("look", "resnet", Measured(1.0, 1000))
    own.note("look", "resnet", Measured(50.0, 99))
    assert own.guessed()["look", "resnet"] == (0.002, True)
    own.note("look", "resnet", Measured(0.5, 100))
    assert own.guessed()["look", "resnet"] == (0.005, False)
