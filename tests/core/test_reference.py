"""Agreement with outputs that were recorded from the reference implementation of PDS."""

import numpy as np
import pytest

from explorer.core.geometry import cosine_rows
from explorer.core.prototypes import make_prototypes, nearest_captions
from explorer.core.retrieval import recall_from_scores
from tests.recorded import read, recorded


@recorded("ref_pds")
def test_prototypes_equal_the_reference(case):
    arrays = read(case)
    found = make_prototypes(
        arrays["img"],
        arrays["txt"],
        n_prototypes=int(arrays["num_pairs"]),
        drop_fraction=float(arrays["remove_ratio"]),
        normalize=bool(arrays["normalize"]),
        pairless="centres",
        clustering="minibatch",
    )
    similarity = cosine_rows(arrays["img"], arrays["txt"])
    assert similarity == pytest.approx(arrays["similarity"], abs=1e-6)
    np.testing.assert_allclose(found.image, arrays["image_prototypes"], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(found.caption, arrays["text_prototypes"], rtol=1e-5, atol=1e-5)
    nearest = nearest_captions(found.caption, arrays["txt"])
    assert (nearest == arrays["caption_index"]).all()


@recorded("ref_recall")
def test_recall_equals_the_reference(case):
    arrays = read(case)
    scores = arrays["scores"]
    image_of_caption = np.arange(scores.shape[1]) // int(arrays["captions_per_image"])
    recall = recall_from_scores(scores, image_of_caption)
    for k in (1, 5, 10):
        assert recall.image_to_text[k] == pytest.approx(float(arrays[f"txt_r{k}"]), abs=1e-9)
        assert recall.text_to_image[k] == pytest.approx(float(arrays[f"img_r{k}"]), abs=1e-9)
    for side, own in (("txt", recall.image_to_text), ("img", recall.text_to_image)):
        mean = np.mean(list(own.values()))
        assert mean == pytest.approx(float(arrays[f"{side}_r_mean"]), abs=1e-9)
    assert recall.mean == pytest.approx(float(arrays["r_mean"]), abs=1e-9)
