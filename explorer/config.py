"""Choices that more than one room knows: prototypes, maps, images that are generated, edits.

What a method or a task alone knows stands with it; what a whole run is asked for, in
`runs/config.py`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from math import log2
from typing import Any, Self

from explorer.errors import ConfigError
from explorer.settings import Settings, seed_setting, setting
from explorer.types import LEAST_SIDE

PAIRLESS = ("centres", "drop", "refill")
CLUSTERINGS = ("kmeans", "minibatch")
CLUSTERING_STARTS = ("scratch", "earlier")


class FilterConfig(Settings):
    """Which pairs of a dataset are heeded at all."""

    drop_fraction: float = setting(
        "Share left out",
        "Share of least similar pairs left out before anything else, in [0, 1).",
        at_least=0,
        below=1,
        slider=0.05,
        default=0.2,
    )


class PrototypeConfig(FilterConfig):
    """Which prototypes come out of a set of embeddings."""

    normalize: bool = setting(
        "Unit length",
        "Cluster unit-length embeddings; prototypes are means of the raw ones either way.",
        default=False,
    )
    pairless: str = setting(
        "Pairless prototypes",
        "A matched pair of clusters without a common row: keep its two `centres`, `drop` it, or "
        "`refill` by splitting the largest pairs.",
        choices=PAIRLESS,
        default="centres",
    )
    clustering: str = setting(
        "Clustering",
        "`kmeans` is Lloyd's algorithm; `minibatch` is the reference implementation's.",
        choices=CLUSTERINGS,
        default="kmeans",
    )
    clustering_start: str = setting(
        "Clustering starts",
        "`earlier`: where the clusters lay that the same settings found when these data had fewer "
        "images; prototypes move from there, and it is told how far. From `scratch` else, and "
        "where there are none.",
        choices=CLUSTERING_STARTS,
        default="scratch",
    )
    unique_captions: bool = setting(
        "Own captions",
        "Give each prototype a caption of its own, so that they fit best together; else several "
        "may share the one that is nearest to them.",
        default=False,
    )
    joint: float = setting(
        "Joint clustering",
        "Share of the image where images and captions are clustered as one, so that every cluster "
        "is a pair, as in CPA with 0.5 or 0.6; 0 clusters each side for itself.",
        at_least=0,
        at_most=1,
        slider=0.1,
        default=0.0,
    )
    over_clusters: int = setting(
        "Clusters for each",
        "So many times more prototypes are found than asked for, and those furthest from each "
        "other are kept; CPA has 2 or 3.",
        at_least=1,
        at_most=20,
        default=1,
    )
    weighted: bool = setting(
        "Weighted means",
        "Rows count in a prototype by the similarity of image and caption, and not at all below "
        "0.85 of its median, as in CPA.",
        default=False,
    )
    seed: int = seed_setting("Of the clustering.", default=42)

    def as_key(self) -> dict[str, Any]:
        """As JSON, without what is as it was before there was a choice: names in the store stay.

        What clustering starts from is named by its own key, where there is something.
        """
        usual = PrototypeConfig()
        later = ("joint", "over_clusters", "weighted")
        own = self.as_json()
        del own["clustering_start"]
        return {n: v for n, v in own.items() if n not in later or v != getattr(usual, n)}


class ClassCaption(Settings):
    """What stands for the caption of an image of a class."""

    template: str = setting(
        "Caption of a class",
        "What the decoder reads beside a prototype; {class} stands for the name of its class.",
        default="a photo of a {class}",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if "{class}" not in self.template:
            raise ConfigError(
                f"template must say with {{class}} where a class is named, got {self.template!r}."
            )

    def of(self, name: str) -> str:
        """The caption of the class with this name.

        Examples:
            >>> ClassCaption().of("golden_retriever")
            'a photo of a golden retriever'
        """
        return self.template.replace("{class}", name.replace("_", " "))


class MapConfig(Settings):
    """How embeddings are laid out in the plane."""

    n_neighbors: int = setting(
        "Neighbours",
        "Neighbours that UMAP keeps together; more shows the whole, fewer the detail.",
        at_least=2,
        default=15,
    )
    min_dist: float = setting(
        "Distance",
        "Least distance between points, in map units.",
        at_least=0,
        at_most=1,
        default=0.1,
    )
    seed: int = seed_setting("Of the layout.", default=42)


class SynthesisConfig(Settings):
    """How the decoder generates an image for a prototype."""

    steps: int = setting(
        "Steps", "Denoising steps, 1 to 1,000.", at_least=1, at_most=1000, default=20
    )
    guidance: float = setting(
        "Guidance",
        "Classifier-free guidance; 1 turns it off, more follows prototype and caption closer.",
        at_least=0,
        at_most=50,
        slider=0.5,
        default=5.0,
    )
    noise_level: int = setting(
        "Noise level",
        "Noise on the image prototype, 0 to 999; more gives the decoder freedom.",
        at_least=0,
        at_most=999,
        slider=1,
        default=10,
    )
    negative_prompt: str = setting("Avoid", "What the image should not show.", default="")
    seed: int = seed_setting(
        "Of the images, beside the number of the prototype.",
        default=0,
    )


EDITS = {
    "caption": "caption",
    "drop": None,
    "merge": "other",
    "split": None,
    "picture": "synthesis",
    "add": "rows",
}
"""Kinds of edits, and the field that each needs besides the prototype."""
MOST_ROWS = 20_000
"""That one prototype is added from; they stand in the settings of every set made with it."""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One change that a person made to the prototypes; edits are made in order."""

    kind: str
    """`caption` chooses another, `drop` leaves a prototype out, `merge` takes another in, `split`
    divides one, `picture` keeps an image that was generated for it, `add` makes one of rows."""
    prototype: int
    """Its number, from 0: a prototype keeps its number, and one split off or added gets the
    next."""
    caption: int | None = None
    """Of `caption`: which."""
    other: int | None = None
    """Of `merge`: the prototype that is taken in."""
    synthesis: SynthesisConfig | None = None
    """Of `picture`: how it is generated."""
    rows: tuple[int, ...] | None = None
    """Of `add`: the captions, with their images, that it is the mean of; rising."""

    def __post_init__(self) -> None:
        if self.kind not in EDITS:
            raise ConfigError(f"kind must be one of {', '.join(EDITS)}, got {self.kind!r}.")
        for name in ("caption", "other", "synthesis", "rows"):
            value, is_needed = getattr(self, name), EDITS[self.kind] == name
            if (value is not None) != is_needed:
                must = f"{'given' if is_needed else 'left out'} in the edit {self.kind}"
                raise ConfigError(f"{name} must be {must}, got {value!r}.")
        if self.rows is not None:
            _check_rows(self.rows)

    def __str__(self) -> str:
        """One line for people, who count from 1."""
        name = f"prototype {self.prototype + 1}"
        if self.other is not None:
            return f"prototype {self.other + 1} merged into {name}"
        if self.synthesis is not None:
            return f"the image of seed {self.synthesis.seed} kept for {name}"
        if self.rows is not None:
            return f"{name} added, of {len(self.rows):,} row{'s' * (len(self.rows) > 1)}"
        done = {"caption": f"another caption for {name}", "drop": f"{name} dropped"}
        return done.get(self.kind, f"{name} split")

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads; edits of older kinds are written, and keyed, as ever."""
        values = asdict(self)
        return values if self.rows is not None else {n: v for n, v in values.items() if n != "rows"}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Edit":
        """Reads what `as_json` wrote; an unknown field is a `ConfigError`."""
        synthesis, rows = values.get("synthesis"), values.get("rows")
        how = None if synthesis is None else SynthesisConfig.from_json(synthesis)
        try:
            return cls(
                **{**values, "synthesis": how, "rows": None if rows is None else tuple(rows)}
            )
        except TypeError as error:
            raise ConfigError(f"This is no edit: {error}.") from error


def _check_rows(rows: tuple[int, ...]) -> None:
    """Whole numbers from 0, each once, in order: the same rows are the same edit."""
    if not 1 <= len(rows) <= MOST_ROWS:
        raise ConfigError(
            f"A prototype is added from 1 to {MOST_ROWS:,} rows, not {len(rows):,}. Select others."
        )
    is_whole = all(type(row) is int for row in rows)
    if not is_whole or rows[0] < 0 or any(a >= b for a, b in pairwise(rows)):
        raise ConfigError("The rows of an edit must be rising whole numbers from 0.")


NETWORKS = (
    *("convnet", "convnet-bn", "convnet-ln", "convnet-gn", "convnet-none", "mlp", "lenet"),
    *("alexnet", "alexnet-bn", "vgg11", "vgg11-bn", "resnet18", "resnet18-bn", "resnet18-bn-ap"),
    "vit",
)
"""Of images of classes, by name; methods learn through the first."""
POLICIES = ("autoaugment", "randaugment")
OF_EACH = "crop-scale-rotate"
"""Augmentation that only students may have: policies, and one of three changes of each image."""
WHITENINGS = ("none", "zca", "zca-regularised")
"""How images are scaled for networks."""
AS_LEARNED = "as-learned"
"""Of students: as the images of the set were."""
AUGMENTATIONS = ("dsa", "dsa-without-flip", "none")


class NetworkConfig(Settings):
    """The ConvNet that images of classes are learned with, and what it sees."""

    image_size: int = setting(
        "Image size",
        "Pixels of a side that networks see; other images are scaled, and their middle is cut out. "
        "0 for those of the data, 8 to 32.",
        default=0,
        at_least=0,
        at_most=256,
    )
    image_channels: int = setting(
        "Image channels",
        "What networks see of each pixel: 1, how light it is, or 3, its colour. 0 for 1 where the "
        "images of the data are grey, else 3.",
        default=0,
        at_least=0,
        at_most=3,
        before=3,
    )
    width: int = setting(
        "Width",
        "Channels of each block of the ConvNet; published numbers are with 128.",
        default=64,
        at_least=1,
        at_most=1024,
    )
    depth: int = setting(
        "Depth",
        "Blocks of the ConvNet, each of which halves the side; 0 for as many as leave 4 pixels.",
        default=0,
        at_least=0,
        at_most=8,
    )
    augmentation: str = setting(
        "Augmentation",
        "`dsa` is that of the benchmarks, `dsa-without-flip` is for digits, `none` for none.",
        choices=AUGMENTATIONS,
        default="dsa",
    )

    whitening: str = setting(
        "Whitening",
        "`zca` as MTT whitens, with 0.1 added to variances; `zca-regularised` as RFAD does, with "
        "a tenth of their mean; `none` scales channels. For colour images of up to 48 pixels.",
        choices=WHITENINGS,
        default="none",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if 0 < self.image_size < LEAST_SIDE:
            raise ConfigError(
                f"image_size must be 0 or at least {LEAST_SIDE}, got {self.image_size}."
            )
        if self.image_channels == 2:
            raise ConfigError("image_channels must be 0, 1 or 3, got 2.")
        if self.image_size and self.image_size < 2**self.blocks:
            raise ConfigError(
                f"An image of {self.image_size} pixels cannot be halved {self.depth} times; lower "
                "depth, or raise image_size."
            )

    @property
    def blocks(self) -> int:
        """How many blocks the ConvNet has: as asked, or as the field takes for images so large.

        Examples:
            >>> [NetworkConfig(image_size=side).blocks for side in (8, 28, 32, 64, 128)]
            [1, 3, 3, 4, 5]
        """
        return self.depth or round(log2(max(self.image_size, LEAST_SIDE) / 4))

    def as_key(self) -> dict[str, Any]:
        """As JSON, without what is as it was before there was a choice: names in the store stay."""
        own = self.as_json()
        if self.whitening in (AS_LEARNED, WHITENINGS[0]):
            del own["whitening"]
        if self.n_channels == 3:
            del own["image_channels"]
        return own

    @property
    def n_channels(self) -> int:
        """Of the images as networks see them; 3 until somebody knows that they are grey."""
        return self.image_channels or 3

    def seeing(self, side: int, channels: int) -> Self:
        """The same with images of this size and these channels, unless others were asked for."""
        size, own = self.image_size or side, self.image_channels or channels
        return replace(self, image_size=size, image_channels=own)

    @property
    def network(self) -> str:
        """A name for people, and for what its work is noted under.

        Examples:
            >>> NetworkConfig(width=8).network, NetworkConfig(width=8).seeing(32, 1).network
            ('ConvNet of width 8', 'ConvNet-3 of width 8, 32 grey pixels')
        """
        if not self.image_size:
            return f"ConvNet of width {self.width}"
        grey = "grey " if self.n_channels == 1 else ""
        return f"ConvNet-{self.blocks} of width {self.width}, {self.image_size} {grey}pixels"
