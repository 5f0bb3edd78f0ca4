import json
import signal
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from explorer.__main__ import main
from explorer.data.open import open_dataset
from explorer.errors import ConfigError
from explorer.sets.folder import DistilledSet
from explorer.steps.subset import keep_subset
from explorer.store.store import Store


@pytest.fixture
def run(tmp_path, bundle, capsys, monkeypatch):
    """Runs a command with the tiny bundle; gives the exit code, stdout and stderr."""
    monkeypatch.setattr("signal.signal", lambda *_: None)
    common = ["--cache", str(tmp_path / "cache"), "--bundle", bundle.name]

    def run_command(*arguments: object) -> tuple[int, str, str]:
        device = [] if arguments[0] == "export" else ["--device", "cpu"]
        code = main([*map(str, arguments), *common, *device])
        return (code, *capsys.readouterr())

    return run_command


def last(stdout: str) -> dict:
    return json.loads(stdout.splitlines()[-1])


def test_a_set_is_prepared_distilled_and_evaluated(run, colours, tmp_path):
    code, out, err = run("prepare", colours, "--prototypes", 5, "--json")
    assert (code, last(out)["n_prototypes"], last(out)["maps"]) == (0, 5, ["image"])
    assert "Loading the encoder of Tiny, untrained" in err
    assert "Found 5 prototypes" in err

    code, out, err = run(
        "distill", colours, "--prototypes", 5, "--out", tmp_path / "set", "--seed", 7, "--json"
    )
    assert (code, last(out)["n_pairs"], last(out)["out"]) == (0, 5, str(tmp_path / "set"))
    assert "5 pairs by pds are in" in out
    settings = DistilledSet(tmp_path / "set").settings()["settings"]
    assert (settings["prototypes"]["seed"], settings["synthesis"]["seed"]) == (7, 7)
    assert settings["synthesis"]["steps"] == 2  # the bundle's default

    code, out, err = run(
        "evaluate", tmp_path / "set", "--test", colours, "--seeds", 2, "--epochs", 10, "--json"
    )
    assert code == 0
    assert last(out)["backbones"]["resnet"]["text_to_image"].keys() == {"1", "5", "10"}
    assert "## Scores" in (tmp_path / "set" / "README.md").read_text()

    code, out, err = run(
        "sweep", colours, "--methods", "random", "--pairs", 3, "--sets", 1, "--seeds", 1,
        "--epochs", 10, "--out", tmp_path / "sweep", "--json",
    )  # fmt: skip
    assert code == 0
    assert "| vit | random |" in out
    assert last(out)["sets"][0]["n_pairs"] == 3
    assert (tmp_path / "sweep" / "table.tex").read_text().startswith("% Protocol honest, text")

    code, out, err = run(
        "export", tmp_path / "set", "--format", "webdataset", "--out", tmp_path / "tar", "--json"
    )
    assert (code, last(out)["n_pairs"]) == (0, 5)
    assert "5 pairs are in" in out
    assert (tmp_path / "tar" / "train-000000.tar").is_file()


def test_curves_go_to_a_tracker_and_a_set_to_the_hub(run, colours, tmp_path, monkeypatch):
    points, given, pushed = [], [], []
    tracker = SimpleNamespace(log=lambda *point: points.append(point), close=lambda: None)
    monkeypatch.setattr(
        "explorer.commands.watched.open_tracker", lambda *a: given.append(a) or tracker
    )
    evaluation = ("--seeds", 1, "--epochs", 10)
    code, _, _ = run("evaluate", colours, "--test", colours, *evaluation, "--log-to", "wandb")
    assert code == 0
    assert len(points) == 2 * 2 * 11  # loss and recall of two networks
    assert (given[0][0], given[0][3]["evaluation"]["epochs"]) == ("wandb", 10)

    assert run("distill", colours, "--prototypes", 3, "--out", tmp_path / "set")[0] == 0
    monkeypatch.setattr("explorer.commands.export.require_token", lambda name: "token")
    monkeypatch.setattr(
        "explorer.commands.export.publish", lambda *a: pushed.append(a) or "https://hub/me"
    )
    code, out, _ = run(
        "export", tmp_path / "set", "--format", "parquet", "--out", tmp_path / "out",
        "--license", "cc0-1.0", "--push", "me/mine", "--json",
    )  # fmt: skip
    assert (code, last(out)["url"], pushed) == (
        0,
        "https://hub/me",
        [(tmp_path / "out", "me/mine")],
    )
    assert "license: cc0-1.0\n" in (tmp_path / "out" / "README.md").read_text()


@pytest.mark.parametrize("error", [ConfigError("nobody there"), KeyboardInterrupt()], ids=repr)
def test_an_upload_that_failed_can_be_given_again(run, colours, tmp_path, monkeypatch, error):
    answers = iter([error, "https://hub/me"])

    def publish(*_: object) -> str:
        answer = next(answers)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    monkeypatch.setattr("explorer.commands.export.require_token", lambda name: "token")
    monkeypatch.setattr("explorer.commands.export.publish", publish)
    run("distill", colours, "--prototypes", 3, "--method", "random", "--out", tmp_path / "set")
    command = ("export", tmp_path / "set", "--format", "parquet", "--out", tmp_path / "out")
    assert run(*command, "--push", "me/mine")[0] in (2, 130)
    code, out, _ = run(*command, "--push", "me/mine", "--json")
    assert (code, last(out)["url"]) == (0, "https://hub/me")
    assert (tmp_path / "out" / "README.md").is_file()


def test_a_subset_is_named_by_its_first_digits(run, config, colours, tmp_path):
    train = open_dataset(config.data).splits["train"]
    kept = keep_subset(Store(tmp_path / "cache"), train, train.n_captions, np.arange(30))
    where = ("--prototypes", 3, "--method", "random", "--out", tmp_path / "set")
    assert run("distill", colours, *where, "--subset", kept.key[:8])[0] == 0
    assert DistilledSet(tmp_path / "set").settings()["subset"] == kept.key
    assert run("distill", colours, *where, "--subset", kept.key)[0] == 0  # the same set


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["prepare", "no/such/folder"], "There is no folder 'no/such/folder'"),
        (["prepare", "hf:owner/name"], "hf download --repo-type dataset owner/name"),
        (["prepare", "scenes", "--prototypes", "0"], "n_prototypes must be at least 1, got 0"),
        (["distill", "scenes", "--out", "x", "--steps", "0"], "steps must be between 1 and 1000"),
        (["export", "no/set", "--format", "parquet", "--out", "x"], "holds no finished distilled"),
        (["evaluate", "no/set", "--test", "scenes"], "There is no folder 'no/set'"),
        (["distill", "scenes", "--method", "all", "--out", "x"], "there is no set to make"),
        (["distill", "scenes", "--subset", "abc", "--out", "x"], "There is no subset 'abc'"),
        (["evaluate", "x", "--test", "scenes", "--log-to", "wandb"], "pip install wandb"),
        (["export", "x", "--format", "parquet", "--out", "y", "--push", "me"], "as owner/name"),
        (["prepare", "scenes", "--encoder", "./no-clip"], "There is no folder './no-clip'"),
        (["prepare", "scenes", "--revision", "v2"], "name that model with --encoder or --decoder"),
        (["prepare", "scenes", "--encoder", "owner/clip"], "hf download owner/clip open_clip_con"),
    ],
)
def test_wrong_input_is_one_line_on_stderr_and_exit_code_2(run, arguments, message):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert message in err.splitlines()[-1]
    assert err.splitlines()[-1].startswith("explorer: ")


@pytest.mark.parametrize(
    "arguments",
    [["dance"], [], ["distill", "scenes"], ["prepare"], ["distill", "scenes", "--out", " "]],
)
def test_wrong_arguments_are_exit_code_2(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2


def test_an_unknown_bundle_names_the_known_ones(tmp_path, capsys):
    assert main(["prepare", "scenes", "--bundle", "magic", "--cache", str(tmp_path)]) == 2
    assert "Choose one of: scenes, vit-l-14" in capsys.readouterr().err


def test_the_built_in_bundle_says_that_it_knows_only_scenes(tmp_path, colours, capsys):
    main(["prepare", str(colours), "--cache", str(tmp_path / "cache"), "--prototypes", "99"])
    assert "The built-in encoder knows only Scenes" in capsys.readouterr().err


def test_a_setting_that_the_method_does_not_have_is_no_option(capsys, tmp_path):
    with pytest.raises(SystemExit) as stop:
        main(["distill", "scenes", "--method", "random", "--steps", "3", "--out", str(tmp_path)])
    assert stop.value.code == 2
    assert "--steps" in capsys.readouterr().err


def test_an_interrupted_command_ends_with_130(tmp_path, request):
    # A shell's background jobs ignore the signal, and so would every process they start.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    command = [sys.executable, "-m", "explorer", "prepare", "scenes", "--cache", str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr.readline() == "Opening scenes\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
        assert "interrupted" in process.stderr.read()


def test_a_set_in_its_datas_folder_is_not_the_data_and_is_gone_on_with(run, colours):
    out = colours / "distilled"
    for _ in range(2):  # the second time it finds the set, and goes on with it
        code, _, err = run(
            "distill", colours, "--method", "random", "--prototypes", 3, "--out", out
        )
        assert code == 0, err
        split = open_dataset(str(colours)).splits["train"]
        assert (split.n_images, split.image_names[0]) == (20, "images/train0.png")


def test_a_sweep_compares_a_method_with_itself_under_another_setting(run, colours, tmp_path):
    code, *_ = run(
        "sweep", colours, "--methods", "random", "nearest-image", "nearest-image[caption=longest]",
        "--pairs", 3, "--sets", 1, "--seeds", 1, "--epochs", 10, "--out", tmp_path / "s", "--json",
    )  # fmt: skip
    assert code == 0
    scores = json.loads((tmp_path / "s" / "scores.json").read_text())["scores"]
    assert {each["method"] for each in scores} == {
        "random", "nearest-image", "nearest-image[caption=longest]"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("way", "said"), [("pds[colour=5]", "no setting 'colour'"), ("best", "No method 'best'")]
)
def test_a_way_that_cannot_be_is_one_sentence(run, colours, tmp_path, way, said, capsys):
    with pytest.raises(SystemExit) as end:
        run("sweep", colours, "--methods", way, "--out", tmp_path / "s")
    assert end.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("command", ["prepare", "distill", "evaluate", "sweep"])
def test_an_engine_that_there_is_not_is_refused(run, colours, tmp_path, command):
    more = {"distill": ["--out", tmp_path / "set"], "sweep": ["--out", tmp_path / "sweep"]}
    given = [*more.get(command, []), *(["--test", colours] if command == "evaluate" else [])]
    code, _, err = run(command, colours, *given, "--engine", "elsewhere")
    assert code == 2
    assert "There is no engine 'elsewhere'; there is here, processes, ray." in err
