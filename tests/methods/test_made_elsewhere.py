"""Sets of others as a method: taken as they are, by the page, too."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer import __main__ as program
from explorer.errors import ConfigError, MissingDataError
from explorer.methods.registry import find_method
from explorer.runs.config import RunConfig
from explorer.runs.distill import distill
from explorer.sets.folder import DistilledSet
from explorer.steps.context import Context
from explorer.store.store import Store
from tests.methods.test_every_method import set_elsewhere
from tests.opened import opened, resolved
from tests.tiny_models import DIM

METHOD = find_method("made-elsewhere")
N = 4


@pytest.fixture
def context(config, bundle, tmp_path) -> Context:
    own = replace(config.with_method(METHOD.name), size=N)
    return resolved(Store(tmp_path / "cache"), own)


def of(path) -> object:
    return METHOD.config(path=str(path))


def taken(context, path):
    (state,) = METHOD.make(context, of(path), None)
    return state.samples()


def test_tensors_are_taken_with_everything_that_was_learned(context, tmp_path):
    path = set_elsewhere(tmp_path, N)
    found, written = taken(context, path), torch.load(path, weights_only=True)
    np.testing.assert_array_equal(found.text_embeddings, written["text"])
    np.testing.assert_array_equal(found.similarity, written["similarity_mat"])
    assert found.images.shape == (N, 3, 8, 8)
    assert list(found.texts) == [f"a boat, number {k}" for k in range(N)]


def test_without_captions_it_takes_the_nearest_of_the_data_where_widths_fit(context, tmp_path):
    path, rows = tmp_path / "set.pt", np.arange(N)
    texts = torch.tensor(context.embedded().caption[rows])
    torch.save({"image": torch.zeros(N, 3, 8, 8), "text": texts}, path)
    captions = [context.embedded().captions[m] for m in rows]
    assert list(taken(context, path).texts) == captions
    torch.save({"image": torch.zeros(N, 3, 8, 8), "text": torch.zeros(N, DIM + 1)}, path)
    with pytest.raises(ConfigError, match=f"are {DIM + 1} wide where those of these models are"):
        taken(context, path)


def test_a_set_that_was_imported_and_one_of_ours_are_taken_alike(context, config, tmp_path, bundle):
    path = set_elsewhere(tmp_path, N)
    program.main(["import", str(path), "--out", str(tmp_path / "imported")])
    first, again = taken(context, path), taken(context, tmp_path / "imported")
    np.testing.assert_allclose(again.images, first.images)
    np.testing.assert_array_equal(again.text_embeddings, first.text_embeddings)
    assert list(again.texts) == list(first.texts)
    own = replace(config.with_method("random"), size=N)
    distill(opened(Store(tmp_path / "cache"), own), own, tmp_path / "ours")
    rows = DistilledSet(tmp_path / "ours").rows()
    found = taken(context, tmp_path / "ours")
    assert list(found.texts) == [row.caption for row in rows]
    assert found.text_embeddings is None or len(found.text_embeddings) == N


def test_what_cannot_be_taken_is_told_before_it_begins(context, tmp_path):
    path = set_elsewhere(tmp_path, N)
    with pytest.raises(ConfigError, match="Name the set that was made elsewhere"):
        METHOD.check(context, METHOD.config())
    with pytest.raises(MissingDataError, match="There is no set at"):
        METHOD.check(context, of(tmp_path / "nowhere"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match="empty holds no set that is known here"):
        METHOD.check(context, of(tmp_path / "empty"))
    with pytest.raises(ConfigError, match=f"That set has {N} pairs, not 3"):
        list(METHOD.make(replace(context, size=3), of(path), None))


def test_another_content_of_the_same_file_is_another_set(context, tmp_path):
    (before,) = METHOD.steps(context, of(set_elsewhere(tmp_path, N)))
    (after,) = METHOD.steps(context, of(set_elsewhere(tmp_path, N + 1)))
    assert before.key != after.key


def test_a_run_may_be_of_it(config, tmp_path):
    own = RunConfig(data=config.data, bundle=config.bundle, method=METHOD.name, size=N)
    own = replace(own, settings=of(set_elsewhere(tmp_path, N)))
    told = distill(opened(Store(tmp_path / "cache"), own), own, tmp_path / "set")
    assert told["n_pairs"] == N
    assert DistilledSet(tmp_path / "set").learned().similarity.shape == (N, N)
