import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.data.open import open_dataset
from explorer.methods.registry import usual_methods
from explorer.models.fingerprint import fingerprint
from explorer.progress import Measured
from explorer.runs.config import RunConfig, SweepConfig, fitted
from explorer.runs.distill import distill, make_and_score
from explorer.runs.estimate import Part, estimate, estimate_sweep, memory_key
from explorer.steps.subset import keep_subset
from explorer.store.rates import YARDSTICK, Rates, on
from explorer.store.store import Store
from explorer.tasks.registry import task_of
from tests.colours import SIZES, write_classes, write_colours
from tests.configs import with_settings
from tests.opened import opened


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "cache", shipped=None)


def measured(store: Store, config, bundle) -> None:
    """Notes what every kind of work costs, in round numbers."""
    rates, encoder = store.rates, on("auto", fingerprint(bundle.encoder))
    rates.note("embed", encoder, Measured(1.0, 1))
    rates.note("read", encoder, Measured(0.1, 1))
    rates.note("prototypes", "kmeans", Measured(0.01, 1))
    rates.note("choose", "random", Measured(0.001, 1))
    rates.note("forgetting", "", Measured(0.02, 1))
    rates.note("draw", on("auto", f"{fingerprint(bundle.decoder)} guided"), Measured(2.0, 1))
    rates.note("copy", "", Measured(0.5, 1))
    backbones = " ".join(map(fingerprint, bundle.backbones))
    rates.note("features", on("auto", backbones), Measured(0.2, 1))
    for name in ("resnet", "vit"):
        rates.note("train", name, Measured(0.3, 1))
        rates.note("look", name, Measured(0.004, 1))


def test_a_machine_without_a_past_knows_what_is_to_do_but_not_how_long_it_takes(store, config):
    told = estimate(store, config, open_dataset(config.data))
    assert told.parts == [
        Part("embed", None, "images to read: 20, captions to read: 40"),
        Part("prototypes", None, "clusterings: 1"),
        Part("synthesize", None, "images to generate: 11"),
        Part("evaluate", None, "images to read: 22, captions to read: 22, students: 4"),
    ]
    assert (told.seconds, told.memory_bytes) == (None, None)
    assert told.by_stage == {}


def test_what_was_measured_elsewhere_is_scaled_to_this_machine_and_called_rough(
    tmp_path, config, bundle
):
    measured(Store(tmp_path / "theirs"), config, bundle)
    Rates(tmp_path / "theirs").note(*YARDSTICK, Measured(1.0, 100))
    store, dataset = Store(tmp_path / "own", tmp_path / "theirs"), open_dataset(config.data)
    store.rates.note(*YARDSTICK, Measured(3.0, 100))
    told = {part.stage: part for part in estimate(store, config, dataset).parts}
    assert told["synthesize"].seconds == pytest.approx(3 * 11 * 2 * 2.0)
    assert told["synthesize"].is_rough
    drawing = on("auto", f"{fingerprint(bundle.decoder)} guided")
    store.rates.note("draw", drawing, Measured(1.5, 1))
    told = {part.stage: part for part in estimate(store, config, dataset).parts}
    assert told["synthesize"].seconds == pytest.approx(11 * 2 * 1.5)
    assert not told["synthesize"].is_rough


def test_seconds_by_hand(store, config, bundle):
    """20, 5 and 6 images, two captions each; 11 pairs, students: 2, 11 epochs of one step."""
    measured(store, config, bundle)
    told = estimate(store, config, open_dataset(config.data))
    seconds = {part.stage: part.seconds for part in told.parts}
    assert seconds["embed"] == pytest.approx(20 * 1.0 + 40 * 0.1)
    assert seconds["prototypes"] == pytest.approx(40 * 11 * 0.01)
    assert seconds["synthesize"] == pytest.approx(11 * 2 * 2.0)
    student = 11 * 1 * 0.3 + 11 * 5 * 10 * 0.004  # steps, and looks at val
    held_out = (5 + 6 + 11) * 0.2 + (10 + 12) * 0.1
    assert seconds["evaluate"] == pytest.approx(held_out + 2 * 2 * student)
    assert told.seconds == pytest.approx(sum(seconds.values()))
    assert told.by_stage == seconds


def test_the_paper_protocol_looks_at_no_val(store, config, bundle):
    measured(store, config, bundle)
    config = replace(config, evaluation=replace(config.evaluation, protocol="paper"))
    assert (
        "images to read: 17, captions to read: 12"
        in estimate(store, config, open_dataset(config.data)).parts[-1].why
    )


def test_a_run_leaves_rates_of_everything_it_did_and_work_that_is_done_costs_nothing(
    store, config, bundle, tmp_path
):
    dataset = open_dataset(config.data)
    make_and_score(opened(store, config), config, tmp_path / "set")
    told = estimate(store, config, dataset, "cpu")
    assert [part.why for part in told.parts[:2]] == ["done already"] * 2
    assert [part.seconds for part in told.parts[:2]] == [0, 0]
    assert 0 < told.seconds < 60
    fresh = estimate(Store(tmp_path / "fresh"), config, dataset, "cpu")
    assert fresh.seconds is None
    elsewhere = estimate(store, config, dataset, "cuda").parts
    assert (elsewhere[1].seconds, elsewhere[2].seconds) == (0, None)  # nothing was drawn there
    others = replace(config, size=5)
    assert estimate(store, others, dataset, "cpu").parts[1].seconds > 0
    copied = estimate(store, config.with_method("random"), dataset, "cpu")
    assert copied.parts[2].seconds is None  # nobody has copied an image yet


@pytest.mark.parametrize("method", ["pds", "random", "forgetting"])
def test_chosen_rows_cost_what_so_few_cost_and_are_another_clustering(
    store, config, bundle, tmp_path, method
):
    dataset = open_dataset(config.data)
    train = dataset.splits["train"]
    subset = keep_subset(store, train, train.n_captions, np.arange(30))
    part = replace(config.with_method(method), subset=subset.key)

    def seconds() -> float:
        return estimate(store, part, dataset).parts[1].seconds

    measured(store, config, bundle)
    by_hand = {"pds": 30 * 11 * 0.01, "random": 30 * 11 * 0.001, "forgetting": 30 * 0.02}
    assert seconds() == pytest.approx(by_hand[method])
    distill(opened(store, config), config.with_method(method), tmp_path / "all")
    (store.root / "rates.json").unlink()
    measured(store, config, bundle)
    assert seconds() == pytest.approx(by_hand[method])  # that of all rows is not that of these
    distill(opened(store, part), part, tmp_path / "part")
    assert method == "random" or seconds() == 0


def test_of_a_dataset_that_grew_only_what_is_new_is_to_be_read(store, config, bundle, tmp_path):
    few = write_colours(tmp_path / "few", {**SIZES, "train": 12})
    store.fetch(opened(store, replace(config, data=str(few))).embedding)
    told = estimate(store, config, open_dataset(config.data), "cpu").parts[0]
    assert told.why == "images to read: 8, captions to read: 8"  # "a red square" was read
    assert told.seconds > 0


def test_a_sweep_of_many_sets_reads_what_was_measured_once(store, config, bundle, monkeypatch):
    measured(store, config, bundle)
    dataset, opened = open_dataset(config.data), []
    walk, read = Path.rglob, Path.read_bytes
    monkeypatch.setattr(Path, "rglob", lambda path, *how: opened.append(path) or walk(path, *how))
    monkeypatch.setattr(Path, "read_bytes", lambda path: opened.append(path) or read(path))

    def n_opened(n_sets: int) -> int:
        opened.clear()
        plan = SweepConfig(methods=("pds", "random"), n_pairs=(3, 5), n_sets=n_sets)
        estimate_sweep(store, config, plan, dataset)
        return len(opened)

    assert n_opened(20) == n_opened(1) > 0


def test_drawing_without_guidance_was_not_measured(store, config, bundle):
    measured(store, config, bundle)
    alone = with_settings(config, synthesis={"guidance": 1.0})
    assert estimate(store, alone, open_dataset(config.data)).parts[2].seconds is None


def test_all_pairs_are_only_evaluated(store, config, bundle):
    measured(store, config, bundle)
    (part,) = estimate(store, config.with_method("all"), open_dataset(config.data)).parts
    assert part.why == "images to read: 31, captions to read: 62, students: 4"


def test_a_sweep_shares_embeddings_clusterings_and_held_out_images(store, config, bundle):
    measured(store, config, bundle)
    plan = SweepConfig(methods=("pds", "text-only", "random", "all"), n_pairs=(3, 5), n_sets=2)
    told = estimate_sweep(store, config, plan, open_dataset(config.data))
    assert [part.why for part in told.parts] == [
        "images to read: 20, captions to read: 40",
        "clusterings: 4",
        "choices of pairs: 4",
        "images to generate: 32, images to copy: 16",
        "images to read: 79, captions to read: 62, students: 52",
    ]
    assert told.parts[1].seconds == pytest.approx(40 * 16 * 0.01)
    assert told.parts[2].seconds == pytest.approx(40 * 16 * 0.001)
    assert told.parts[3].seconds == pytest.approx(32 * 2 * 2.0 + 16 * 0.5)


def test_memory_is_what_the_last_such_run_needed(store, config):
    store.rates.note("memory", memory_key(config, "auto"), Measured(123_456_789, 1))
    dataset = open_dataset(config.data)
    assert estimate(store, config, dataset).memory_bytes == 123_456_789
    assert estimate(store, replace(config, bundle="scenes"), dataset).memory_bytes is None


def test_only_stages_that_the_methods_have_are_told(store, config):
    """Where everything is there, too; a method without experts trains none."""
    dataset = open_dataset(config.data)
    told = {
        method: [part.stage for part in estimate(store, config.with_method(method), dataset).parts]
        for method in ("random", "covmatch", "mtt-vl")
    }
    assert told["random"] == ["embed", "choose", "synthesize", "evaluate"]
    assert told["covmatch"] == ["embed", "features", "synthesize", "evaluate"]
    assert told["mtt-vl"] == ["embed", "features", "experts", "synthesize", "evaluate"]


def test_of_whole_networks_it_tells_the_room_on_disk_and_their_own_memory(store, config):
    heads = config.with_method("lors")
    whole = with_settings(heads, networks="whole")
    dataset = open_dataset(config.data)
    store.rates.note("memory", memory_key(heads, "auto"), Measured(1, 1))
    told = [estimate(store, each, dataset) for each in (heads, whole)]
    experts = [part.why for each in told for part in each.parts if part.stage == "experts"]
    assert re.fullmatch(r"epochs of experts: 20, [1-9]\d* MiB on disk", experts[1])
    assert "disk" not in experts[0]
    assert [each.memory_bytes for each in told] == [1, None]
    scored = replace(heads, evaluation=replace(heads.evaluation, student="whole"))
    assert memory_key(scored, "auto") != memory_key(heads, "auto")


def test_looks_at_what_is_learned_are_part_of_the_time(store, config, tmp_path):
    pairs = with_settings(config.with_method("lors"), steps=40)  # looked at every 2 steps
    told = {
        part.stage: part.why for part in estimate(store, pairs, open_dataset(config.data)).parts
    }
    assert told["synthesize"] == "steps to learn: 40, looks at val: 21"
    data = str(write_classes(tmp_path / "classes"))
    images = RunConfig(data=data, task="classification", method="dm", size=2)
    images = with_settings(images, steps=3)
    own = replace(images, evaluation=replace(images.evaluation, epochs=50))
    dataset = open_dataset(data)
    fit = fitted(own, dataset)
    store.rates.note("train", on("auto", fit.evaluation.network), Measured(0.01, 1))
    store.rates.note("learn", on("auto", f"dm, {fit.settings.network}"), Measured(1.0, 10**9))
    (part,) = [p for p in estimate(store, own, dataset).parts if p.stage == "synthesize"]
    assert part.why == "steps to learn: 3, looks at val: 4"
    assert part.seconds == pytest.approx(4 * 13 * 2 * dataset.n_classes * 0.01, rel=1e-3)


@pytest.mark.parametrize("data", ["digits", "scenes:kinds"])
def test_a_first_run_on_classes_that_come_with_the_program_is_estimated_from_typical_rates(
    data, tmp_path
):
    dataset = open_dataset(data)
    task = task_of(dataset)
    first = RunConfig(data=data, task=task.name, size=task.usual_size, evaluation=task.config())
    for name in usual_methods(task.name):
        told = estimate(Store(tmp_path), first.with_method(name), dataset)
        assert told.seconds is not None, name
        assert all(part.is_rough for part in told.parts if part.seconds), name
