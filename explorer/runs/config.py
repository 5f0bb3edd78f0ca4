"""What a whole run is asked for, resolved once into what its parts see."""

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from explorer.config import (
    AS_LEARNED,
    WHITENINGS,
    Edit,
    NetworkConfig,
    PrototypeConfig,
    SynthesisConfig,
)
from explorer.errors import ConfigError
from explorer.explore.view import View
from explorer.methods.base import Method
from explorer.methods.registry import find_method, usual_methods
from explorer.methods.ways import read_way
from explorer.models.bundles import Bundle, choose_bundle, find_bundle
from explorer.settings import Settings, before, declared, group_labels, groups, is_text, setting
from explorer.tasks.registry import find_task
from explorer.tasks.task import Task
from explorer.types import Dataset, Labelled

SIZE = find_task("retrieval").usual_size
MOST_JUDGED = 100
"""Sets that a referee judges at once."""
_OLD_PARTS = ("prototypes", "synthesis")  # of every run before methods had settings of their own


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """A whole run: prepare, distill, evaluate."""

    data: str = "scenes"
    """What `open_dataset` opens."""
    bundle: str = "scenes"
    """Encoder, decoder and backbones that fit together."""
    encoder: str = ""
    """Another encoder than the bundle's, named as in `models/bundles.py`."""
    decoder: str = ""
    """Another decoder than the bundle's, likewise."""
    task: str = "retrieval"
    """What is learned from the set."""
    method: str = ""
    """How the set is made or chosen; the first method of the task where none is named."""
    size: int = SIZE
    """Pairs, or images per class."""
    subset: str = ""
    """Key of rows that were chosen by hand, the only ones to be distilled; empty for all."""
    edits: tuple[Edit, ...] = ()
    """Changes made to the prototypes by hand, in order."""
    settings: Settings = None  # type: ignore[assignment]
    """Of the method; the usual ones where none are given."""
    evaluation: Settings = None  # type: ignore[assignment]
    """Of the task, likewise."""
    others: Mapping[str, Settings] = field(default_factory=dict)
    """Of the other methods of a sweep, by name; one that is not there takes over what it can."""

    def __post_init__(self) -> None:
        for name in ("data", "bundle", "encoder", "decoder", "task", "method", "subset"):
            if not is_text(value := getattr(self, name)):
                raise ConfigError(f"{name} must be a text, got {value!r}.")
        if isinstance(self.size, bool) or not isinstance(self.size, int) or self.size < 1:
            name = find_task(self.task).size_name
            raise ConfigError(f"{name} must be at least 1, got {self.size!r}.")
        if self.subset and self.edits:
            raise ConfigError(
                "The edits were made to prototypes of all rows. Undo them, or distill all rows."
            )
        if not self.method:
            object.__setattr__(self, "method", usual_methods(self.task)[0])
        method = find_method(self.method)
        if self.subset and method.make is None:
            raise ConfigError(f"{self.method} takes every pair, so it cannot take a subset.")
        if self.settings is None:
            object.__setattr__(self, "settings", usual_settings(method, self.bundle))
        kind = find_task(self.task).config
        if self.evaluation is None:
            object.__setattr__(self, "evaluation", kind())
        for name, own in (("settings", method.config), ("evaluation", kind)):
            if type(given := getattr(self, name)) is not own:
                raise ConfigError(f"{name} must be {own.__name__}, got {type(given).__name__}.")

    def with_method(self, name: str) -> "RunConfig":
        """The same run by one way alone: with its own settings, or those that both methods have."""
        way = read_way(name)
        settings = self.others.get(way.method.name)
        if way.method.name == self.method:
            settings = self.settings
        elif settings is None:
            settings = _taken_over(usual_settings(way.method, self.bundle), self.settings)
        return replace(self, method=way.method.name, settings=way.applied(settings), others={})

    def as_json(self) -> dict[str, Any]:
        """JSON-ready; without settings of others where there are none."""
        values = dataclasses.asdict(self)
        values["edits"] = tuple(each.as_json() for each in self.edits)
        if not self.others:
            del values["others"]
        return values

    @classmethod
    def from_json(cls, values: Mapping[str, Any], *, written: bool = False) -> "RunConfig":
        """Reads what `as_json` wrote, now or before methods had settings of their own.

        If it was written, rather than by hand, what is missing was not there yet.
        """

        def read(kind: type[Settings], own: Mapping[str, Any]) -> Any:
            return kind.from_json({**before(kind), **own} if written else own)

        known = {each.name for each in dataclasses.fields(cls)}
        values = dict(values)
        if "settings" not in values:
            values = _upgraded(values)
        if unknown := sorted(set(values) - known):
            raise ConfigError(f"A run has no setting {', '.join(unknown)}.")
        task = find_task(values.get("task", cls.task))
        method = find_method(values.get("method") or usual_methods(task.name)[0])
        return cls(
            **{
                **values,
                "edits": tuple(Edit.from_json(each) for each in values.get("edits", ())),
                "settings": read(method.config, _filled(method, values)),
                "evaluation": read(task.config, values.get("evaluation", {})),
                "others": {
                    name: read(find_method(name).config, each)
                    for name, each in values.get("others", {}).items()
                },
            }
        )


class SweepConfig(Settings):
    """Which sets a sweep makes and scores; everything else is that of one run."""

    methods: tuple[str, ...] = setting(
        "Methods",
        "Ways to make a set: methods, also with settings of their own, written like "
        "name[steps=20]; the first is compared with the others.",
        default=usual_methods("retrieval"),
    )
    n_pairs: tuple[int, ...] = setting(
        "Sizes", "Sizes of the sets.", default=find_task("retrieval").usual_sizes
    )
    n_sets: int = setting(
        "Sets of each",
        "Sets of each method and size: set i has the seeds of the settings plus i.",
        at_least=1,
        at_most=100,
        default=5,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if any("[" in each for each in self.methods):
            object.__setattr__(self, "methods", tuple(str(read_way(w)) for w in self.methods))
        for name in ("methods", "n_pairs"):
            values = getattr(self, name)
            if not values or len(set(values)) < len(values):
                raise ConfigError(f"{name} must be one or more, each once, got {values!r}.")
        if not all(type(n) is int and n >= 1 for n in self.n_pairs):
            raise ConfigError(f"n_pairs must be at least 1 each, got {self.n_pairs!r}.")


class RefereeConfig(Settings):
    """What sets are put beside by a referee."""

    runs: tuple[str, ...] = setting("Runs", "Ids of the runs whose sets are judged.", default=())
    n_random: int = setting(
        "Random sets",
        "Random sets of each size, to tell gains from chance.",
        at_least=1,
        at_most=100,
        default=3,
    )
    whole: bool = setting(
        "All of the data",
        "Train students on all of the data as well, to tell what is lost. Slow.",
        default=False,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        is_named = all(map(is_text, self.runs))
        if not is_named or len(set(self.runs)) < len(self.runs) or len(self.runs) > MOST_JUDGED:
            raise ConfigError(f"A referee takes the ids of at most {MOST_JUDGED} runs, each once.")


def as_written(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as JSON gives them back."""
    return dict(json.loads(json.dumps(values)))


def with_later(written: Any, kind: type[Settings]) -> Any:
    """Settings as this version writes them: what a later version added is as it was before."""
    if not isinstance(written, Mapping):
        return written
    inner = groups(kind)
    own = {n: with_later(v, inner[n]) if n in inner else v for n, v in written.items()}
    return as_written({**kind().as_json(), **before(kind), **own})


def data_name(data: str) -> str:
    """What data are called where there is little room.

    Examples:
        >>> data_name("scenes"), data_name("/home/ada/boats/"), data_name("hf:owner/name")
        ('Scenes', 'boats', 'name')
    """
    return "Scenes" if data == "scenes" else Path(data).name


def bundle_of(config: RunConfig) -> Bundle:
    """The models of a run."""
    return choose_bundle(config.bundle, config.encoder, config.decoder)


def method_of(config: RunConfig) -> Method:
    return find_method(config.method)


def task_of_run(config: RunConfig) -> Task:
    return find_task(config.task)


def seeds_of(settings: Settings) -> list[int]:
    """Every seed in the settings, in their order; of a method without chance there is none."""
    return [seed for _, seed in named_seeds(settings)]


def named_seeds(settings: Settings, part: str = "") -> Iterator[tuple[str, int]]:
    """Every seed with the part of the settings that it is in, as forms call it, or else `part`."""
    labels = group_labels(type(settings))
    for each in dataclasses.fields(settings):  # type: ignore[arg-type]
        value = getattr(settings, each.name)
        if isinstance(value, Settings):
            yield from named_seeds(value, labels.get(each.name, part))
        elif each.name == "seed":
            yield part, value


def reseeded(settings: Settings, number: int) -> Settings:
    """The settings with every seed in them raised by `number`; equal where there is none."""
    changed: dict[str, Any] = {}
    for each in dataclasses.fields(settings):  # type: ignore[arg-type]
        value = getattr(settings, each.name)
        if isinstance(value, Settings):
            changed[each.name] = reseeded(value, number)
        elif each.name == "seed":
            changed[each.name] = value + number
    return replace(settings, **changed)  # type: ignore[type-var]


def fitted(config: RunConfig, dataset: Dataset) -> RunConfig:
    """The run with size and channels of the dataset's images where no others were asked for."""
    train = dataset.splits["train"]
    if not isinstance(train, Labelled):
        return config
    found = seeing(config, *train.seen_as)
    evaluation = whitened(found.evaluation, [found.settings, *found.others.values()])
    return replace(found, evaluation=evaluation)


def seeing(config: RunConfig, side: int, channels: int) -> RunConfig:
    """The run with images of this size and these channels where no others were asked for.

    Students see as many channels as were asked for in learning.
    """

    def own(settings: Settings, channels: int) -> Settings:
        return settings.seeing(side, channels) if isinstance(settings, NetworkConfig) else settings

    learned = [config.settings, *config.others.values()]
    asked = [each.image_channels for each in learned if isinstance(each, NetworkConfig)]
    return replace(
        config,
        settings=own(config.settings, channels),
        others={name: own(each, channels) for name, each in config.others.items()},
        evaluation=own(config.evaluation, next(filter(None, asked), channels)),
    )


def whitened(evaluation: Settings, methods: Sequence[Settings]) -> Settings:
    """An evaluation whose students see images whitened where those of a method are learned so."""
    if not isinstance(evaluation, NetworkConfig) or evaluation.whitening != AS_LEARNED:
        return evaluation
    found = [each.whitening for each in methods if isinstance(each, NetworkConfig)]
    kinds = [each for each in found if each != WHITENINGS[0]]
    return replace(evaluation, whitening=kinds[0] if kinds else WHITENINGS[0])


def usual_settings(method: Method, bundle: str) -> Settings:
    """The settings of a method where nobody says otherwise: images as the bundle generates them."""
    usual = method.config()
    if "synthesis" not in groups(method.config):
        return usual
    return replace(usual, synthesis=find_bundle(bundle).synthesis)  # type: ignore[type-var]


def prototypes_of(config: RunConfig) -> PrototypeConfig:
    """How a run finds prototypes; the defaults where its method has none."""
    found = getattr(config.settings, "prototypes", None)
    return found if isinstance(found, PrototypeConfig) else PrototypeConfig()


def view_of(config: RunConfig) -> View:
    """What a map of the run's prototypes would show."""
    return View(
        data=config.data,
        bundle=config.bundle,
        encoder=config.encoder,
        decoder=config.decoder,
        n_prototypes=config.size,
        prototypes=prototypes_of(config),
    )


def _taken_over(settings: Settings, other: Settings) -> Settings:
    """The settings with what another method's have of the same name and kind."""
    kind = type(settings)
    known = {each.name: each.type for each in dataclasses.fields(kind)}  # type: ignore[arg-type]
    values = {name: getattr(other, name) for name in known if hasattr(other, name)}
    inner = groups(kind)
    fitting = {n: v for n, v in values.items() if n not in inner or type(v) is known[n]}
    return replace(settings, **fitting)  # type: ignore[type-var]


def _filled(method: Method, values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a run, with the bundle's own way to generate where they leave it open."""
    settings = dict(values.get("settings", {}))
    given = settings.get("synthesis", {})
    names = {each.name for each in declared(SynthesisConfig)}
    if "synthesis" in groups(method.config) and isinstance(given, Mapping) and set(given) < names:
        own = find_bundle(values.get("bundle", RunConfig.bundle)).synthesis
        settings["synthesis"] = {**own.as_json(), **given}
    return settings


def _upgraded(values: dict[str, Any]) -> dict[str, Any]:
    """A run as it was written when every method had the settings of PDS."""
    old = {name: dict(values.pop(name, {})) for name in _OLD_PARTS}
    kind = find_method(values.get("method") or usual_methods(RunConfig.task)[0]).config
    names = {each.name for each in dataclasses.fields(kind)}  # type: ignore[arg-type]
    size = old["prototypes"].pop("n_prototypes", SIZE)
    kept: dict[str, Any] = {name: old[name] for name in _OLD_PARTS if name in names}
    if "seed" in names and "seed" in old["prototypes"]:
        kept["seed"] = old["prototypes"]["seed"]
    return {**values, "size": size, "settings": kept}
