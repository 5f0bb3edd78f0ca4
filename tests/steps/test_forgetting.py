import numpy as np
import pytest

from explorer.progress import silent
from explorer.steps import forgetting as stage
from explorer.steps.embeddings import Embedded
from explorer.steps.forgetting import PASSES
from explorer.steps.forgetting import forgetting as step
from explorer.store.ragged import Texts
from explorer.store.store import Store

N = 300


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


def embedded(wrong: int, key: str = "key") -> Embedded:
    """Pairs whose caption is their image turned, except that `wrong` of them are anybody's."""
    rng = np.random.default_rng(0)
    image = rng.normal(size=(N, 16)).astype(np.float32)
    caption = image @ np.linalg.qr(rng.normal(size=(16, 16)))[0].astype(np.float32)
    caption[:wrong] = rng.normal(size=(wrong, 16))
    nothing = np.empty(0, np.uint8), np.zeros(1, np.int64)
    return Embedded(
        key, image, caption, np.arange(N), Texts(*nothing), Texts(*nothing), None, np.arange(N), []
    )


def forgetting(store, pairs, seed, report=silent):
    return store.fetch(step(pairs.key, N, seed, lambda: pairs), report)


def test_pairs_that_do_not_fit_are_forgotten_most(store):
    n_forgotten = forgetting(store, embedded(wrong=30), seed=0)
    assert n_forgotten.shape == (N,)
    assert n_forgotten[:30].mean() > n_forgotten[30:].mean() + 3
    assert 0 <= n_forgotten.min() <= n_forgotten.max() <= PASSES


def test_the_same_seed_forgets_the_same_and_is_kept(store, tmp_path, monkeypatch):
    pairs = embedded(wrong=30)
    first = forgetting(store, pairs, seed=1)
    np.testing.assert_array_equal(forgetting(Store(tmp_path / "other"), pairs, seed=1), first)
    lines: list[str] = []
    assert (forgetting(store, pairs, seed=2, report=lambda s, t: lines.append(t)) != first).any()
    assert any(line.startswith(f"Learning from all pairs, passes: 3 of {PASSES}") for line in lines)
    monkeypatch.setattr(stage, "find_each_other", lambda *_: pytest.fail("trained again"))
    np.testing.assert_array_equal(forgetting(store, pairs, seed=1), first)
