import io
import json
from pathlib import Path

import datasets
import pytest
from PIL import Image

from explorer.data.formats import hub
from explorer.data.found import read_splits
from explorer.data.made_splits import make_splits
from explorer.data.open import open_dataset
from explorer.errors import BadDataError, MissingDataError


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    """An empty cache of the Hub, and no network."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "datasets")
    datasets.disable_progress_bars()
    return tmp_path / "hub"


def downloaded(cache: Path, readme: str = "") -> Path:
    """An empty dataset as `hf download --repo-type dataset owner/name` leaves it."""
    repository = cache / "datasets--owner--name"
    snapshot = repository / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(snapshot.name)
    (snapshot / "README.md").write_text(readme)
    return snapshot


def png(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (5, 4), colour).save(file, "PNG")
    return file.getvalue()


def write_folder(folder: Path, colours: list[str]) -> None:
    folder.mkdir(parents=True)
    for colour in colours:
        (folder / f"{colour}.png").write_bytes(png(colour))
    rows = [{"file_name": f"{each}.png", "text": f"A {each} thing"} for each in colours]
    (folder / "metadata.jsonl").write_text("\n".join(map(json.dumps, rows)))


def table(colours: list[str], **columns: list[object]) -> datasets.Dataset:
    cells = [{"bytes": png(colour), "path": None} for colour in colours]
    whole = datasets.Dataset.from_dict({"image": cells, **columns})
    return whole.cast_column("image", datasets.Image())


def test_what_was_downloaded_is_opened_without_the_network(cache):
    snapshot = downloaded(cache)
    write_folder(snapshot / "train", ["red", "blue"])
    write_folder(snapshot / "validation", ["green"])
    write_folder(snapshot / "test", ["white"])
    dataset = open_dataset("hf:owner/name")
    assert dataset.name == "owner/name"
    assert dataset.found == (
        "Hugging Face dataset: train 2 images with 2 captions; val 1 images with 1 captions; "
        "test 1 images with 1 captions."
    )
    train = dataset.splits["train"]
    shown = {train.open_image(i).getpixel((0, 0)): train.captions[i] for i in range(train.n_images)}
    assert shown == {(255, 0, 0): "a red thing", (0, 0, 255): "a blue thing"}
    again = open_dataset("hf:owner/name")
    assert again.splits["train"].fingerprint == train.fingerprint


def test_a_configuration_is_chosen_by_name(cache):
    readme = """---
configs:
- {config_name: small, data_dir: small}
- {config_name: large, data_dir: large}
---
"""
    snapshot = downloaded(cache, readme)
    write_folder(snapshot / "small" / "train", ["red"])
    write_folder(snapshot / "large" / "train", ["red", "blue"])
    assert read_splits("hf:owner/name@large")[1]["train"].n_images == 2
    with pytest.raises(BadDataError, match=r"'huge' not found. Available: .*'large'"):
        open_dataset("hf:owner/name@huge")


def test_what_is_missing_is_named_with_the_command_that_brings_it():
    message = "hf download --repo-type dataset owner/name$"
    with pytest.raises(MissingDataError, match=message):
        open_dataset("hf:owner/name")


def test_rows_are_spread_by_a_column_and_images_told_apart_by_another():
    whole = table(
        ["red", "red", "blue", "green"],
        sentences=[["One"], ["Two"], ["Three", "Four"], ["Five"]],
        cocoid=[7, 7, 8, 9],
        split=["restval", "restval", "val", "extra"],
    )
    reading = hub.reading_of({"test": whole}, "hf:owner/name")
    splits = make_splits(reading)
    assert splits["train"].captions == ["one", "two"]
    assert splits["train"].image_names == ["7"]
    assert splits["val"].open_image(0).getpixel((0, 0)) == (0, 0, 255)
    assert reading.left_out["rows of an unknown split"] == 1


def test_a_single_split_of_any_name_is_for_training_others_are_left_out():
    whole = table(["red"], caption=["One"])
    assert list(make_splits(hub.reading_of({"all": whole}, "x"))) == ["train"]
    reading = hub.reading_of({"all": whole, "train": whole}, "x")
    assert list(make_splits(reading)) == ["train"]
    assert reading.left_out["rows of all"] == 1


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"image": ["a.png"], "caption": ["One"]}, "does not hold images, only their names"),
        ({"size": [3], "caption": ["One"]}, "its columns are size, caption"),
    ],
)
def test_tables_without_images_are_explained(columns, message):
    tables = {"train": datasets.Dataset.from_dict(columns)}
    with pytest.raises(BadDataError, match=message):
        hub.reading_of(tables, "hf:owner/name")


def test_a_table_cannot_show_any_file_of_this_machine(tmp_path):
    (tmp_path / "private.png").write_bytes(png("red"))
    cells = [{"bytes": None, "path": str(tmp_path / "private.png")}]
    whole = datasets.Dataset.from_dict({"image": cells, "caption": ["One"]})
    whole = whole.cast_column("image", datasets.Image())
    splits = make_splits(hub.reading_of({"train": whole}, "x"))
    with pytest.raises(BadDataError, match="not in the Hub's cache"):
        splits["train"].open_image(0)
