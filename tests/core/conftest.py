from collections.abc import Callable

import numpy as np
import pytest

PairedRows = Callable[..., tuple[np.ndarray, np.ndarray]]


@pytest.fixture
def paired_rows() -> PairedRows:
    """Makes (M, D) image and caption rows of common topics that lie apart, as CLIP's do."""

    def make(
        n_rows: int, n_topics: int = 6, dim: int = 8, seed: int = 0, noise: float = 0.5
    ) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(seed)
        topic = rng.integers(n_topics, size=n_rows)
        topics = 3 * rng.normal(size=(n_topics, dim))
        gap = rng.normal(size=dim)
        image = topics[topic] + noise * rng.normal(size=(n_rows, dim)) + gap
        caption = topics[topic] + noise * rng.normal(size=(n_rows, dim)) - gap
        return image.astype(np.float32), caption.astype(np.float32)

    return make
