"""What the map shows: which data, through which models, in how many prototypes."""

from dataclasses import dataclass, field

from explorer.config import PrototypeConfig
from explorer.models.bundles import Bundle, choose_bundle
from explorer.types import Dataset


@dataclass(frozen=True, kw_only=True)
class View:
    """A setting of the Explore tab."""

    data: str = "scenes"
    bundle: str = "scenes"
    encoder: str = ""
    decoder: str = ""
    n_prototypes: int = 100
    prototypes: PrototypeConfig = field(default_factory=PrototypeConfig)

    @property
    def models(self) -> Bundle:
        return choose_bundle(self.bundle, self.encoder, self.decoder)


def size_of(dataset: Dataset, n_prototypes: int) -> int:
    """How many prototypes are looked for; of labelled data of each class, one at least."""
    return max(1, n_prototypes // dataset.n_classes) if dataset.is_labelled else n_prototypes
