import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file

from explorer.errors import BadDataError, ConfigError, MissingDataError, UnknownNameError
from explorer.runs.config import RunConfig
from explorer.runs.distill import open_trained
from explorer.sets.card import make_card
from explorer.sets.export import FORMATS, export
from explorer.sets.folder import DistilledSet, Row
from tests.configs import about_set

N_PAIRS = 3


@pytest.fixture
def distilled(tmp_path) -> DistilledSet:
    """Three pairs, each image of one colour; the second caption has letters beyond ASCII."""
    target = DistilledSet(tmp_path / "set")
    target.begin(about_set(RunConfig(data="scenes"), found="Scenes, found"))
    captions = ["a red house", "ein grüner hügel", "a blue boat"]
    rows = [Row(f"{k:06d}.png", captions[k], k, 5 - k, 40 + k, 0.5) for k in range(N_PAIRS)]
    target.add([], rows, [Image.new("RGB", (8, 8), colour(k)) for k in range(N_PAIRS)])
    target.write_prototypes(np.eye(3, dtype=np.float32), 2 * np.eye(3, dtype=np.float32))
    target.write_card(make_card(target.settings(), target.rows(), "pairs", None))
    return target


def colour(k: int) -> tuple[int, int, int]:
    return (80 * k, 255 - 80 * k, 7)


def as_read(image: Image.Image) -> tuple[int, ...]:
    return image.convert("RGB").getpixel((0, 0))


def exported(distilled: DistilledSet, name: str) -> Path:
    out = distilled.folder.with_name(name)
    summary = export(distilled.folder, name, out)
    assert (summary["n_pairs"], summary["out"]) == (N_PAIRS, str(out))
    return out


def test_datasets_opens_the_imagefolder(distilled, tmp_path):
    from datasets import load_dataset

    out = exported(distilled, "imagefolder")
    read = load_dataset("imagefolder", data_dir=str(out), cache_dir=str(tmp_path / "hf"))["train"]
    check_rows(read, distilled)


def test_datasets_opens_the_parquet_files_with_images(distilled, tmp_path):
    from datasets import load_dataset

    out = exported(distilled, "parquet")
    read = load_dataset(str(out), cache_dir=str(tmp_path / "hf"))["train"]
    check_rows(read, distilled)


def check_rows(read, distilled: DistilledSet) -> None:
    rows = distilled.rows()
    assert [each["caption"] for each in read] == [row.caption for row in rows]
    assert [each["n_shared"] for each in read] == [row.n_shared for row in rows]
    assert [as_read(each["image"]) for each in read] == [colour(k) for k in range(N_PAIRS)]


def test_webdataset_opens_the_shards(distilled):
    import webdataset

    out = exported(distilled, "webdataset")
    shards = str(out / "train-000000.tar")
    read = list(webdataset.WebDataset(shards, shardshuffle=False).decode("pil"))
    assert [each["txt"] for each in read] == [row.caption for row in distilled.rows()]
    assert [each["json"] for each in read] == [row.as_json() for row in distilled.rows()]
    assert [as_read(each["png"]) for each in read] == [colour(k) for k in range(N_PAIRS)]


@pytest.mark.parametrize("name", FORMATS)
def test_evaluate_reads_every_format_back(distilled, name):
    trained = open_trained(str(exported(distilled, name)))
    assert list(trained.split.captions) == ["a red house", "ein grüner hügel", "a blue boat"]
    opened = [trained.split.open_image(k) for k in range(N_PAIRS)]
    assert [as_read(image) for image in opened] == [colour(k) for k in range(N_PAIRS)]
    np.testing.assert_array_equal(
        trained.learned().text_embeddings, 2 * np.eye(3, dtype=np.float32)
    )


@pytest.mark.parametrize("name", FORMATS)
def test_card_settings_and_prototypes_come_along(distilled, name):
    out = exported(distilled, name)
    for each in ("README.md", "config.json"):
        assert (out / each).read_bytes() == (distilled.folder / each).read_bytes()
    assert load_file(out / "embeddings.safetensors").keys() == {"image", "caption"}


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_set_gives_the_same_bytes(distilled, name):
    first, second = distilled.folder.with_name("first"), distilled.folder.with_name("second")
    export(distilled.folder, name, first)
    export(distilled.folder, name, second)
    assert contents(first) == contents(second)


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_what_an_earlier_export_left_half_written_does_not_matter(distilled):
    left = distilled.folder.with_name(".partial-webdataset")
    left.mkdir()
    (left / "train-000009.tar").write_bytes(b"half a shard")
    out = exported(distilled, "webdataset")
    assert not left.exists()
    assert [path.name for path in out.glob("*.tar")] == ["train-000000.tar"]


def test_a_folder_with_something_in_it_is_not_written_over(distilled, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("four years of work")
    with pytest.raises(ConfigError, match="is not an empty folder"):
        export(distilled.folder, "parquet", tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.tex").read_text() == "four years of work"


def test_what_cannot_be_exported_is_refused_before_anything_is_written(distilled, tmp_path):
    with pytest.raises(UnknownNameError, match="Choose one of: imagefolder, parquet, webdataset"):
        export(distilled.folder, "csv", tmp_path / "out")
    with pytest.raises(MissingDataError, match="holds no finished distilled set"):
        export(tmp_path, "parquet", tmp_path / "out")
    (distilled.images / "000001.png").unlink()
    with pytest.raises(BadDataError, match=r"1 of 3 images .* the first is 000001\.png"):
        export(distilled.folder, "parquet", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_row_keeps_the_types_of_its_fields(distilled):
    import pyarrow.parquet as pq

    (path,) = (exported(distilled, "parquet") / "data").glob("*.parquet")
    table = pq.read_table(path).to_pylist()
    assert [{k: v for k, v in row.items() if k != "image"} for row in table] == [
        row.as_json() for row in distilled.rows()
    ]
    assert json.loads(pq.read_schema(path).metadata[b"huggingface"])["info"]["features"]["image"]


def test_the_card_names_the_licence_that_is_known_or_given(distilled, tmp_path):
    def licence_of(folder: Path) -> list[str]:
        head = (folder / "README.md").read_text().split("---")[1]
        return [line for line in head.splitlines() if line.startswith("license")]

    assert licence_of(distilled.folder) == ["license: apache-2.0"]  # Scenes are this program's own
    settings = {**distilled.settings(), "data": "/somebodys/photographs"}
    distilled.write_card(make_card(settings, distilled.rows(), "pairs", None))
    assert licence_of(distilled.folder) == ["license: unknown"]
    export(distilled.folder, "parquet", tmp_path / "out", licence="cc-by-4.0")
    assert licence_of(tmp_path / "out") == ["license: cc-by-4.0"]
    assert licence_of(distilled.folder) == ["license: unknown"]


def test_a_licence_that_is_none_is_refused_before_anything_is_written(distilled, tmp_path):
    with pytest.raises(ConfigError, match="is no licence that the Hub knows"):
        export(distilled.folder, "parquet", tmp_path / "out", licence="do what\nyou: like")
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_from_outside_of_a_set_goes_into_an_export(distilled, tmp_path, name):
    (tmp_path / "secret").write_text("secret")
    image = distilled.images / "000001.png"
    image.unlink()
    image.symlink_to(tmp_path / "secret")
    with pytest.raises(BadDataError, match="1 of 3 images"):
        export(distilled.folder, name, tmp_path / "out")
    lines = (distilled.images / "metadata.jsonl").read_text()
    (distilled.images / "metadata.jsonl").write_text(lines.replace("000001.png", "../../secret"))
    with pytest.raises(BadDataError, match="not inside the set"):
        export(distilled.folder, name, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_export_takes_no_link_and_names_no_folder(distilled, tmp_path):
    (tmp_path / "secret").write_text("secret")
    card, more = distilled.folder / "README.md", distilled.images / "more"
    card.unlink()
    card.symlink_to(tmp_path / "secret")
    more.symlink_to(tmp_path)
    config = distilled.folder / "config.json"
    config.write_text(config.read_text().replace('"data": "scenes"', '"data": "/home/ada/boats"'))
    out = exported(distilled, "imagefolder")
    assert not any("secret" in each.name or each.name == "more" for each in out.rglob("*"))
    assert not (out / "README.md").exists()
    assert "/home" not in (out / "config.json").read_text()


def test_an_export_that_fails_leaves_nothing(distilled, tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tarfile.TarFile.addfile", full)
    with pytest.raises(OSError, match="No space"):
        export(distilled.folder, "webdataset", tmp_path / "out")
    assert [each.name for each in tmp_path.iterdir()] == ["set"]


def test_markup_in_names_is_text_on_a_card(distilled):
    settings = {**distilled.settings(), "data": "/x/<img src=a>\n# b", "found": "<b>c</b>"}
    card = make_card(settings, distilled.rows(), "pairs", None)
    assert "<" not in card.replace("n<1K", "").replace("&lt;", "")
    assert "# &lt;img src=a&gt; # b, distilled to 3 pairs" in card
