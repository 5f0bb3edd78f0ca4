"""The tiles of a prepared dataset's images, which the map shows when it is close."""

import numpy as np

from explorer.explore.dataset import Prepared
from explorer.steps.atlas import Atlas, atlas
from explorer.store.step import Step


def atlas_of(prepared: Prepared) -> Step[Atlas]:
    """Of the map of the images."""

    def position() -> np.ndarray:
        found = prepared.layout("image")
        assert found is not None, "what is prepared has a map of its images"
        return found

    return atlas(prepared.layout_step("image").key, position, prepared.open_small)
