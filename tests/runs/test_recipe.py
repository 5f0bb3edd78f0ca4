import json
from dataclasses import replace

import pytest

from explorer.__main__ import main
from explorer.config import Edit, SynthesisConfig
from explorer.errors import BadDataError, ExplorerError
from explorer.methods.registry import all_methods
from explorer.models.bundles import find_bundle
from explorer.runs.config import RunConfig
from explorer.runs.recipe import read_recipe, recipe_of


@pytest.fixture
def written(tmp_path):
    def write(text: str):
        path = tmp_path / "recipe.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("method", all_methods())
def test_a_run_of_any_method_comes_back_from_its_recipe(written, method):
    run = RunConfig(data="Böen", task=all_methods()[method].tasks[0], method=method, size=7)
    assert read_recipe(written(recipe_of(run))) == run


def test_edits_come_back(written):
    edits = (
        Edit(kind="drop", prototype=3),
        Edit(kind="picture", prototype=5, synthesis=SynthesisConfig(seed=9, steps=3)),
        Edit(kind="add", prototype=100, rows=(1, 4)),
    )
    assert read_recipe(written(recipe_of(RunConfig(edits=edits)))).edits == edits


def test_what_is_left_out_has_its_default_and_the_task_is_that_of_the_method(written):
    recipe = written("data: digits\nmethod: dm\nsize: 2\nsettings:\n  steps: 40\n")
    config = read_recipe(recipe)
    assert (config.task, config.size, config.settings.steps) == ("classification", 2, 40)
    assert config.evaluation == RunConfig(task="classification").evaluation


@pytest.mark.parametrize("text", ["method: pds\n", "settings: {synthesis: {}}\n"])
def test_images_are_generated_as_the_models_do_unless_the_recipe_says_otherwise(written, text):
    own = find_bundle("scenes").synthesis
    assert read_recipe(written(text)).settings.synthesis == own == RunConfig().settings.synthesis
    with_steps = read_recipe(written("settings: {synthesis: {steps: 7}}\n"))
    assert with_steps.settings.synthesis == replace(own, steps=7)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- scenes\n", "must hold names and values"),
        ("data: [", "cannot be read as YAML"),
        ("datum: scenes\n", "A run has no setting datum"),
        ("method: magic\n", "No method 'magic'"),
        ("method: 3\n", "method"),
        ("settings: 3\n", "recipe.yaml"),
        ("settings: {steps: 3}\n", "no setting steps"),
        ("size: many\n", "must be at least 1"),
        ("data: !!python/object/apply:os.system ['true']\n", "cannot be read as YAML"),
        ("edits: [1]\n", "recipe.yaml"),
        ("a: &a [1]\nb: [*a, *a]\n", "has no setting a, b"),
    ],
)
def test_what_describes_no_run_is_one_sentence(written, text, sentence):
    with pytest.raises(ExplorerError, match=sentence):
        read_recipe(written(text))


def test_a_recipe_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(BadDataError, match="yaml cannot be read: A file or folder is not there"):
        read_recipe(tmp_path / "nowhere.yaml")


def test_a_recipe_is_run_and_gone_on_with_but_not_over_another(
    written, colours, bundle, tmp_path, capsys
):
    text = (
        f"data: {colours}\nbundle: {bundle.name}\nmethod: random\nsize: 4\n"
        "evaluation: {n_seeds: 1, epochs: 10}\n"
    )
    out, cache = tmp_path / "out", tmp_path / "cache"
    command = ["run", str(written(text)), "--out", str(out), "--cache", str(cache), "--json"]
    for _ in range(2):
        assert main(command) == 0
        assert json.loads(capsys.readouterr().out.splitlines()[-1])["state"] == "done"
    assert (out / "set" / "train" / "000003.png").is_file()
    written(text.replace("size: 4", "size: 5"))
    assert main(command) == 2
    assert "holds another run; name another --out" in capsys.readouterr().err
    assert main(["run", str(written(text))]) == 2
    assert "--out DIR" in capsys.readouterr().err


@pytest.mark.parametrize(("data", "task"), [("digits", "classification"), ("scenes", "retrieval")])
def test_of_a_method_with_several_tasks_the_data_tell_which(written, data, task):
    config = read_recipe(written(f"data: {data}\nmethod: random\nsize: 1\n"))
    assert (config.task, config.method, config.size) == (task, "random", 1)
