"""The nearest other image of each image of prepared data, looked for once."""

from pathlib import Path

from explorer.core.geometry import scale_to_unit
from explorer.core.neighbors import Neighbors, nearest_rows
from explorer.explore.dataset import Prepared
from explorer.progress import Report
from explorer.store.step import Computed, Step

SEED = 0
"""Of the cells that are searched where there are many images."""


def nearest_others(prepared: Prepared) -> Step[Neighbors]:
    """(N, 2) rows and distances: each image itself, and its nearest other."""

    def compute(scratch: Path, report: Report) -> Computed:
        found = nearest_rows(scale_to_unit(prepared.image), 2, seed=SEED, report=report)
        return Computed(found._asdict())

    inputs = {"embed": prepared.embed_key}
    return Step("nearest", 2, inputs, compute, lambda entry: Neighbors(**entry.arrays))
