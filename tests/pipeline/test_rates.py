import pytest

from explorer.config import EvaluationConfig, RunConfig, SynthesisConfig
from explorer.models.bundles import choose_bundle
from explorer.pipeline.progress import Measured
from explorer.pipeline.rates import Rates, drawing_key, memory_key
from explorer.pipeline.store import Store


@pytest.fixture
def rates(tmp_path):
    return Rates(Store(tmp_path / "cache"))


def test_what_was_measured_last_is_kept_and_nothing_done_changes_nothing(rates, tmp_path):
    assert rates.find("embed", "clip") is None
    rates.note("embed", "clip", Measured(50.0, 100))
    rates.note("embed", "clip", Measured(5.0, 20))
    rates.note("embed", "other", Measured(3.0, 1))
    rates.note("embed", "clip", Measured(9.0, 0))
    again = Rates(Store(tmp_path / "cache"))
    assert (again.find("embed", "clip"), again.find("embed", "other")) == (0.25, 3.0)


def test_a_few_pieces_do_not_replace_what_many_showed(rates):
    rates.note("read", "clip", Measured(10.0, 1000))
    rates.note("read", "clip", Measured(9.0, 99))
    assert rates.find("read", "clip") == 0.01
    rates.note("read", "clip", Measured(2.0, 100))
    assert rates.find("read", "clip") == 0.02


def test_rates_that_cannot_be_read_are_measured_again(rates, tmp_path, caplog):
    rates.note("copy", "", Measured(1.0, 1))
    (tmp_path / "cache" / "rates.json").write_text("{")
    assert rates.find("copy") is None
    assert "rates will be measured again" in caplog.text
    rates.note("copy", "", Measured(2.0, 1))
    assert rates.find("copy") == 2.0


def test_what_changes_the_cost_changes_the_name():
    bundle = choose_bundle(RunConfig())
    assert drawing_key(bundle, SynthesisConfig(guidance=2.0)) == drawing_key(
        bundle, SynthesisConfig(guidance=9.0, steps=3)
    )
    assert drawing_key(bundle, SynthesisConfig(guidance=1.0)) != drawing_key(
        bundle, SynthesisConfig(guidance=2.0)
    )
    assert memory_key(RunConfig()) == memory_key(RunConfig(evaluation=EvaluationConfig(epochs=10)))
    assert memory_key(RunConfig()) != memory_key(RunConfig(bundle="vit-l-14"))
