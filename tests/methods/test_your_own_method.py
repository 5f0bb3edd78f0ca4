"""The method that the documentation shows, installed as pip leaves a package."""

import re
import sys
import tomllib
from pathlib import Path

import pytest

from explorer.errors import ConfigError
from explorer.methods import registry
from explorer.runs.config import RunConfig
from explorer.runs.distill import fill
from explorer.sets.folder import DistilledSet
from explorer.store.store import Store
from tests.colours import write_classes
from tests.opened import resolved

PAGE = Path(__file__).parents[2] / "docs" / "your-own-method.md"
LONGEST = 39


def block(language: str) -> str:
    """The one piece of code of a language on the page."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    return str(found)


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Its module, and a dist-info with the entry points of its pyproject.toml."""
    site, project = tmp_path / "site", tomllib.loads(block("toml"))["project"]
    info = site / f"{project['name']}-{project['version']}.dist-info"
    info.mkdir(parents=True)
    (site / "central.py").write_text(block("python"))
    (info / "METADATA").write_text(f"Name: {project['name']}\nVersion: {project['version']}\n")
    lines = [
        line
        for group, entries in project["entry-points"].items()
        for line in (f"[{group}]", *(f"{name} = {where}" for name, where in entries.items()))
    ]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
    monkeypatch.syspath_prepend(str(site))
    registry.all_methods.cache_clear()
    yield site
    sys.modules.pop("central", None)
    registry.all_methods.cache_clear()


@pytest.mark.usefixtures("installed")
def test_it_makes_sets_of_each_class(bundle, tmp_path):
    data = str(write_classes(tmp_path / "classes"))
    own = RunConfig(data=data, bundle=bundle.name, task="classification", method="central", size=2)
    assert own.settings.share == 0.5
    context = resolved(Store(tmp_path / "cache"), own)
    rows = fill(context, own, DistilledSet(tmp_path / "set"))
    train = context.dataset.labelled()
    assert [row.label for row in rows] == [name for name in train.classes for _ in range(2)]
    with pytest.raises(ConfigError, match="share"):
        type(own.settings)(share=0)


def test_it_is_short():
    assert len(block("python").splitlines()) <= LONGEST


def test_another_method_of_the_same_name_is_refused(installed):
    module = installed / "central.py"
    module.write_text(module.read_text().replace('name="central"', 'name="random"'))
    with pytest.raises(ConfigError, match="Two methods are called 'random'"):
        registry.all_methods()
