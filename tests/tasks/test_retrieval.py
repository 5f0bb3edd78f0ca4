"""Students of two heads: what they learn from, and what is told of them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.errors import ConfigError
from explorer.models.backbones import load_backbone
from explorer.runs.config import RunConfig
from explorer.runs.distill import distill, open_trained, score
from explorer.sets.folder import DistilledSet
from explorer.store.store import Store
from explorer.tasks import retrieval, retrieval_splits, retrieval_students
from explorer.tasks.retrieval_students import LOOKED, RetrievalConfig, Seen, train_on
from explorer.types import Samples
from tests.opened import opened, resolved
from tests.watching import Memory

HEADS = RetrievalConfig(student="heads", n_seeds=1, epochs=10)
EXACT = replace(HEADS, text="prototype")


@pytest.fixture
def run(config) -> RunConfig:
    return replace(config.with_method("random"), evaluation=HEADS)


@pytest.fixture
def made(run, tmp_path) -> Path:
    distill(opened(Store(tmp_path / "cache"), run), run, tmp_path / "set")
    return tmp_path / "set"


def samples(n: int, width: int) -> Samples:
    rng = np.random.default_rng(0)
    return Samples(
        images=rng.uniform(-0.5, 1.5, size=(n, 3, 32, 32)).astype(np.float32),
        texts=["a red square"] * n,
        text_embeddings=rng.normal(size=(n, width)).astype(np.float32),
        similarity=np.eye(n, dtype=np.float32) + 0.1,
        learning_rates={"image": 0.25, "text": 0.5},
    )


def seen_by_students(monkeypatch) -> list[Seen]:
    seen: list[Seen] = []

    def spy(train, *rest):
        seen.append(train)
        return train_on(train, *rest)

    monkeypatch.setattr(retrieval_students, "train_on", spy)
    return seen


def evaluated(run: RunConfig, made: Path, config: RetrievalConfig, memory: Memory | None = None):
    own = replace(run, evaluation=config)
    store = Store(made.parent / "cache")
    return score(opened(store, own, memory), own, open_trained(str(made)))


def test_two_heads_are_scored_and_told(run, made, monkeypatch):
    seen, memory = seen_by_students(monkeypatch), Memory()
    result = evaluated(run, made, HEADS, memory)
    assert result["student"] == "heads"
    assert "student heads" in retrieval.TASK.told(result)
    assert set(result["backbones"]) == {"resnet", "vit"}
    assert len(memory.of("metric", "loss")) == 2 * 11
    assert [(each.similarity, each.rates) for each in seen] == [(None, None)] * 2
    assert evaluated(run, made, HEADS) == result
    assert len(seen) == 2  # the second time, nobody is trained
    assert evaluated(run, made, replace(HEADS, student="projection")) != result
    assert len(seen) == 4


def test_what_was_learned_exactly_is_what_a_student_gets(run, made, monkeypatch):
    seen = seen_by_students(monkeypatch)
    width = len(DistilledSet(made).read_prototypes()["caption"][0])
    learned = samples(run.size, width)
    DistilledSet(made).write_learned(learned)
    evaluated(run, made, EXACT)
    for each, backbone in zip(
        seen, retrieval_splits.backbones_of(a_context(run, made), EXACT), strict=True
    ):
        expected = load_backbone(backbone, "cpu").exact_features(learned.images)
        np.testing.assert_allclose(each.image, expected, atol=1e-5)
        np.testing.assert_array_equal(each.text, learned.text_embeddings)
        np.testing.assert_array_equal(each.similarity, learned.similarity)
        assert each.rates == (0.25, 0.5)
    DistilledSet(made).write_learned(replace(learned, similarity=learned.similarity + 0.1))
    evaluated(run, made, EXACT)
    assert len(seen) == 4  # another set, so other students
    DistilledSet(made).write_learned(replace(learned, contrast="kl"))
    evaluated(run, made, EXACT)
    assert [each.contrast for each in seen] == [None] * 4 + ["kl"] * 2
    evaluated(run, made, HEADS)
    assert seen[-1].similarity is None  # the captions and the images that people open


def test_whole_networks_are_shown_the_images_of_the_set_and_scored(run, made, monkeypatch):
    whole = replace(HEADS, student="whole", learning_rate=0.02)
    seen, memory = seen_by_students(monkeypatch), Memory()
    result = evaluated(run, made, whole, memory)
    assert "student whole" in retrieval.TASK.told(result)
    assert set(result["backbones"]) == {"resnet", "vit"}
    assert [each.image.shape for each in seen] == [(run.size, 32, 32, 3)] * 2
    losses = [event["loss"] for event in memory.of("metric", "loss")]
    assert losses[10] < losses[0]  # of the first network
    evaluated(run, made, whole)
    assert len(seen) == 2  # the second time, nobody is trained
    width = len(DistilledSet(made).read_prototypes()["caption"][0])
    learned = replace(samples(run.size, width), learning_rates=None)
    DistilledSet(made).write_learned(learned)
    evaluated(run, made, replace(whole, text="prototype"))
    assert all(each.image is not None and each.image.dtype == np.float32 for each in seen[2:])
    np.testing.assert_array_equal(seen[2].image, learned.images)
    with pytest.raises(ConfigError, match="no number any more: lower learning_rate"):
        evaluated(run, made, replace(whole, learning_rate=1e30))


def test_what_whole_students_cost_grows_with_the_images_that_pass_through_them(run, made):
    context, whole = a_context(run, made), replace(HEADS, student="whole")
    costs = retrieval.TASK.cost(context, whole, run.size)
    assert {step.name for step in costs.steps} == {"prepared"}
    students = [work for work in costs.work if work.by.startswith("vit, whole on ")]
    n_val = context.dataset.pairs("val").n_images
    assert [work.each for work in students] == [11 * run.size, 11 * n_val]


def test_learned_tokens_are_read_by_the_encoder_before_a_student_gets_them(run, made, monkeypatch):
    seen, context = seen_by_students(monkeypatch), a_context(run, made)
    texts = ["a red square", "something green"] * (run.size // 2) + ["blue"] * (run.size % 2)
    tokens = context.models.encoder.token_embeddings(texts)
    DistilledSet(made).write_learned(Samples(token_embeddings=tokens))
    evaluated(run, made, EXACT)
    np.testing.assert_allclose(seen[0].text, context.models.embed_captions(texts), atol=1e-5)
    learned = Samples(images=samples(run.size, 1).images, texts=texts, token_embeddings=tokens)
    assert tuple(retrieval.look(context, learned, EXACT)) == LOOKED
    np.testing.assert_array_equal(seen[-1].text, seen[0].text)
    DistilledSet(made).write_learned(Samples(token_embeddings=tokens[..., 1:]))
    with pytest.raises(ConfigError, match="choose the models that the set was made with"):
        evaluated(run, made, EXACT)


def a_context(run: RunConfig, made: Path):
    return resolved(Store(made.parent / "cache"), run)


@pytest.mark.parametrize("way", [HEADS, EXACT, RetrievalConfig(epochs=10)], ids=str)
def test_a_set_that_is_still_learned_is_looked_at_on_val(run, made, way):
    context = a_context(run, made)
    width = context.embedded().caption.shape[1]
    found = retrieval.look(context, samples(4, width), way)
    assert tuple(found) == LOOKED
    assert all(0 <= each <= 100 for each in found.values())
    assert retrieval.look(context, Samples(texts=["a"]), way) == {}


def test_a_set_without_anything_learned_has_prototypes_to_read(made):
    assert open_trained(str(made)).learned().similarity is None
