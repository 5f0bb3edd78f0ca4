"""The settings of a method and of a task as fields of the page, and reading them back, checked.

They come in parts: those of one class stand under one heading, and are one part of the form
whichever methods have them. One view shows the parts that are asked for and holds what was
changed in any: a component of Gradio for each setting of each method would cost seconds a click.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, cast

import gradio as gr

from explorer.config import SynthesisConfig
from explorer.errors import ConfigError
from explorer.methods.base import Method
from explorer.methods.registry import all_methods
from explorer.models.bundles import find_bundle
from explorer.settings import Setting, Settings, declared, group_labels, groups
from explorer.tasks.registry import TASKS
from explorer.tasks.task import Task
from explorer.ui import wire
from explorer.ui.views import make_view

Changed = Mapping[str, Mapping[str, Any]]
"""Values that differ from the defaults, by the key of their part and their name."""


class Part(NamedTuple):
    """Fields under one heading; under none without a label."""

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


def build(elem_id: str, parts: Sequence[Part], bundle: str) -> gr.HTML:
    """Adds a view of the fields of these parts, as `form_of` makes them."""
    return make_view("common/settings", elem_id, value=form_of(parts, bundle, after=0))


def form_of(
    parts: Sequence[Part], bundle: str, changed: Changed | None = None, after: int | None = None
) -> wire.Form:
    """What the view must hold to show these parts.

    Args:
        parts: In their order.
        bundle: The models, which decide some defaults.
        changed: What was changed in these parts or in others, which they keep.
        after: The number of changes that it answers to: where more were made meanwhile, the view
            keeps them. None for values that are to be taken whatever was changed.
    """
    return {
        "bundle": bundle,
        "parts": [
            {
                "key": _key(part.kind),
                "label": part.label,
                "fields": [_field(each, defaults_of(part.kind, bundle)) for each in part.settings],
            }
            for part in parts
        ],
        "changed": {key: dict(values) for key, values in (changed or {}).items()},
        "after": after,
    }


def defaults_of(kind: type[Settings], bundle: str) -> Settings:
    """The settings of a class at first: models have their own way to generate images."""
    return find_bundle(bundle).synthesis if kind is SynthesisConfig else kind()


def _key(kind: type[Settings]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _field(setting: Setting, defaults: Settings) -> wire.Field:
    least, most = (None, None) if setting.slider is None else setting.bounds.range(setting.slider)
    return {
        "name": setting.name,
        "label": setting.label,
        "help": setting.help.replace("`", ""),
        "kind": cast(Any, setting.kind.__name__),
        "default": getattr(defaults, setting.name),
        "choices": list(setting.choices),
        "least": least,
        "most": most,
        "step": setting.slider,
    }


def read_changed(view: Any) -> Changed:
    """What was changed, from the value of the view."""
    changed = view.get("changed") if isinstance(view, dict) else None
    if not isinstance(changed, dict) or not all(isinstance(v, dict) for v in changed.values()):
        raise ConfigError("The settings must be values by their names; load the page again.")
    return changed


def read(kind: type[Settings], bundle: str, changed: Changed) -> Settings:
    """Settings of a class as the form shows them; a wrong one is a `ConfigError`."""
    fields = {each.name: each for each in declared(kind) if each.on_form}
    own = changed.get(_key(kind), {})
    if unknown := sorted(set(own) - set(fields)):
        raise ConfigError(f"The form has no setting {', '.join(unknown)}; load the page again.")
    plain = {name: fields[name].read(value) for name, value in own.items()}
    inner = {name: read(each, bundle, changed) for name, each in groups(kind).items()}
    return replace(defaults_of(kind, bundle), **plain, **inner)  # type: ignore[type-var]


def changed_in(settings: Settings, bundle: str) -> Changed:
    """What must be changed in the form so that it means these settings."""
    kind = type(settings)
    usual = defaults_of(kind, bundle)
    values = {
        each.name: getattr(settings, each.name)
        for each in declared(kind)
        if each.on_form and getattr(settings, each.name) != getattr(usual, each.name)
    }
    inner = [changed_in(getattr(settings, name), bundle) for name in groups(kind)]
    return {key: own for each in [{_key(kind): values}, *inner] for key, own in each.items() if own}


def suited(bundle: str, view: Any, parts: Sequence[Part]) -> wire.Form:
    """The form of these parts with other models: theirs is how images are generated."""
    changed = dict(read_changed(view))
    if view.get("bundle") != bundle:
        changed.pop(_key(SynthesisConfig), None)
    after = view.get("after")
    return form_of(parts, bundle, changed, after if isinstance(after, int) else None)


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
            heading = "Evaluation" if group == "evaluation" else ""
            heading = heading or (group_labels(each.config)[group] if group else "")
            return f"{heading}: {found[0].label_in_text}" if heading else found[0].label
    return own.replace("_", " ").capitalize()
