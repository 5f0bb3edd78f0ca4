"""A method with some of its settings in one text, `pds[guidance=2,steps=5]`: a way to make sets.

A sweep compares ways, so that any setting can be swept as methods are.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple

from explorer.errors import ConfigError
from explorer.methods.base import Method
from explorer.methods.registry import find_method
from explorer.settings import Setting, Settings, declared, every_setting, groups

_WAY = re.compile(r"([^\[\]]*)(?:\[([^\[\]/\\]*)\])?")
_SWITCH = {"on": True, "off": False, "true": True, "false": False}
_MOST = 200
"""Ways in one sweep: more are a mistake, and would be told to the page all at once."""


class Way(NamedTuple):
    """How sets are made: a method, and what is said of its settings."""

    method: Method
    changed: Mapping[str, Any]  # settings of the method or of its groups, by name

    def __str__(self) -> str:
        if not self.changed:
            return self.method.name
        told = ",".join(f"{name}={told_value(value)}" for name, value in self.changed.items())
        return f"{self.method.name}[{told}]"

    def applied(self, settings: Settings) -> Settings:
        """The settings with what this way says of them."""
        names = {each.name for each in declared(type(settings))}
        own = {name: value for name, value in self.changed.items() if name in names}
        inner = {name: self.applied(getattr(settings, name)) for name in groups(type(settings))}
        return replace(settings, **own, **inner)  # type: ignore[type-var]


def read_way(text: str) -> Way:
    """A way by its text.

    Raises:
        UnknownNameError: There is no such method.
        ConfigError: It has no such setting, or the setting cannot have this value.
    """
    found = _WAY.fullmatch(text)
    method = find_method(found[1] if found else text)
    known, changed = _settings(method), {}
    for part in filter(None, (found[2] if found and found[2] else "").split(",")):
        name, _, value = (each.strip() for each in part.partition("="))
        if name not in known:
            raise ConfigError(f"{method.name} has no setting {name!r} to sweep.")
        changed[name] = _value(known[name], value)
    return Way(method, changed)


def method_of_way(text: str) -> Method:
    return read_way(text).method


def label_in_text(method: Method, name: str) -> str:
    """What the page calls a setting of a method, or of its groups, amid a sentence."""
    return _settings(method)[name].label_in_text


def varied(methods: Sequence[str], text: str) -> tuple[str, ...]:
    """Every method with every combination of these values that it has a setting for.

    Args:
        methods: Names, or ways.
        text: Such as "guidance = 1, 2, 5; steps = 5, 20"; settings by name or by label.

    Raises:
        ConfigError: None of the methods has such a setting, or it cannot have such a value.
    """
    ways = [read_way(each) for each in methods]
    values = {_called(name, ways): given for name, given in _read_varied(text)}
    found = [str(each) for way in ways for each in _combined(way, values)]
    if len(found) > _MOST:
        raise ConfigError(f"These are {len(found):,} ways to make sets; at most {_MOST} are swept.")
    return tuple(dict.fromkeys(found))


def _combined(way: Way, values: Mapping[str, Sequence[str]]) -> Iterator[Way]:
    known = _settings(way.method)
    own = {name: given for name, given in values.items() if name in known}
    for combination in product(*own.values()):
        pairs = zip(own, combination, strict=True)
        changed = {name: _value(known[name], value) for name, value in pairs}
        yield Way(way.method, {**way.changed, **changed})


def _settings(method: Method) -> dict[str, Setting]:
    return {each.name: each for each in every_setting(method.config)}


def _called(given: str, ways: Sequence[Way]) -> str:
    """The name of the setting that is given by it or by its label."""
    every = [each for way in ways for each in _settings(way.method).values()]
    name = given.replace("-", "_")
    by_label = [each.name for each in every if each.label.lower() == given.lower()]
    if any(each.name == name for each in every):
        return name
    if not by_label:
        raise ConfigError(
            f"None of these methods has a setting {given!r}; write it as the form does, or as "
            "`methods` lists it."
        )
    return by_label[0]


def _read_varied(text: str) -> Iterator[tuple[str, list[str]]]:
    for part in filter(None, (each.strip() for each in re.split(r"[;\n]", text))):
        name, sign, given = part.partition("=")
        values = [value for each in given.split(",") if (value := each.strip())]
        if not sign or not values or re.search(r"[\[\]=/\\]", given):
            raise ConfigError(
                f"Write settings like guidance = 1, 2, 5; steps = 5, 20; got {part!r}."
            )
        yield name.strip(), values


def _value(setting: Setting, text: str) -> Any:
    """What a text says of a setting; it may have this value."""
    if setting.name == "seed":
        raise ConfigError("Seeds are swept already: each set has the next.")
    value: Any = text
    try:
        if setting.kind is bool:
            value = _SWITCH[text.lower()]
        elif setting.kind in (int, float):
            value = setting.kind(text)
    except (KeyError, ValueError):
        pass  # the check says what it must be
    setting.check(value)
    return value


def told_value(value: Any) -> str:
    """As short as it reads back the same.

    Examples:
        >>> told_value(2.0), told_value(0.25), told_value(True), told_value("real")
        ('2', '0.25', 'on', 'real')
    """
    if isinstance(value, bool):
        return "on" if value else "off"
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
    return str(int(value)) if is_whole else str(value)
