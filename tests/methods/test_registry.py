"""Every method by its name, in the order in which they are shown."""

from types import SimpleNamespace

import pytest

from explorer.errors import ConfigError, UnknownNameError
from explorer.methods import registry
from explorer.methods.base import Method
from explorer.methods.registry import (
    about_method,
    all_methods,
    find_method,
    methods_for,
    usual_methods,
)
from explorer.settings import Settings, setting
from explorer.tasks.registry import TASKS


class Own(Settings):
    share: float = setting("Share", "Of all.", default=0.5)


def method(name: str, **more) -> Method:
    given = {"label": name.title(), "family": "own", "about": "Any.", "make": print, **more}
    return Method(name=name, **given)


@pytest.fixture
def only(monkeypatch):
    """Makes these the only methods of the package, and what another package brings."""

    def of(*own: Method, brought: object = ()) -> dict[str, Method]:
        entries = [
            SimpleNamespace(name="entry", value="theirs:METHOD", load=lambda each=each: each)
            for each in brought
        ]
        monkeypatch.setattr(registry, "_own", lambda: iter(own))
        monkeypatch.setattr(registry, "entry_points", lambda group: entries)
        all_methods.cache_clear()
        return all_methods()

    yield of
    monkeypatch.undo()
    all_methods.cache_clear()


def test_the_usual_one_stands_first_and_what_makes_no_set_last(only):
    found = only(
        method("all", make=None, is_usual=True),
        method("z", family="a"),
        method("b", family="b"),
        method("a", family="b", paper="2020"),
        method("usual", family="z", is_usual=True),
    )
    assert list(found) == ["usual", "z", "a", "b", "all"]


def test_a_method_of_another_package_is_one_of_all(only):
    assert list(only(method("a"), brought=[method("b")])) == ["a", "b"]
    with pytest.raises(ConfigError, match="Two methods are called 'a'; uninstall one"):
        only(method("a"), brought=[method("a")])
    with pytest.raises(ConfigError, match="The entry point entry of theirs:METHOD is no Method"):
        only(method("a"), brought=[print])


@pytest.mark.parametrize("name", ["hreding", "herdin", "HERDING"])
def test_a_name_that_is_nearly_one_is_told_which(name):
    with pytest.raises(UnknownNameError, match=rf"No method '{name}'; near it: herding"):
        find_method(name)


@pytest.mark.parametrize("name", ["", "zzzzzz", None, 7, ["pds"]])
def test_what_is_no_name_of_a_method_is_refused(name):
    with pytest.raises(UnknownNameError, match=r"^No method "):
        find_method(name)


@pytest.mark.parametrize("task", TASKS)
def test_a_task_has_its_own_methods_one_to_begin_with_and_a_baseline(task):
    every = methods_for(task)
    assert all(task in each.tasks for each in every)
    first, *baselines = usual_methods(task)
    assert first == every[0].name
    assert find_method(first).is_usual
    assert baselines
    assert all(find_method(each).is_baseline for each in baselines)


def test_a_method_is_told_with_its_settings(only):
    own = method("own", config=Own, tasks=("retrieval",), paper="Me, 2026")
    only(own)
    assert about_method(own) == {
        "name": "own",
        "label": "Own",
        "family": "own",
        "tasks": ("retrieval",),
        "paper": "Me, 2026",
        "settings": {"share": {"default": 0.5, "help": "Of all."}},
    }
