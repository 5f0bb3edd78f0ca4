"""What the methods share that match experts' trajectories."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from explorer.errors import ConfigError
from explorer.methods.learned_pairs.experts import steps
from explorer.methods.learned_pairs.real import RealPairs, start_rows
from explorer.methods.learned_pairs.settings import STARTS
from explorer.models.loaded import Models
from explorer.runs.config import RunConfig, method_of
from explorer.runs.distill import fill
from explorer.sets.folder import DistilledSet
from explorer.steps.context import Context
from explorer.store.store import Store
from tests.opened import resolved

QUICK = {
    "lors": {"student_batch": 2, "student_steps": 2, "experts": 1, "expert_epochs": 1},
    "mdm": {"experts": 1, "expert_epochs": 2},
    "covmatch": {},
}
"""Settings with which a step takes a moment."""


@pytest.fixture
def own(config) -> RunConfig:
    found = config.with_method("lors")
    quick = replace(found.settings, steps=2, **QUICK["lors"])
    return replace(found, settings=quick)


@pytest.fixture
def context(bundle, own, tmp_path) -> Context:
    return resolved(Store(tmp_path / "cache"), own)


def starting(own: RunConfig, start: str, seed: int = 0) -> RunConfig:
    return replace(own, settings=replace(own.settings, start=start, seed=seed))


@pytest.mark.parametrize("start", STARTS)
def test_learning_begins_with_real_pairs_of_the_kind_that_is_asked_for(context, own, start):
    settings = starting(own, start).settings
    real = RealPairs(context, start_rows(context, settings))
    assert len(real.rows) == len(real.images()) == own.size
    assert real.captions(real.text) == [context.embedded().captions[int(m)] for m in real.rows]
    if start == "longest":  # of most images; of some the filter takes the longer one
        assert sum("square number" in text for text in real.captions(real.text)) > own.size / 2


@pytest.mark.parametrize("start", STARTS)
def test_what_it_begins_with_is_known_before_and_drawn_by_the_seed(context, own, start):
    settings = starting(own, start).settings
    names = [step.name for step in steps(context, settings)]
    assert ("prototypes" in names) == (start == "prototypes")
    again = start_rows(context, starting(own, start, seed=5).settings)
    assert not np.array_equal(start_rows(context, settings), again)


def test_a_set_that_begins_with_prototypes_begins_with_the_real_pairs_nearest_to_them(context, own):
    as_it_is = starting(own, "prototypes")
    first = next(iter(method_of(own).make(context, as_it_is.settings, None))).samples()
    expected = RealPairs(context, start_rows(context, as_it_is.settings))
    np.testing.assert_allclose(first.text_embeddings, expected.text, rtol=1e-6)


def test_a_set_in_phases_needs_a_pair_a_step_and_an_epoch_for_each(context, own):
    phased = replace(own, method="ptm-st", settings=None)
    for short in ({"steps": 2}, {"expert_epochs": 2}):
        settings = replace(phased.settings, phases=3, **short)
        with pytest.raises(ConfigError, match="3 phases need"):
            method_of(phased).check(context, settings)
    method_of(phased).check(context, replace(phased.settings, phases=3, student_batch=3))


@pytest.mark.parametrize("name", ["lors", "repblend"])
def test_an_average_and_shortcuts_are_options_of_others(context, own, name):
    other = own.with_method(name)
    usual = replace(other.settings, steps=3, **{**QUICK["lors"], "expert_epochs": 3})
    ways = [usual, replace(usual, average=0.9), replace(usual, shortcut=True)]
    last = [list(method_of(other).make(context, way, None))[-1].samples() for way in ways]
    texts = [each.text_embeddings for each in last]
    assert not np.allclose(texts[0], texts[1], rtol=1e-6)
    assert not np.allclose(texts[0], texts[2], rtol=1e-6)


@pytest.mark.parametrize(("name", "n_fewer"), [("lors", 1), ("ptm-st", 1), ("mtt-vl", 0)])
def test_a_similarity_is_stored_in_the_place_of_a_pair_where_that_is_asked_for(
    context, own, name, n_fewer
):
    other = own.with_method(name)
    how = {"steps": 2, **QUICK["lors"], "expert_epochs": 3}
    if n_fewer:
        how["storage_fair"] = True
    settings = replace(other.settings, **how)
    method_of(other).check(context, settings)
    last = list(method_of(other).make(context, settings, None))[-1].samples()
    assert len(last.texts) == own.size - n_fewer
    (work,) = method_of(other).cost(context, settings)
    assert work.each == own.size - n_fewer
    said = [text for text in context.watcher.said if "similarity" in text]
    assert len(said) == n_fewer


def test_one_pair_cannot_be_spared_for_a_similarity_and_none_is_where_nothing_is_learned(
    context, own
):
    fair = replace(own.settings, storage_fair=True)
    with pytest.raises(ConfigError, match="No pair is left"):
        method_of(own).check(replace(context, size=1), fair)
    assert replace(fair, similarity="identity").spared == 0


def test_more_pairs_in_a_batch_than_in_the_set_or_a_phase_are_refused_before_anything_is_made(
    context, own
):
    small = replace(own.settings, student_batch=own.size)
    method_of(own).check(context, small)
    with pytest.raises(ConfigError, match=f"student_batch\\), and the set has {own.size}"):
        method_of(own).check(context, replace(small, student_batch=own.size + 1))
    phased = replace(own, method="ptm-st", settings=None)
    settings = replace(phased.settings, phases=7, student_batch=2)
    with pytest.raises(ConfigError, match="the smallest phase has 1: lower student_batch"):
        method_of(phased).check(context, settings)
    fresh = replace(own, method="mtt-vl", settings=None)  # which takes all where there are fewer
    method_of(fresh).check(context, fresh.settings)


def test_more_pairs_than_there_are_captions_are_refused_before_experts_are_trained(context, own):
    with pytest.raises(ConfigError, match="Cannot begin with"):
        method_of(own).check(replace(context, size=context.n_rows + 1), own.settings)


@pytest.mark.parametrize("rate", ["image_rate", "text_rate"])
def test_a_rate_that_is_too_high_is_named_and_the_set_keeps_its_last_checkpoint(
    context, own, tmp_path, rate
):
    far = replace(own, settings=replace(own.settings, student_batch=2, steps=9, **{rate: 1e30}))
    target = DistilledSet(tmp_path / "set")
    with pytest.raises(ConfigError, match=f"lower {rate} and begin again in another folder"):
        fill(context, far, target)
    assert len(target.rows()) == own.size
    kept = target.read_state()
    assert kept is not None
    assert all(np.isfinite(each).all() for each in kept.arrays.values() if each.dtype.kind == "f")


@pytest.fixture
def with_tokens(own) -> RunConfig:
    other = own.with_method("covmatch")
    return replace(other, settings=replace(other.settings, steps=2, tokens=True, kept="last"))


def test_a_set_of_learned_tokens_keeps_them_and_its_students_read_what_they_mean(
    context, with_tokens, tmp_path
):
    target = DistilledSet(tmp_path / "set")
    fill(context, with_tokens, target)
    learned = target.learned()
    assert learned.text_embeddings is None
    read = context.models.learned_texts(learned)
    first, last = (
        state.samples()
        for number, state in enumerate(
            method_of(with_tokens).make(context, with_tokens.settings, None)
        )
        if number in (0, 2)
    )
    np.testing.assert_array_equal(learned.token_embeddings, last.token_embeddings)
    np.testing.assert_array_equal(read, last.text_embeddings)
    began = RealPairs(context, start_rows(context, with_tokens.settings))
    np.testing.assert_allclose(first.text_embeddings, began.text, atol=1e-5)
    assert not np.allclose(read, began.text, atol=1e-4)
    assert [row.caption for row in target.rows()] == began.captions(read)


def test_tokens_are_refused_where_the_text_tower_takes_none(context, with_tokens, tmp_path):
    folder = tmp_path / "clip"
    shutil.copytree(context.models.bundle.encoder, folder)
    about = json.loads((folder / "open_clip_config.json").read_text())
    about["model_cfg"]["text_cfg"]["hf_model_name"] = "roberta-base"
    (folder / "open_clip_config.json").write_text(json.dumps(about))
    bundle = context.models.bundle._replace(encoder=str(folder), decoder="")
    other = replace(context, models=Models(bundle, "cpu"))
    method_of(with_tokens).check(other, replace(with_tokens.settings, tokens=False))
    with pytest.raises(ConfigError, match="takes no embeddings of tokens; leave `tokens` off"):
        method_of(with_tokens).check(other, with_tokens.settings)


@pytest.mark.parametrize("name", ["lors", "mdm", "covmatch"])
def test_the_first_step_changes_images_and_texts_by_the_share_that_is_asked_for(context, own, name):
    other = own.with_method(name)
    usual = replace(other.settings, steps=1, first_step=0.05, **QUICK[name])
    first, last = [each.arrays for each in method_of(other).make(context, usual, None)]
    for each in ("images", "texts"):
        before, after = (arrays[f"params.{each}"] for arrays in (first, last))
        moved = before != after
        change = np.linalg.norm(after[moved] - before[moved]) / np.linalg.norm(before[moved])
        assert change == pytest.approx(0.05, rel=0.01)
