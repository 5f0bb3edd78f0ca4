"""Settings as form fields, one for each that is declared, and reading them back, checked.

The settings of methods and tasks come in parts: those of one class stand under one heading, and
are one part of the form whichever methods have them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import gradio as gr
from gradio.components import Component

from explorer.config import SynthesisConfig
from explorer.methods.base import Method
from explorer.methods.registry import all_methods
from explorer.models.bundles import find_bundle
from explorer.runs.config import RunConfig
from explorer.settings import Setting, Settings, declared, group_labels, groups
from explorer.tasks.registry import TASKS
from explorer.tasks.task import Task
from explorer.ui.forms.fields import text

Given = Mapping[type[Settings], Mapping[str, Any]]
"""Values of the fields by the class of their part and their name."""


class Part(NamedTuple):
    """Fields under one heading."""

    kind: type[Settings]
    label: str

    @property
    def settings(self) -> list[Setting]:
        return [each for each in declared(self.kind) if each.on_form]


def parts_of(kind: type[Settings], label: str) -> Iterator[Part]:
    """The parts that the settings of a class come in; `label` is for those in no group."""
    own = Part(kind, label)
    if own.settings:
        yield own
    for name, inner in groups(kind).items():
        yield from parts_of(inner, group_labels(kind)[name])


def all_parts() -> list[Part]:
    """Every part of every method, and then of every task, once."""
    of_methods = [part for each in all_methods().values() for part in of_method(each)]
    of_tasks = [part for task in TASKS.values() for part in of_task(task)]
    return list({part.kind: part for part in [*of_methods, *of_tasks]}.values())


def of_method(method: Method) -> list[Part]:
    return list(parts_of(method.config, "Method"))


def of_task(task: Task) -> list[Part]:
    return list(parts_of(task.config, "Evaluation"))


def build(part: Part, defaults: Settings | None = None) -> list[Component]:
    """Adds the fields of one part, in the order of its settings."""
    return [_field(each, getattr(defaults, each.name, each.default)) for each in part.settings]


def _field(setting: Setting, default: Any) -> Component:
    shown: dict[str, Any] = {"label": setting.label, "info": setting.help.replace("`", "")}
    if setting.choices:
        return gr.Dropdown(list(setting.choices), value=default, **shown)
    if setting.slider is not None:
        least, most = setting.bounds.range(setting.slider)
        return gr.Slider(least, most, default, step=setting.slider, **shown)
    if setting.kind is bool:
        return gr.Checkbox(default, **shown)
    if setting.kind is str:
        return gr.Textbox(default, **shown)
    return gr.Number(default, precision=0 if setting.kind is int else None, **shown)


def given_by(parts: Sequence[Part], values: Sequence[Any]) -> Given:
    """The values of the fields of these parts, in their order, by class and name."""
    names = [(part.kind, each.name) for part in parts for each in part.settings]
    given: dict[type[Settings], dict[str, Any]] = {part.kind: {} for part in parts}
    for (kind, name), value in zip(names, values, strict=True):
        given[kind][name] = value
    return given


def read(kind: type[Settings], given: Given) -> Settings:
    """Settings of a class from the values of a form; a wrong one is a `ConfigError`."""
    inner = {name: read(each, given) for name, each in groups(kind).items()}
    own = given.get(kind, {})
    plain = {each.name: each.read(own[each.name]) for each in declared(kind) if each.name in own}
    return kind(**plain, **inner)


def values_of(settings: Settings) -> Given:
    """What the fields must show to mean these settings."""
    kind = type(settings)
    shown: dict[type[Settings], dict[str, Any]] = {
        kind: {each.name: getattr(settings, each.name) for each in declared(kind)}
    }
    for name in groups(kind):
        shown |= values_of(getattr(settings, name))  # type: ignore[arg-type]
    return shown


def in_order(parts: Sequence[Part], shown: Given) -> list[Any]:
    """What each field of these parts must show; what is not among `shown` stays as it is."""
    return [
        shown.get(part.kind, {}).get(each.name, gr.skip())
        for part in parts
        for each in part.settings
    ]


def visible(parts: Sequence[Part], method: Method, task: Task) -> list[Any]:
    """Which headings apply to a method and a task."""
    kinds = {part.kind for part in (*of_method(method), *of_task(task))}
    return [gr.update(visible=part.kind in kinds) for part in parts]


def defaults_of(part: Part) -> Settings:
    """What a part shows at first: the built-in models have their own way to generate images."""
    return find_bundle(RunConfig.bundle).synthesis if part.kind is SynthesisConfig else part.kind()


def called(name: str) -> str:
    """What people read for "synthesis.guidance" or "method".

    Examples:
        >>> called("synthesis.guidance"), called("method"), called("size")
        ('Images: guidance', 'Method', 'Size')
    """
    group, _, own = name.rpartition(".")
    having: list[Method | Task] = [*all_methods().values(), *TASKS.values()]
    for each in having:
        kind = each.config if group in ("", "evaluation") else groups(each.config).get(group)
        found = [s for s in declared(kind) if s.name == own] if kind else []
        if found and (group != "evaluation" or isinstance(each, Task)):
            label = found[0].label
            heading = "Evaluation" if group == "evaluation" else ""
            heading = heading or (group_labels(each.config)[group] if group else "")
            return f"{heading}: {label[0].lower()}{label[1:]}" if heading else label
    return own.replace("_", " ").capitalize()


def suited(bundle: Any) -> list[Any]:
    """The values of the fields of `SynthesisConfig` that suit the models that were chosen."""
    own = find_bundle(text(bundle, "Models")).synthesis
    return [getattr(own, each.name) for each in Part(SynthesisConfig, "").settings]
