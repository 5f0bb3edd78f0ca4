import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.config import Edit, MapConfig
from explorer.core.geometry import unit_rows
from explorer.data.open import open_dataset
from explorer.errors import BadDataError, ConfigError, UnknownNameError
from explorer.methods.registry import all_methods
from explorer.models.loaded import Models
from explorer.runs.config import RunConfig
from explorer.runs.distill import distill, make_and_score, open_trained, prepare, score
from explorer.sets.folder import DistilledSet, write_digests
from explorer.steps.embed import embed
from explorer.store.store import Store
from explorer.tasks import retrieval_students as students
from explorer.tasks.items import read_items
from explorer.tasks.retrieval_students import RetrievalConfig
from tests.configs import with_settings
from tests.made_sets import forget_digests
from tests.opened import opened
from tests.watching import Memory


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "cache")


@pytest.fixture
def distilled(store, config, tmp_path) -> Path:
    distill(opened(store, config), config, tmp_path / "set")
    return tmp_path / "set"


def content(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def evaluated(store: Store, config: RunConfig, folder: Path, memory: Memory | None = None, **other):
    config = replace(config, evaluation=replace(config.evaluation, **other))
    return score(opened(store, config, memory), config, open_trained(str(folder)))


def test_prepare_sums_up_what_it_found(store, config):
    memory = Memory()
    result = prepare(opened(store, config, memory), config, MapConfig(), ("image", "both"))
    assert (result["n_images"], result["n_captions"], result["n_prototypes"]) == (20, 40, 11)
    assert result["maps"] == ["image", "both"]
    assert any(line.startswith("Embedding images: 20 of 20, ") for line in memory.lines)
    assert any("centred separately" in text for text in memory.said)


def test_a_set_is_written_as_the_contract_says(distilled, store, config, bundle):
    assert sorted(path.name for path in distilled.iterdir()) == [
        "README.md",
        "config.json",
        "embeddings.safetensors",
        "train",
    ]
    lines = (distilled / "train" / "metadata.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    fields = ["file_name", "caption", "prototype", "n_shared", "seed", "similarity"]
    assert all(list(row) == fields for row in rows)
    assert [row["file_name"] for row in rows] == [f"{k:06d}.png" for k in range(11)]
    assert len({row["seed"] for row in rows}) == 11
    image = DistilledSet(distilled).read_prototypes()["image"]
    assert len(image) == 11
    (embedded,) = Models(bundle, "cpu").embed_images(
        [Image.open(distilled / "train" / "000003.png")]
    )
    cosine = embedded @ image[3] / np.linalg.norm(embedded) / np.linalg.norm(image[3])
    assert rows[3]["similarity"] == pytest.approx(float(cosine), abs=1e-3)


@pytest.mark.parametrize(("n_prototypes", "unique"), [(25, False), (20, True)])
def test_captions_that_stand_more_than_once_are_counted_and_can_be_forbidden(
    n_prototypes, unique, store, config, tmp_path
):
    """There are 23 wordings, so 25 prototypes cannot but share some."""
    own = {"unique_captions": unique}
    config = with_settings(replace(config, size=n_prototypes), prototypes=own)
    prepared = prepare(opened(store, config), config, MapConfig(), ())
    result = distill(opened(store, config), config, tmp_path / "set")
    captions = [row.caption for row in DistilledSet(tmp_path / "set").rows()]
    n_reused = len(captions) - len(set(captions))
    assert prepared["n_reused_captions"] == result["n_reused_captions"] == n_reused
    assert n_reused == 0 if unique else n_reused >= 2
    card = (tmp_path / "set" / "README.md").read_text()
    assert f"- Captions: {n_reused} of {n_prototypes} repeat the caption of an earlier pair" in card


def test_a_set_opens_with_the_datasets_library(distilled, tmp_path):
    datasets = pytest.importorskip("datasets")
    how = [("imagefolder", {"data_dir": str(distilled)}), (str(distilled), {})]
    for name, options in how:
        opened = datasets.load_dataset(name, **options, cache_dir=str(tmp_path / "hf"))
        assert opened["train"].num_rows == 11
    row = opened["train"][2]
    assert row["caption"] == DistilledSet(distilled).rows()[2].caption
    assert row["image"].size == (32, 32)


@pytest.mark.parametrize("stop_at", [0, 7, 8, 10])
def test_an_interrupted_distillation_ends_with_the_same_bytes(
    distilled, store, config, tmp_path, stop_at
):
    stopping = Memory(lambda stage, kind, values: values.get("prototype") == stop_at)
    folder = tmp_path / "resumed"
    with pytest.raises(KeyboardInterrupt):
        distill(opened(store, config, stopping), config, folder)
    memory = Memory()
    distill(opened(store, config, memory), config, folder)
    assert content(folder) == content(distilled)
    assert [values["prototype"] for values in memory.of("image")] == list(range(11))


def test_a_finished_set_is_not_drawn_again(distilled, store, config, monkeypatch):
    monkeypatch.setattr(
        "explorer.models.unclip.load_decoder", lambda *_: pytest.fail("the decoder was loaded")
    )
    before = content(distilled)
    distill(opened(store, config), config, distilled)
    assert content(distilled) == before


def test_a_set_from_before_a_setting_was_there_is_gone_on_with(store, config, tmp_path):
    own = config.with_method("nearest-image")
    target = DistilledSet(tmp_path / "set")
    distill(opened(store, own), own, target.folder)
    (target.folder / "config.json").write_text(json.dumps(without_caption(target.settings())))
    distill(opened(store, own), own, target.folder)
    other = replace(own, settings=replace(own.settings, caption="longest"))
    with pytest.raises(ConfigError, match="holds a set with other settings"):
        distill(opened(store, other), other, target.folder)


def without_caption(written: dict) -> dict:
    settings = {name: value for name, value in written["settings"].items() if name != "caption"}
    return {**written, "settings": settings}


def test_a_set_with_other_settings_is_not_overwritten(distilled, store, config):
    other = with_settings(config, synthesis={"seed": 9})
    with pytest.raises(ConfigError, match="holds a set with other settings"):
        distill(opened(store, other), other, distilled)


def test_a_set_is_gone_on_with_whatever_was_said_of_its_source(distilled, store, config):
    path = distilled / "config.json"
    path.write_text(path.read_text().replace('"found": "', '"found": "As it was said then: '))
    write_digests(distilled)
    distill(opened(store, config), config, distilled)
    assert DistilledSet(distilled).settings()["found"].startswith("As it was said then: ")


def test_two_processes_do_not_fill_one_set(store, config, tmp_path):
    with DistilledSet(tmp_path / "set").held(), pytest.raises(ConfigError, match="Another process"):
        distill(opened(store, config), config, tmp_path / "set")


def test_a_folder_with_something_else_is_left_alone(store, config, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(ConfigError, match="is not empty and holds no distilled set"):
        distill(opened(store, config), config, tmp_path / "mine")


COPIES = [
    name
    for name, each in all_methods().items()
    if each.make and "decoder" not in each.needs and "retrieval" in each.tasks and not each.learns
]


@pytest.mark.parametrize("method", COPIES)
def test_chosen_pairs_are_real_images_with_their_captions(store, config, tmp_path, colours, method):
    folder = tmp_path / "chosen"
    distill(opened(store, config), config.with_method(method), folder)
    assert "Synthesis" not in (folder / "README.md").read_text()
    rows = DistilledSet(folder).rows()
    assert [row.n_shared for row in rows] == [1] * 11
    assert all(row.similarity > 0.99 for row in rows)
    for row in (row for row in rows if "number" in row.caption):
        real = Image.open(colours / "images" / f"train{row.caption.split()[3]}.png")
        assert np.array_equal(np.asarray(Image.open(folder / "train" / row.file_name)), real)


def test_an_unknown_method_is_refused_before_work_starts(store, config, tmp_path):
    with pytest.raises(UnknownNameError, match=r"No method .magic.* All are in the field Method"):
        distill(
            opened(store, config),
            config.with_method("magic"),
            tmp_path / "set",
        )
    assert not store.root.exists()


def test_text_only_keeps_the_captions_and_draws_other_images(distilled, store, config, tmp_path):
    distill(
        opened(store, config),
        config.with_method("text-only"),
        tmp_path / "text",
    )
    ours, theirs = DistilledSet(tmp_path / "text").rows(), DistilledSet(distilled).rows()
    assert [(row.caption, row.seed) for row in ours] == [(row.caption, row.seed) for row in theirs]
    for row in ours:
        images = [folder / "train" / row.file_name for folder in (tmp_path / "text", distilled)]
        assert images[0].read_bytes() != images[1].read_bytes()


def test_captions_chosen_again_are_nearest_to_prototype_and_image(
    distilled, store, config, bundle, tmp_path
):
    folder = tmp_path / "again"
    distill(
        opened(store, config),
        config.with_method("pds-recaption"),
        folder,
    )
    ours, theirs = DistilledSet(folder), DistilledSet(distilled)
    assert [row.similarity for row in ours.rows()] == [row.similarity for row in theirs.rows()]
    studio, train = Models(bundle, "cpu"), open_dataset(config.data).splits["train"]
    embedded = store.peek(embed(train, bundle))
    images = [Image.open(ours.images / row.file_name) for row in ours.rows()]
    texts = unit_rows(np.asarray(embedded.caption))
    to_image = unit_rows(studio.embed_images(images)) @ texts.T
    fit = to_image + unit_rows(ours.read_prototypes()["caption"]) @ texts.T
    place = {text: m for m, text in enumerate(embedded.captions)}
    stored = [fit[k, place[row.caption]] for k, row in enumerate(ours.rows())]
    assert stored == pytest.approx(fit.max(axis=1), abs=1e-5)
    assert [row.caption for row in ours.rows()] != [row.caption for row in theirs.rows()]


def test_captions_that_shall_stay_are_not_chosen_again(store, config, tmp_path):
    own = config.with_method("pds-recaption")
    unique = with_settings(own, prototypes={"unique_captions": True})
    by_hand = replace(own, edits=(Edit(kind="caption", prototype=0, caption=1),))
    for each in (unique, by_hand):
        with pytest.raises(ConfigError, match="unique or were chosen by hand"):
            distill(opened(store, each), each, tmp_path / "set")


def test_all_pairs_are_scored_where_they_lie(store, config, colours, tmp_path):
    config = config.with_method("all")
    with pytest.raises(ConfigError, match="there is no set to make"):
        distill(opened(store, config), config, tmp_path / "set")
    result = make_and_score(opened(store, config), config, tmp_path / "set")
    assert result["n_pairs"] == 40
    assert result["evaluation"] == evaluated(store, config, colours)
    as_prototype = replace(config.evaluation, text="prototype")  # a caption is its own prototype
    other = make_and_score(
        opened(store, config),
        replace(config, evaluation=as_prototype),
        tmp_path / "set",
    )
    assert other == result
    assert not (tmp_path / "set").exists()


def test_what_is_made_and_scored_has_its_scores_on_its_card(distilled, store, config):
    path = distilled.parent / "items.npz"
    result = make_and_score(opened(store, config), config, distilled, items=path)
    items = read_items(path)
    for name, own in result["evaluation"]["backbones"].items():
        found = [100 * np.mean(rank < 1) for rank in items.ranks[name].caption]
        assert own["text_to_image"]["1"][0] == pytest.approx(np.mean(found))
    assert result["evaluation"] == evaluated(store, config, distilled)
    assert "## Scores" in (distilled / "README.md").read_text()


def test_a_test_set_may_have_any_number_of_captions_and_few_items(store, config, distilled):
    """One, two or seven captions per image, and fewer images than any k of the recalls."""
    folder = Path(config.data)
    rows = json.loads((folder / "test.json").read_text())[:4]
    for row, n_captions in zip(rows, (1, 2, 7, 3), strict=True):
        row["caption"] = [f"{row['caption'][0]} {i}" for i in range(n_captions)]
    (folder / "test.json").write_text(json.dumps(rows))
    (folder / "val.json").write_text(json.dumps(json.loads((folder / "val.json").read_text())[:1]))
    scores = evaluated(store, config, distilled)["backbones"]["vit"]
    assert scores["text_to_image"]["5"][0] == scores["text_to_image"]["10"][0] == 100
    n_found = [student["text_to_image"]["1"] * 13 / 100 for student in scores["students"]]
    assert n_found == pytest.approx([round(n) for n in n_found])  # each of 13 captions counts once
    n_found = [student["image_to_text"]["1"] * 4 / 100 for student in scores["students"]]
    assert n_found == pytest.approx([round(n) for n in n_found])  # and each of four images


def test_scores_have_means_intervals_and_raw_values(distilled, store, config):
    memory = Memory()
    result = evaluated(store, config, distilled, memory)
    assert (result["protocol"], result["text"], result["n_pairs"]) == ("honest", "caption", 11)
    assert list(result["backbones"]) == ["resnet", "vit"]
    scores = result["backbones"]["vit"]
    raw = [student["text_to_image"]["5"] for student in scores["students"]]
    assert [student["seed"] for student in scores["students"]] == [0, 1]
    assert scores["text_to_image"]["5"][0] == pytest.approx(np.mean(raw))
    assert scores["mean"][1] >= 0
    losses = memory.of("metric", "loss")
    assert len(losses) == 2 * 2 * 11
    assert {"backbone", "seed", "epoch", "loss"} == losses[0].keys()
    looks = memory.of("metric", "recall")
    assert {look["split"] for look in looks} == {"val"}
    assert len(looks) == 2 * 2 * 11


def test_a_second_evaluation_trains_nobody_and_tells_the_same(
    distilled, store, config, monkeypatch
):
    first, second = Memory(), Memory()
    result = evaluated(store, config, distilled, first)
    monkeypatch.setattr(students, "_train", lambda *_: pytest.fail("trained again"))
    assert evaluated(store, config, distilled, second) == result
    assert second.events == first.events


def test_one_student_alone_has_no_interval(distilled, store, config):
    result = evaluated(store, config, distilled, n_seeds=1)
    assert result["backbones"]["vit"]["mean"][1] is None
    json.dumps(result, allow_nan=False)


def count_looks(monkeypatch) -> list[int]:
    """Notes the number of images of each split that is scored: val has 5 and test 6."""
    looks: list[int] = []
    ranks = students.partner_ranks

    def counted(scores, *others):
        looks.append(len(scores))
        return ranks(scores, *others)

    monkeypatch.setattr(students, "partner_ranks", counted)
    return looks


def test_the_honest_protocol_chooses_on_val_and_looks_at_test_once(
    distilled, store, config, monkeypatch
):
    looks = count_looks(monkeypatch)
    memory = Memory()
    result = evaluated(store, config, distilled, memory, n_seeds=1, backbones=())
    assert looks == 2 * [*[5] * 11, 6]
    chosen = result["backbones"]["vit"]["students"][0]["epoch"]
    on_val = {
        v["epoch"]: v["recall"] for v in memory.of("metric", "recall") if v["backbone"] == "vit"
    }
    assert on_val[chosen] == max(on_val.values())


def test_the_paper_protocol_reports_the_best_of_eleven_looks_at_test(
    distilled, store, config, monkeypatch
):
    looks = count_looks(monkeypatch)
    memory = Memory()
    result = evaluated(store, config, distilled, memory, n_seeds=1, protocol="paper")
    assert set(looks) == {6}
    best = max(v["recall"] for v in memory.of("metric", "recall") if v["backbone"] == "vit")
    assert result["backbones"]["vit"]["mean"][0] == pytest.approx(best)


def test_students_may_read_the_stored_prototypes(distilled, store, config):
    by_caption = evaluated(store, config, distilled, Memory())
    by_prototype = evaluated(store, config, distilled, Memory(), text="prototype")
    assert by_prototype["text"] == "prototype"
    assert by_prototype["backbones"] != by_caption["backbones"]


def test_only_a_distilled_set_has_prototypes(store, config, colours):
    with pytest.raises(ConfigError, match="Only a distilled set has stored prototypes"):
        evaluated(store, config, colours, text="prototype")


def test_a_whole_dataset_can_be_trained_on(store, config, colours):
    assert evaluated(store, config, colours)["n_pairs"] == 40


def test_every_pair_of_a_distilled_set_is_trained_on(distilled):
    trained = open_trained(str(distilled))
    assert trained.split.n_images == 11
    assert trained.learned().text_embeddings.shape[0] == 11


def test_damaged_prototypes_are_named(distilled, store, config):
    (distilled / "embeddings.safetensors").write_bytes(b"damaged")
    with pytest.raises(BadDataError, match=r"was changed: embeddings\.safetensors"):
        evaluated(store, config, distilled, text="prototype")
    forget_digests(distilled)
    with pytest.raises(BadDataError, match=r"--text caption"):
        evaluated(store, config, distilled, text="prototype")
    assert evaluated(store, config, distilled)["n_pairs"] == 11


@pytest.mark.parametrize("stop_at", [("resnet", 0, 4), ("vit", 1, 10)])
def test_an_interrupted_evaluation_ends_with_the_same_scores(
    distilled, store, config, tmp_path, stop_at
):
    def stop(stage, kind, values):
        return stop_at == (values.get("backbone"), values.get("seed"), values.get("epoch"))

    with pytest.raises(KeyboardInterrupt):
        evaluated(store, config, distilled, Memory(stop))
    resumed = evaluated(store, config, distilled)
    assert resumed == evaluated(Store(tmp_path / "other"), config, distilled)


def test_settings_that_matter_not_to_the_set_may_change(distilled, store, config):
    other = replace(config, evaluation=RetrievalConfig(n_seeds=1, epochs=20))
    distill(opened(store, other), other, distilled)
