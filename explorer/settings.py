"""A setting is declared once: its default, bounds and words serve whoever asks for or shows it."""

import dataclasses
import sys
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Self, dataclass_transform, get_origin

from explorer.errors import ConfigError


class Bounds(NamedTuple):
    """What a number may be; None sets no bound."""

    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None

    def range(self, step: float) -> tuple[float, float]:
        """The least and the greatest value of a slider with this step."""
        assert self.at_least is not None, "a slider begins somewhere"
        most = self.at_most if self.at_most is not None else (self.below or 0) - step
        return self.at_least, most

    def hold(self, value: float) -> bool:
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.at_most is None or value <= self.at_most)
            and (self.above is None or value > self.above)
            and (self.below is None or value < self.below)
        )

    def __str__(self) -> str:
        """What a value must be.

        Examples:
            >>> str(Bounds(at_least=1)), str(Bounds(at_least=0, below=1)), str(Bounds(1, 1000))
            ('at least 1', 'at least 0 and below 1', 'between 1 and 1000')
        """
        if self.at_least is not None and self.at_most is not None:
            return f"between {self.at_least} and {self.at_most}"
        named = self._asdict().items()
        return " and ".join(f"{name.replace('_', ' ')} {v}" for name, v in named if v is not None)


class Setting(NamedTuple):
    """What `setting` declared, with the name and the type of the field."""

    name: str
    kind: type
    default: Any
    label: str
    help: str
    bounds: Bounds
    choices: tuple[str, ...]  # for a text; () where any will do
    slider: float | None  # step of a slider from its least to its greatest value; None for a field
    option: str  # of the command line, without dashes
    on_form: bool
    opens: bool  # whether it names a file or a folder, which visitors may open only where data is
    before: Any  # what it was before there was this setting; None for its default

    @property
    def flag(self) -> str:
        """As the command line names it."""
        return f"--{self.option.replace('_', '-')}"

    @property
    def label_in_text(self) -> str:
        return self.label[0].lower() + self.label[1:]

    def check(self, value: Any) -> None:
        """Raises a `ConfigError` unless the setting may have this value."""
        must = _must_be(self.kind, value)
        if not must and self.choices and value not in self.choices:
            must = f"one of {', '.join(self.choices)}"
        if not must and isinstance(value, int | float) and not self.bounds.hold(value):
            must = str(self.bounds)
        if must:
            raise ConfigError(f"{self.name} must be {must}, got {value!r}.")

    def read(self, value: Any) -> Any:
        """A value from JSON or a form; a float without fraction is a whole number."""
        is_whole = self.kind is int and isinstance(value, float) and value.is_integer()
        return int(value) if is_whole else tuple(value) if isinstance(value, list) else value


def _must_be(kind: type, value: Any) -> str:
    """What a value of this type must be, or "" where it is."""
    if kind is bool:
        return "" if isinstance(value, bool) else "on or off"
    if kind in (int, float):
        kinds = (int,) if kind is int else (int, float)
        is_number = isinstance(value, kinds) and not isinstance(value, bool)
        fits = is_number and abs(value) <= sys.float_info.max  # NaN does not
        return "" if fits else "a whole number" if kind is int else "a number"
    if kind is str:
        return "" if is_text(value) else "a text"
    is_list = isinstance(value, tuple) and all(is_text(v) or type(v) is int for v in value)
    return "" if is_list else "a list of texts or whole numbers"


def is_text(value: Any) -> bool:
    r"""Whether it is a text that files and names can hold.

    Examples:
        >>> is_text("a boat"), is_text("half of an emoji: \ud83d"), is_text("\0"), is_text(3)
        (True, False, False, False)
    """
    if not isinstance(value, str) or "\0" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def setting(
    label: str,
    help: str,
    *,
    default: Any,
    at_least: float | None = None,
    at_most: float | None = None,
    above: float | None = None,
    below: float | None = None,
    choices: tuple[str, ...] = (),
    slider: float | None = None,
    option: str = "",
    on_form: bool = True,
    opens: bool = False,
    before: Any = None,
) -> Any:
    """Declares a field of `Settings`; the parameters are those of `Setting`."""
    words = {"label": label, "help": help, "option": option}
    limits = Bounds(at_least, at_most, above, below)
    shown = {"choices": choices, "slider": slider, "on_form": on_form, "opens": opens}
    about = {"bounds": limits, "before": before, **words, **shown}
    return dataclasses.field(default=default, metadata=about)


def seed_setting(help: str, *, default: int) -> Any:
    """Declares a field that is called `seed`: sets that differ in seeds alone are repetitions."""
    help = f"{help} The same number gives the same result, another one a repetition."
    return setting("Seed", help, default=default, at_least=0, below=2**32)


def group(label: str, *, default_factory: type["Settings"]) -> Any:
    """Declares settings within settings, which a form shows under a heading of their own."""
    return dataclasses.field(default_factory=default_factory, metadata={"group": label})


@dataclass_transform(
    kw_only_default=True,
    frozen_default=True,
    field_specifiers=(setting, seed_setting, group, dataclasses.field),
)
class Settings:
    """Frozen, keyword-only choices; every field is checked, whoever gives it."""

    def __init_subclass__(cls) -> None:
        dataclasses.dataclass(frozen=True, kw_only=True)(cls)

    def __post_init__(self) -> None:
        for each in declared(type(self)):
            each.check(getattr(self, each.name))

    def as_json(self) -> dict[str, Any]:
        values: dict[str, Any] = dataclasses.asdict(self)  # type: ignore[call-overload]
        return values

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Reads what `as_json` wrote; an unknown name is a `ConfigError`."""
        known = {each.name: each for each in dataclasses.fields(cls)}  # type: ignore[arg-type]
        if unknown := sorted(set(values) - set(known)):
            raise ConfigError(
                f"{cls.__name__} has no setting {', '.join(unknown)}; it has "
                f"{', '.join(sorted(known)) or 'none'}."
            )
        plain = {each.name: each for each in declared(cls)}
        inner = groups(cls)
        return cls(
            **{
                name: _inner(name, inner[name], value) if name in inner else plain[name].read(value)
                for name, value in values.items()
            }
        )


def before(kind: type[Settings]) -> dict[str, Any]:
    """What settings of a class were, without those of groups, before there was a choice."""
    return {each.name: each.before for each in declared(kind) if each.before is not None}


def _inner(name: str, kind: type[Settings], value: Any) -> Settings:
    if not isinstance(value, Mapping):
        raise ConfigError(f"{name} must be settings by their names, got {value!r}.")
    return kind.from_json(value)


def declared(kind: type[Settings]) -> Iterator[Setting]:
    """The settings of a class, in their order; those of its groups are not among them."""
    for each in dataclasses.fields(kind):  # type: ignore[arg-type]
        if "bounds" in each.metadata:
            words = {**each.metadata}
            words["option"] = words["option"] or each.name
            yield Setting(name=each.name, kind=_plain(each.type), default=each.default, **words)


def by_place(kind: type[Settings], within: str = "") -> Iterator[tuple[str, Setting]]:
    """The settings of a class and of its groups, those of a group as "synthesis.guidance"."""
    for each in declared(kind):
        yield f"{within}{each.name}", each
    for name, inner in groups(kind).items():
        yield from by_place(inner, f"{within}{name}.")


def every_setting(kind: type[Settings]) -> Iterator[Setting]:
    """The settings of a class and of its groups."""
    return (each for _, each in by_place(kind))


def groups(kind: type[Settings]) -> dict[str, type[Settings]]:
    """The groups of a class by their name."""
    found = dataclasses.fields(kind)  # type: ignore[arg-type]
    return {each.name: each.type for each in found if "group" in each.metadata}  # type: ignore[misc]


def group_labels(kind: type[Settings]) -> dict[str, str]:
    """The headings of the groups of a class by their name."""
    found = dataclasses.fields(kind)  # type: ignore[arg-type]
    return {each.name: each.metadata["group"] for each in found if "group" in each.metadata}


def _plain(kind: Any) -> type:
    plain: type = get_origin(kind) or kind
    return plain
