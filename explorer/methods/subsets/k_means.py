"""The real images nearest to the centres of k-means of each class (DC-BENCH, NeurIPS 2022)."""

from explorer.core.class_coresets import centres, nearest_to
from explorer.methods.base import SeedSettings
from explorer.methods.subsets.choosing import choosing

METHOD = choosing(
    name="k-means",
    label="Nearest to the centres of k-means",
    about="Real images of each class that are nearest to the centres of its clusters.",
    paper="Cui et al., NeurIPS 2022 (DC-BENCH)",
    config=SeedSettings,
    images=lambda settings: lambda rows, n: nearest_to(centres(rows, n, settings.seed), rows),
)
