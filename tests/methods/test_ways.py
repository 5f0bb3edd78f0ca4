import pytest

from explorer.errors import ConfigError, UnknownNameError
from explorer.methods.ways import read_way, varied
from explorer.runs.config import RunConfig, SweepConfig


def test_a_way_is_a_method_with_some_settings_which_it_changes_alone():
    config = RunConfig().with_method("pds[guidance=5, steps=7]")
    usual = RunConfig().settings
    assert (config.method, config.settings.synthesis.guidance) == ("pds", 5.0)
    assert config.settings.synthesis.steps == 7
    assert config.settings.prototypes == usual.prototypes
    assert RunConfig().with_method("pds") == RunConfig()


def test_equal_ways_have_one_name():
    assert str(read_way("pds[guidance=5.0]")) == str(read_way("pds[ guidance = 5 ]"))
    with pytest.raises(ConfigError, match="each once"):
        SweepConfig(methods=("pds[guidance=5]", "pds[guidance=5.0]"))


def test_every_combination_is_swept_by_the_methods_that_have_the_settings():
    assert varied(["pds", "random"], "guidance = 1, 2; pairless = centres, drop") == (
        "pds[guidance=1,pairless=centres]",
        "pds[guidance=1,pairless=drop]",
        "pds[guidance=2,pairless=centres]",
        "pds[guidance=2,pairless=drop]",
        "random",
    )
    assert varied(["random"], " ; ") == ("random",)
    by_label = varied(["pds"], "share left out = 0.1; Guidance = 2")
    assert by_label == varied(["pds"], "drop-fraction = 0.1; guidance = 2")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("guidance", "Write settings like"),
        ("guidance =", "Write settings like"),
        ("guidance = [1]", "Write settings like"),
        ("network = ../../etc", "Write settings like"),
        ("guidance = many", "guidance must be a number"),
        ("steps = 0", "steps must be"),
        ("seed = 1, 2", "Seeds are swept already"),
        ("magic = 1", "None of these methods has a setting 'magic'"),
        ("steps = " + ", ".join(map(str, range(1, 300))), "at most 200"),
    ],
)
def test_what_cannot_be_swept_is_a_sentence(text, sentence):
    with pytest.raises(ConfigError, match=sentence):
        varied(["pds"], text)


@pytest.mark.parametrize("text", ["magic[steps=1]", "pds[steps=1", "pds]", "pds[steps=a/b]", "["])
def test_no_such_way_is_an_unknown_method(text):
    with pytest.raises(UnknownNameError, match="No method"):
        read_way(text)
