"""Agreement with outputs that were recorded from the reference implementation of PDS.

They lie beside the repository where it is developed, and not everywhere else.
"""

from pathlib import Path

import numpy as np
import pytest

from explorer.core.geometry import cosine_rows
from explorer.core.prototypes import make_prototypes, nearest_captions
from explorer.core.retrieval import recall_from_scores

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "reference"
pytestmark = pytest.mark.skipif(not RECORDED.exists(), reason="no recorded reference here")


def load(name: str) -> dict[str, np.ndarray]:
    with np.load(RECORDED / name, allow_pickle=False) as arrays:
        return dict(arrays)


@pytest.mark.parametrize("name", ["ref_pds_small", "ref_pds_norm", "ref_pds_large"])
def test_prototypes_equal_the_reference(name):
    recorded = load(f"{name}.npz")
    found = make_prototypes(
        recorded["img"],
        recorded["txt"],
        n_prototypes=int(recorded["num_pairs"]),
        drop_fraction=float(recorded["remove_ratio"]),
        normalize=bool(recorded["normalize"]),
        pairless="centres",
        clustering="minibatch",
    )
    similarity = cosine_rows(recorded["img"], recorded["txt"])
    assert similarity == pytest.approx(recorded["similarity"], abs=1e-6)
    np.testing.assert_allclose(found.image, recorded["image_prototypes"], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(found.caption, recorded["text_prototypes"], rtol=1e-5, atol=1e-5)
    nearest = nearest_captions(found.caption, recorded["txt"])
    assert (nearest == recorded["caption_index"]).all()


def test_recall_equals_the_reference():
    recorded = load("ref_recall.npz")
    scores = recorded["scores"]
    image_of_caption = np.arange(scores.shape[1]) // int(recorded["captions_per_image"])
    recall = recall_from_scores(scores, image_of_caption)
    for k in (1, 5, 10):
        assert recall.image_to_text[k] == pytest.approx(float(recorded[f"txt_r{k}"]), abs=1e-9)
        assert recall.text_to_image[k] == pytest.approx(float(recorded[f"img_r{k}"]), abs=1e-9)
    assert recall.mean == pytest.approx(float(recorded["r_mean"]), abs=1e-9)
