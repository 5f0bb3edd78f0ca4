"""One small dataset, written in every layout that the program opens."""

import csv
import io
import json
import tarfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq


class Captioned(NamedTuple):
    file: str  # its name without folders
    content: bytes
    captions: list[str]


World = dict[str, list[Captioned]]
"""Images by split."""
NEAR_NAMES = {"train": "train", "val": "validation", "test": "test"}


def read_world(folder: Path, sizes: dict[str, int]) -> World:
    """The first images of each split of a folder with Karpathy JSON."""
    world: World = {}
    for split, size in sizes.items():
        captions: dict[str, list[str]] = {}
        for row in json.loads((folder / f"{split}.json").read_text()):
            found = row["caption"] if isinstance(row["caption"], list) else [row["caption"]]
            captions.setdefault(row["image"], []).extend(found)
        world[split] = [
            Captioned(PurePosixPath(name).name, (folder / name).read_bytes(), texts)
            for name, texts in list(captions.items())[:size]
        ]
    return world


def everything(world: World) -> Iterator[tuple[str, Captioned]]:
    return ((split, image) for split, images in world.items() for image in images)


def write_images(folder: Path, images: Iterable[Captioned]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for image in images:
        (folder / image.file).write_bytes(image.content)


def write_all(folder: Path, world: World) -> None:
    write_images(folder, (image for _, image in everything(world)))


def write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def write_table(path: Path, rows: Sequence[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


# BLIP and ALBEF


def write_karpathy(
    folder: Path, prefix: str, world: World, key: str = "caption", single: bool = False
) -> None:
    """Train has a row per caption; val and test a row per image, unless `single`."""
    for split, images in world.items():
        rows: list[dict[str, object]] = []
        for number, one in enumerate(images):
            image = f"flickr30k-images/{one.file}"
            if split == "train":
                rows += [{"image": image, key: each, "image_id": number} for each in one.captions]
            elif single:
                rows += [{"image": image, key: each} for each in one.captions]
            else:
                rows.append({"image": image, key: one.captions})
        write_text(folder / f"{prefix}{split}.json", json.dumps(rows))


def pds(root: Path, world: World) -> Path:
    write_all(root / "Flickr30k" / "flickr30k-images", world)
    write_karpathy(root / "Flickr30k", "flickr30k_", world)
    return root / "Flickr30k"


def lors(root: Path, world: World) -> Path:
    """Beside the images lies Flickr30k's token file, which knows no splits."""
    folder = flickr30k_tokens(root / "Flickr30k", world)
    (folder / "images").rename(folder / "flickr30k-images")
    write_karpathy(root / "Flickr30k_ann", "flickr30k_", world)
    return folder


def mdm(root: Path, world: World) -> Path:
    """Another dataset's annotations lie beside the right ones."""
    write_all(root / "data" / "datasets" / "Flickr8k" / "flickr30k-images", world)
    write_karpathy(root / "data" / "annotations" / "flickr8k", "flickr8k_", world)
    others = [Captioned("COCO_val2014_000000391895.jpg", b"", ["A man"])]
    coco = root / "data" / "annotations" / "coco"
    write_karpathy(coco, "coco_karpathy_", dict.fromkeys(world, others))
    return root / "data" / "datasets" / "Flickr8k"


def mdm_from_above(root: Path, world: World) -> Path:
    mdm(root, world)
    return root / "data"


def blip(root: Path, world: World) -> Path:
    """All annotations in one folder inside."""
    write_all(root / "flickr30k-images", world)
    write_karpathy(root / "annotation", "flickr30k_", world)
    others = [Captioned("other.jpg", b"", ["Another"])]
    write_karpathy(root / "annotation", "coco_karpathy_", dict.fromkeys(world, others))
    return root


def edge(root: Path, world: World) -> Path:
    write_all(root / "flickr30k-images", world)
    write_karpathy(root, "", world, key="prompt")
    return root


def single_captions(root: Path, world: World) -> Path:
    write_all(root / "flickr30k-images", world)
    write_karpathy(root, "cc3m_", world, single=True)
    return root


# Captions under the names of images, and conversations about them


def by_name(root: Path, world: World) -> Path:
    """One caption is a text, several are a list; a name may come again with more."""
    write_all(root / "images", world)
    for split, images in world.items():
        members = [
            f"{json.dumps(each.file)}: {json.dumps(texts[0] if len(texts) == 1 else texts)}"
            for each in images
            for texts in (each.captions[:1], each.captions[1:])
            if texts
        ]
        write_text(root / f"{split}.json", "{" + ",\n".join(members) + "}")
    return root


def llava(root: Path, world: World) -> Path:
    """A conversation for each caption, of which the first answer counts; one is about no image."""
    write_all(root / "images", world)
    for split, images in world.items():
        turns = [(each.file, _turns(text)) for each in images for text in each.captions]
        rows = [{"id": "0", "image": file, "conversations": said} for file, said in turns]
        rows.append({"id": "1", "conversations": _turns("No image.")})
        write_text(root / "annotations" / f"llava_{NEAR_NAMES[split]}.json", json.dumps(rows))
    return root


def _turns(answer: str) -> list[dict[str, str]]:
    said = [("human", "<image>\nWhat is it?"), ("gpt", answer), ("human", "And?"), ("gpt", "Yes.")]
    return [{"from": who, "value": text} for who, text in said]


# Karpathy, COCO, Flickr


def karpathy_original(root: Path, world: World, coco: bool = False) -> Path:
    images = []
    for number, (split, image) in enumerate(everything(world)):
        sentences = [{"tokens": each.split(), "raw": each} for each in image.captions]
        row = {"sentids": [0], "imgid": number, "sentences": sentences, "split": split}
        row["filename"] = image.file
        if coco:
            row["filepath"] = "val2014"
            row["split"] = "restval" if split == "train" and number % 2 else split
        images.append(row)
    write_all(root / ("val2014" if coco else "Images"), world)
    name = "coco" if coco else "flickr8k"
    write_text(root / f"dataset_{name}.json", json.dumps({"images": images, "dataset": name}))
    return root


def karpathy_original_coco(root: Path, world: World) -> Path:
    return karpathy_original(root, world, coco=True)


def coco_captions(root: Path, world: World) -> Path:
    for split in ("train", "val"):
        write_images(root / f"{split}2017", world[split])
        content = {
            "info": {},
            "images": [
                {"id": number, "file_name": image.file} for number, image in enumerate(world[split])
            ],
            "annotations": [
                {"image_id": number, "id": number, "caption": caption}
                for number, image in enumerate(world[split])
                for caption in image.captions
            ],
        }
        write_text(root / "annotations" / f"captions_{split}2017.json", json.dumps(content))
    return root


def token_lines(world: World) -> str:
    return "".join(
        f"{image.file}#{number}\t{caption}\n"
        for _, image in everything(world)
        for number, caption in enumerate(image.captions)
    )


def flickr8k_tokens(root: Path, world: World) -> Path:
    """With the key that names no image, one in no split, and the lemmatised file beside it."""
    write_all(root / "Flicker8k_Dataset", world)
    odd = "2258277193_586949ec62.jpg.1#0\tNo image\nin_no_split.jpg#0\tNo split\n"
    text = root / "Flickr8k_text"
    write_text(text / "Flickr8k.token.txt", token_lines(world) + odd)
    write_text(text / "Flickr8k.lemma.token.txt", "x.jpg#0\ta lemma\n")
    for split, images in world.items():
        name = {"val": "dev"}.get(split, split)
        lines = "".join(f"{image.file}\n" for image in images)
        write_text(text / f"Flickr_8k.{name}Images.txt", lines)
    return root


def flickr30k_tokens(root: Path, world: World) -> Path:
    write_all(root / "images", world)
    write_text(root / "results_20130124.token", token_lines(world))
    return root


def kaggle_flickr8k(root: Path, world: World) -> Path:
    write_all(root / "Images", world)
    rows = [
        {"image": image.file, "caption": caption}
        for _, image in everything(world)
        for caption in image.captions
    ]
    write_table(root / "captions.txt", rows)
    return root


def kaggle_flickr30k(root: Path, world: World) -> Path:
    """With a row that lacks a column, and a caption that goes on in the next line."""
    write_all(root / "flickr30k_images" / "flickr30k_images", world)
    lines = ["image_name| comment_number| comment"]
    for _, image in everything(world):
        for number, caption in enumerate(image.captions):
            first, _, rest = caption.partition(" ")
            lines.append(f"{image.file}| {number}| {first}\n{rest}")
    lines.insert(3, "2199200615.jpg| 4   A dog runs across the grass .")
    write_text(root / "flickr30k_images" / "results.csv", "\n".join(lines))
    return root


# Hugging Face


def imagefolder_lists(root: Path, world: World) -> Path:
    for split, images in world.items():
        folder = root / NEAR_NAMES[split]
        write_images(folder, images)
        rows = [{"file_name": each.file, "captions": each.captions} for each in images]
        write_text(folder / "metadata.jsonl", "\n".join(map(json.dumps, rows)))
    return root


def imagefolder_numbered(root: Path, world: World) -> Path:
    """A column per caption, in CSV with the mark that Excel writes first."""
    n_columns = max(len(image.captions) for _, image in everything(world))
    for split, images in world.items():
        write_images(root / "data" / split / "images", images)
        rows = [
            {"file_name": f"images/{each.file}"}
            | {f"caption_{n}": "".join(each.captions[n : n + 1]) for n in range(n_columns)}
            for each in images
        ]
        table = root / "data" / split / "metadata.csv"
        write_table(table, rows)
        table.write_bytes(b"\xef\xbb\xbf" + table.read_bytes())
    return root


def imagefolder_in_one(root: Path, world: World) -> Path:
    """Metadata in the folder itself: a row per caption, the split in a column."""
    write_all(root / "images", world)
    rows = [
        {"file_name": f"images/{image.file}", "text": caption, "split": NEAR_NAMES[split]}
        for split, image in everything(world)
        for caption in image.captions
    ]
    write_text(root / "metadata.jsonl", "\n".join(map(json.dumps, rows)))
    return root


def parquet_hub(root: Path, world: World) -> Path:
    """As on the Hub: images inside, two files for train, several row groups."""
    for split, images in world.items():
        parts = [images[::1]] if split != "train" else [images[:7], images[7:]]
        for number, part in enumerate(parts):
            name = f"{NEAR_NAMES[split]}-{number:05d}-of-{len(parts):05d}.parquet"
            cells = [{"bytes": each.content, "path": "same.jpg"} for each in part]
            table = {"image": cells, "caption": [each.captions for each in part]}
            write_parquet(root / "data" / name, table)
    return root


def parquet_bytes(root: Path, world: World) -> Path:
    """As img2dataset writes them, one that could not be fetched included."""
    for split, images in world.items():
        table = {
            "url": ["http://example.org"] * (len(images) + 1),
            "status": ["success"] * len(images) + ["failed_to_download"],
            "caption": [json.dumps(each.captions) for each in images] + ["gone"],
            "jpg": [*(each.content for each in images), None],
        }
        write_parquet(root / split / "00000.parquet", table)
    return root


def parquet_of_names(root: Path, world: World) -> Path:
    write_all(root / "images", world)
    for split, images in world.items():
        rows = [(each.file, caption) for each in images for caption in each.captions]
        names, captions = zip(*rows, strict=True)
        write_parquet(root / f"{split}.parquet", {"file_name": names, "sentence": captions})
    return root


def parquet_with_split_column(root: Path, world: World) -> Path:
    """A row per caption; `image_id` says which rows are one image, `split` where it belongs."""
    rows = [
        (split, number, image.content, caption)
        for number, (split, image) in enumerate(everything(world))
        for caption in image.captions
    ]
    names = ("split", "image_id", "img", "alt_text")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    write_parquet(root / "test-00000-of-00001.parquet", columns)
    return root


def write_parquet(path: Path, columns: dict[str, Sequence[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lists = {name: list(values) for name, values in columns.items()}
    pq.write_table(pa.table(lists), path, row_group_size=3)


# WebDataset and img2dataset


def write_tar(path: Path, files: Iterable[tuple[str, bytes]], **options: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w", **options) as tar:
        for name, content in files:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def as_json(**content: object) -> bytes:
    return json.dumps(content).encode()


def webdataset_text(root: Path, world: World) -> Path:
    """Captions in .txt; names so long that the tar needs headers of their own for them."""
    for number, (split, images) in enumerate(world.items()):
        files = []
        for each in images:
            key = f"{'long/' * 40}{each.file.partition('.')[0]}"
            files.append((f"{key}.txt", "\n".join(each.captions).encode()))
            files.append((f"{key}.jpg", each.content))
        kind = tarfile.GNU_FORMAT if number % 2 else tarfile.PAX_FORMAT
        write_tar(root / f"flickr-{split}-000000.tar", files, format=kind)
    return root


def webdataset_json(root: Path, world: World) -> Path:
    """As coco-karpathy-wds: all captions in .json, folders for splits."""
    for split, images in world.items():
        files = []
        for number, each in enumerate(images):
            key = f"{number:08d}"
            files += [(f"{key}.jpg", each.content), (f"{key}.cls", b"1")]
            files += [(f"{key}.json", as_json(captions=each.captions, cocoid=number))]
        write_tar(root / NEAR_NAMES[split] / "00000.tar", files, format=tarfile.USTAR_FORMAT)
    return root


def img2dataset_files(root: Path, world: World) -> Path:
    """Folders with a gap where an image could not be fetched, and the table beside them."""
    for split, images in world.items():
        folder = root / split / "00000"
        folder.mkdir(parents=True)
        for number, each in enumerate(images):
            stem = folder / f"{number:09d}"
            stem.with_suffix(".jpg").write_bytes(each.content)
            stem.with_suffix(".txt").write_text("\n".join(each.captions))
            about = as_json(caption=each.captions, status="success", url="")
            stem.with_suffix(".json").write_bytes(about)
        gone = as_json(caption="gone", status="failed_to_download")
        (folder / "000000999.json").write_bytes(gone)
        table = {"url": [""], "caption": ["gone"], "status": ["failed_to_download"]}
        write_parquet(root / split / "00000.parquet", table)
    return root


def text_files(root: Path, world: World) -> Path:
    for split, images in world.items():
        write_images(root / split, images)
        for each in images:
            text = "\r\n".join(each.captions)
            (root / split / each.file).with_suffix(".txt").write_text(text, "utf-8", newline="")
    return root


Writer = Callable[[Path, World], Path]
WITH_SPLITS: dict[str, list[Writer]] = {
    "BLIP/ALBEF Karpathy JSON": [pds, lors, mdm, mdm_from_above, blip, edge, single_captions],
    "Karpathy's dataset JSON": [karpathy_original, karpathy_original_coco],
    "JSON of captions by name": [by_name],
    "LLaVA conversations": [llava],
    "Flickr token file": [flickr8k_tokens],
    "Hugging Face imagefolder": [imagefolder_lists, imagefolder_numbered, imagefolder_in_one],
    "parquet": [parquet_hub, parquet_bytes, parquet_of_names, parquet_with_split_column],
    "WebDataset shards": [webdataset_text, webdataset_json],
    "images with text files": [img2dataset_files, text_files],
}
"""Layouts that know train, val and test, by the name of their format."""
WITHOUT_SPLITS: dict[str, list[Writer]] = {
    "Flickr token file": [flickr30k_tokens],
    "CSV with captions": [kaggle_flickr8k, kaggle_flickr30k],
}
