"""The README is the documentation of the settings, so it must name every one."""

from dataclasses import fields
from pathlib import Path

import pytest

from explorer.config import EvaluationConfig, MapConfig, PrototypeConfig, SynthesisConfig

README = Path(__file__).parents[1] / "README.md"
CONFIGS = (PrototypeConfig, MapConfig, SynthesisConfig, EvaluationConfig)


@pytest.mark.parametrize("name", sorted({f.name for config in CONFIGS for f in fields(config)}))
def test_every_setting_is_in_the_readme(name):
    assert f"`{name}`" in README.read_text("utf-8")


def test_the_space_runs_the_gradio_that_is_required():
    required = (README.parent / "requirements.txt").read_text()
    (version,) = [line.split("==")[1] for line in required.splitlines() if "gradio==" in line]
    assert f"sdk_version: {version}\n" in README.read_text("utf-8")


def test_pictures_in_the_readme_are_there():
    text = README.read_text("utf-8")
    shown = [part.split(")")[0] for part in text.split("](")[1:]]
    local = [path for path in shown if not path.startswith("http")]
    assert local
    assert all((README.parent / path).exists() for path in local)
