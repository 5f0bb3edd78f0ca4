"""A prepared dataset of any size whose map can be opened: made-up embeddings, one image."""

import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.scenes_folder import pairs_of
from explorer.config import MapConfig
from explorer.data.open import open_dataset
from explorer.explore.view import View
from explorer.scenes.world import open_scenes
from explorer.steps.embed import embed
from explorer.steps.maps import layout
from explorer.steps.prototypes import prototypes
from explorer.store.ragged import pack, pack_texts
from explorer.store.step import Computed
from explorer.store.store import Store
from explorer.types import Prototypes

_DIM = 16
_LINKS = 10_000
"""Links to one file; ext4 allows 65,000."""


def write_big_world(folder: Path, n_images: int) -> tuple[Path, Path]:
    """Writes a folder of `n_images` times one image, and the cache that preparing it leaves.

    Returns:
        The folder and the cache; the page's default settings find it prepared.
    """
    data, store = folder / "data", Store(folder / "cache")
    _write_folder(data, n_images)
    view = View(data=str(data))
    pairs = open_dataset(view.data).pairs()
    n_images, n_clusters = pairs.n_images, view.n_prototypes
    rng = np.random.default_rng(0)
    cluster = rng.integers(n_clusters, size=n_images)
    centres = rng.normal(size=(n_clusters, _DIM))
    image = (centres[cluster] + 0.3 * rng.normal(size=(n_images, _DIM))).astype(np.float32)
    file = io.BytesIO()
    pairs.open_image(0).save(file, "WEBP")
    columns = {
        "caption_text": pack_texts(pairs.captions),
        "name": pack_texts(pairs.image_names),
        "thumbnail": pack(file.getvalue() for _ in range(n_images)),
    }
    arrays: dict[str, np.ndarray] = {
        "image": image,
        "caption": image,
        "picture": np.arange(n_images),
    }
    arrays["image_of_caption"] = np.asarray(pairs.image_of_caption)
    for name, (blob, offsets) in columns.items():
        arrays |= {name: blob, f"{name}_offsets": offsets}
    made = Computed(arrays, {"skipped": [], "truncated": 0})
    embedded = store.fetch(replace(embed(pairs, view.models), compute=lambda *_: made))
    step = prototypes(embedded.key, 0, n_clusters, view.prototypes, lambda: embedded)
    labels = [["made", "up", str(k)] for k in range(n_clusters)]
    found = Computed(_prototypes(image, cluster, centres), {"labels": labels})
    store.fetch(replace(step, cost=(), compute=lambda *_: found))
    plane = rng.normal(size=(_DIM, 2)).astype(np.float32)
    laid_out = Computed({"position": image @ plane}, {"note": ""})
    for space in ("image", "caption"):  # were one missing, the page would start to lay it out
        laying_out = layout(embedded.key, MapConfig(), space, lambda: embedded)
        store.fetch(replace(laying_out, compute=lambda *_: laid_out))
    return data, store.root


def _write_folder(data: Path, n_images: int) -> None:
    (data / "train").mkdir(parents=True)
    image = data / "train" / "000000.png"
    scenes = pairs_of(open_scenes(1, 1, 1), "train")
    scenes.open_image(0).save(image)
    rng = np.random.default_rng(1)
    with (data / "train" / "metadata.jsonl").open("w") as lines:
        for number in range(n_images):
            name = f"{number:06d}.png"
            if number % _LINKS:
                (data / "train" / name).hardlink_to(image)
            elif number:
                image = Path(shutil.copy(image, data / "train" / name))
            caption = f"{scenes.captions[number % 5]} number {number}"
            told = {"weight": round(rng.normal(), 3), "kind": f"kind {rng.integers(12)}"}
            told |= {"group": f"group {rng.integers(300)}", "year": int(rng.integers(1990, 2026))}
            lines.write(json.dumps({"file_name": name, "caption": caption, **told}) + "\n")
    for split in ("val", "test"):
        (data / split).mkdir()
        (data / split / "000000.png").hardlink_to(image)
        line = json.dumps({"file_name": "000000.png", "caption": scenes.captions[0]})
        (data / split / "metadata.jsonl").write_text(line + "\n")


def _prototypes(
    image: np.ndarray, cluster: np.ndarray, centres: np.ndarray
) -> dict[str, np.ndarray]:
    n_clusters = len(centres)
    found = Prototypes(
        image=centres.astype(np.float32),
        caption=centres.astype(np.float32),
        n_shared=np.bincount(cluster, minlength=n_clusters),
        image_cluster=cluster,
        caption_cluster=cluster,
        image_label=np.arange(n_clusters),
        caption_label=np.arange(n_clusters),
        kept=np.arange(len(image)),
    )
    chosen = np.array([np.flatnonzero(cluster == k)[0] for k in range(n_clusters)])
    return {**found._asdict(), "chosen_caption": chosen}
