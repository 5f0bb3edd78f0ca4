import argparse

import pytest

from explorer.commands.options import (
    EVALUATION,
    add_device,
    add_models,
    add_settings,
    add_size,
    read_run,
)
from explorer.errors import ConfigError
from explorer.methods.registry import find_method
from explorer.settings import Settings, setting
from explorer.tasks.retrieval import TASK
from explorer.tasks.retrieval_students import RetrievalConfig

PDS = find_method("pds")


def read(*arguments: str):
    parser = argparse.ArgumentParser()
    add_models(parser)
    add_size(parser)
    add_settings(parser, PDS.config)
    add_settings(parser, RetrievalConfig, scope=EVALUATION)
    return read_run(parser.parse_args(arguments, argparse.Namespace(data="scenes")), TASK, PDS)


def test_what_nobody_names_is_the_bundles():
    config = read("--bundle", "vit-l-14", "--steps", "7")
    assert (config.encoder, config.decoder) == ("", "")
    assert (config.settings.synthesis.steps, config.settings.synthesis.negative_prompt) == (
        7,
        "text, watermark",
    )


def test_models_are_named_one_by_one(tmp_path):
    config = read("--encoder", "ViT-B-32/openai", "--decoder", str(tmp_path))
    assert (config.encoder, config.decoder) == ("ViT-B-32/openai", str(tmp_path))


def test_backbones_are_names_or_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-net").mkdir()
    backbones = read("--backbones", "nf_resnet50", "my-net").evaluation.backbones
    assert backbones == ("nf_resnet50", str(tmp_path / "my-net"))


@pytest.mark.parametrize(
    ("encoder", "decoder"),
    [("", "owner/unclip@v2"), ("owner/clip@v2", ""), ("owner/clip@v2", "owner/unclip@v2")],
)
def test_a_revision_is_that_of_the_models_on_the_hub(encoder, decoder):
    named = {"--encoder": encoder, "--decoder": decoder}
    options = [part for flag, name in named.items() if name for part in (flag, name[:-3])]
    config = read(*options, "--revision", "v2")
    assert (config.encoder, config.decoder) == (encoder, decoder)


def test_a_model_that_names_its_own_version_keeps_it(tmp_path):
    config = read("--encoder", "a/b@one", "--decoder", "c/d", "--revision", "two")
    assert (config.encoder, config.decoder) == ("a/b@one", "c/d@two")


def test_a_revision_of_nothing_is_an_error(tmp_path):
    with pytest.raises(ConfigError, match="name that model with --encoder or --decoder"):
        read("--revision", "v2")
    with pytest.raises(ConfigError, match="--revision"):
        read("--encoder", str(tmp_path), "--revision", "v2")


def test_an_option_that_two_groups_share_sets_both():
    config = read("--seed", "7", "--prototypes", "12")
    assert (config.settings.prototypes.seed, config.settings.synthesis.seed) == (7, 7)
    assert config.size == 12


def test_an_option_that_a_method_has_taken_is_the_tasks_with_its_scope_before_it():
    class Learning(Settings):
        learning_rate: float = setting("Rate", "Of the images.", default=1.0)

    parser = argparse.ArgumentParser()
    add_settings(parser, Learning)
    add_settings(parser, RetrievalConfig, scope=EVALUATION)
    given = parser.parse_args(["--learning-rate", "2", "--evaluation-learning-rate", "3"])
    assert (given.learning_rate, vars(given)["evaluationlearning_rate"]) == (2.0, 3.0)


def test_the_engine_is_the_one_of_the_environment_unless_one_is_named(monkeypatch):
    def engine(*arguments: str) -> str:
        parser = argparse.ArgumentParser()
        add_device(parser)
        return parser.parse_args(arguments).engine

    monkeypatch.delenv("EXPLORER_ENGINE", raising=False)
    assert engine() == "here"
    monkeypatch.setenv("EXPLORER_ENGINE", "processes:3")
    assert engine() == "processes:3"
    assert engine("--engine", "ray") == "ray"
    worker = argparse.ArgumentParser()
    add_device(worker, device="", engine="")
    assert "$EXPLORER_ENGINE or what a run says" in " ".join(worker.format_help().split())


def test_the_size_is_said_in_the_unit_of_the_task():
    with pytest.raises(ConfigError, match="say --prototypes K"):
        read("--per-class", "3")
