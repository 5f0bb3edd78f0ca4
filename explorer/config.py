"""What a user can choose: one frozen dataclass per stage.

Every field enters the key of the results it decides, and the page and the command line read
their defaults from here.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from explorer.errors import ConfigError

PAIRLESS = ("centres", "drop", "refill")
CLUSTERINGS = ("kmeans", "minibatch")
PROTOCOLS = ("honest", "paper")
TEXTS = ("caption", "prototype")


def _check(name: str, value: Any, holds: bool, must: str) -> None:
    if not holds:
        raise ConfigError(f"{name} must be {must}, got {value!r}.")


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    _check(name, value, value in choices, f"one of {', '.join(choices)}")


@dataclass(frozen=True, kw_only=True)
class PrototypeConfig:
    """Which prototypes come out of a set of embeddings."""

    n_prototypes: int = 100
    """Image-caption pairs to keep."""
    drop_fraction: float = 0.2
    """Share of least similar pairs left out before clustering, in [0, 1)."""
    normalize: bool = False
    """Cluster unit-length embeddings; prototypes are means of the raw ones either way."""
    pairless: str = "centres"
    """A matched pair of clusters without a common row: keep its two `centres`, `drop` it, or
    `refill` by splitting the largest pairs."""
    clustering: str = "kmeans"
    """`kmeans` is Lloyd's algorithm; `minibatch` is the reference implementation's."""
    unique_captions: bool = False
    """Give each prototype a caption of its own, so that they fit best together; else several may
    share the one that is nearest to them."""
    seed: int = 42
    """Start of the clustering."""

    def __post_init__(self) -> None:
        _check("n_prototypes", self.n_prototypes, self.n_prototypes >= 1, "at least 1")
        _check("drop_fraction", self.drop_fraction, 0 <= self.drop_fraction < 1, "in [0, 1)")
        _check_choice("pairless", self.pairless, PAIRLESS)
        _check_choice("clustering", self.clustering, CLUSTERINGS)
        _check("seed", self.seed, 0 <= self.seed < 2**32, "in [0, 2**32)")


@dataclass(frozen=True, kw_only=True)
class MapConfig:
    """How embeddings are laid out in the plane."""

    n_neighbors: int = 15
    """Neighbours that UMAP keeps together; more shows the whole, fewer the detail."""
    min_dist: float = 0.1
    """Least distance between points, in map units."""
    seed: int = 42
    """Start of the layout."""

    def __post_init__(self) -> None:
        _check("n_neighbors", self.n_neighbors, self.n_neighbors >= 2, "at least 2")
        _check("min_dist", self.min_dist, 0 <= self.min_dist <= 1, "in [0, 1]")
        _check("seed", self.seed, 0 <= self.seed < 2**32, "in [0, 2**32)")


@dataclass(frozen=True, kw_only=True)
class SynthesisConfig:
    """How the decoder draws a picture for a prototype."""

    steps: int = 20
    """Denoising steps, 1 to 1,000."""
    guidance: float = 5.0
    """Classifier-free guidance; 1 turns it off, more follows prototype and caption closer."""
    noise_level: int = 10
    """Noise on the image prototype, 0 to 999; more gives the decoder freedom."""
    negative_prompt: str = ""
    """What the picture should not show."""
    seed: int = 0
    """Prototype k is drawn with the seed of this number and k; the same picture every time."""

    def __post_init__(self) -> None:
        _check("steps", self.steps, 1 <= self.steps <= 1000, "between 1 and 1000")
        _check("guidance", self.guidance, 0 <= self.guidance <= 50, "between 0 and 50")
        _check("noise_level", self.noise_level, 0 <= self.noise_level <= 999, "between 0 and 999")
        _check("seed", self.seed, 0 <= self.seed < 2**32, "in [0, 2**32)")


@dataclass(frozen=True, kw_only=True)
class EvaluationConfig:
    """How a student is trained on a distilled set and scored."""

    protocol: str = "honest"
    """`honest` chooses the epoch on val and looks at test once; `paper` reports the best of 11
    looks at test, as the published numbers do."""
    backbones: tuple[str, ...] = ()
    """Frozen image networks by name; none means the bundle's own."""
    text: str = "caption"
    """What the student reads: the embedding of the stored `caption`, or the stored `prototype`."""
    n_seeds: int = 5
    """Students per backbone, each from its own random start."""
    epochs: int = 100
    """Passes over the distilled set."""
    batch_size: int = 128
    """Pairs per step."""
    learning_rate: float = 0.2
    """Of SGD with momentum; a tenth of it in the second half."""

    def __post_init__(self) -> None:
        _check_choice("protocol", self.protocol, PROTOCOLS)
        _check_choice("text", self.text, TEXTS)
        _check("n_seeds", self.n_seeds, 1 <= self.n_seeds <= 100, "between 1 and 100")
        _check("epochs", self.epochs, self.epochs >= 10, "at least 10")
        _check("batch_size", self.batch_size, self.batch_size >= 2, "at least 2")
        _check("learning_rate", self.learning_rate, self.learning_rate > 0, "above 0")


EDITS = {
    "caption": "caption",
    "drop": None,
    "merge": "other",
    "split": None,
    "picture": "synthesis",
}
"""Kinds of edits, and the field that each needs besides the prototype."""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One change that a person made to the prototypes; edits are made in order."""

    kind: str
    """`caption` chooses another, `drop` leaves a prototype out, `merge` takes another in, `split`
    divides one, `picture` keeps a picture that was drawn for it."""
    prototype: int
    """Its number, from 0: a prototype keeps its number, and one split off gets the next."""
    caption: int | None = None
    """Of `caption`: which."""
    other: int | None = None
    """Of `merge`: the prototype that is taken in."""
    synthesis: SynthesisConfig | None = None
    """Of `picture`: how it is drawn."""

    def __post_init__(self) -> None:
        _check_choice("kind", self.kind, tuple(EDITS))
        for name in ("caption", "other", "synthesis"):
            value, is_needed = getattr(self, name), EDITS[self.kind] == name
            must = f"{'given' if is_needed else 'left out'} in the edit {self.kind}"
            _check(name, value, (value is not None) == is_needed, must)

    def __str__(self) -> str:
        """One line for people, who count from 1."""
        name = f"prototype {self.prototype + 1}"
        if self.other is not None:
            return f"prototype {self.other + 1} merged into {name}"
        if self.synthesis is not None:
            return f"the picture of seed {self.synthesis.seed} kept for {name}"
        done = {"caption": f"another caption for {name}", "drop": f"{name} dropped"}
        return done.get(self.kind, f"{name} split")

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Edit":
        """Reads what `asdict` wrote; an unknown field is a `ConfigError`."""
        synthesis = values.get("synthesis")
        how = None if synthesis is None else _read(SynthesisConfig, synthesis)
        return _read(cls, {**values, "synthesis": how})


@dataclass(frozen=True, kw_only=True)
class SweepConfig:
    """Which sets a sweep makes and scores; everything else is that of one run."""

    methods: tuple[str, ...] = ("pds", "random")
    """Ways to make a set; the others are compared with the first."""
    n_pairs: tuple[int, ...] = (20, 50, 100)
    """Sizes of the sets."""
    n_sets: int = 5
    """Sets of each method and size: set i has the seeds of the settings plus i."""

    def __post_init__(self) -> None:
        for name in ("methods", "n_pairs"):
            values = getattr(self, name)
            is_clear = len(values) > 0 and len(set(values)) == len(values)
            _check(name, values, is_clear, "one or more, each once")
        _check("n_pairs", self.n_pairs, min(self.n_pairs) >= 1, "at least 1 each")
        _check("n_sets", self.n_sets, 1 <= self.n_sets <= 100, "between 1 and 100")


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """A whole run: prepare, distill, evaluate."""

    data: str = "scenes"
    """`scenes`, or a folder."""
    bundle: str = "scenes"
    """Encoder, decoder and backbones that fit together."""
    encoder: str = ""
    """Another encoder than the bundle's, named as in `models/bundles.py`."""
    decoder: str = ""
    """Another decoder than the bundle's, likewise."""
    method: str = "pds"
    """How the pairs are made or chosen."""
    subset: str = ""
    """Key of rows that were chosen by hand, the only ones to be distilled; empty for all."""
    prototypes: PrototypeConfig = field(default_factory=PrototypeConfig)
    edits: tuple[Edit, ...] = ()
    """Changes made to the prototypes by hand, in order."""
    synthesis: SynthesisConfig = field(default_factory=SynthesisConfig)
    evaluation: EvaluationConfig = field(default_factory=EvaluationConfig)

    def __post_init__(self) -> None:
        if self.subset and self.edits:
            raise ConfigError(
                "The edits were made to prototypes of all rows. Undo them, or distill all rows."
            )

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "RunConfig":
        """Reads what `as_json` wrote; an unknown field is a `ConfigError`."""
        parts = {
            "prototypes": PrototypeConfig,
            "synthesis": SynthesisConfig,
            "evaluation": EvaluationConfig,
        }
        plain = {name: value for name, value in values.items() if name not in parts}
        nested = {name: _read(part, values.get(name, {})) for name, part in parts.items()}
        edits = tuple(Edit.from_json(each) for each in values.get("edits", ()))
        return _read(cls, {**plain, **nested, "edits": edits})


def _read(kind: type, values: Mapping[str, Any]) -> Any:
    known = {each.name for each in fields(kind)}
    if unknown := sorted(set(values) - known):
        raise ConfigError(
            f"{kind.__name__} has no setting {', '.join(unknown)}; "
            f"it has {', '.join(sorted(known))}."
        )
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
