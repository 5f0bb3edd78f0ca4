"""Prepared worlds for tests of the page: a few Scenes in a folder, and embeddings with topics.

The embeddings are written into the store as the stages would leave them, so that the page shows
them without any network: a topic is a place at a time of day.
"""

import io
import json
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from explorer.config import MapConfig
from explorer.data.open import open_dataset
from explorer.explore.dataset import Prepared
from explorer.explore.failures import embedding
from explorer.explore.view import View
from explorer.runs.config import RunConfig, view_of
from explorer.runs.directory import EventLog, Job, RunDirectory
from explorer.scenes.world import open_scenes
from explorer.sets.folder import DistilledSet
from explorer.steps.embed import embed
from explorer.steps.maps import layout
from explorer.steps.prototypes import prototypes
from explorer.store.ragged import pack, pack_texts
from explorer.store.step import Computed
from explorer.store.store import Store
from explorer.tasks.items import Items, Ranks, write_items
from explorer.types import Pairs, Prototypes
from explorer.ui.coverage import set_of
from explorer.ui.routes.serve import PREFIX
from explorer.ui.service import Service
from tests.made_sets import DONE, make_run


def write_folder(folder: Path, n_train: int = 40, n_held_out: int = 10) -> Path:
    """Writes a few Scenes as an imagefolder with three splits."""
    dataset = open_scenes(n_train=n_train, n_val=n_held_out, n_test=n_held_out)
    for split, pairs in dataset.splits.items():
        (folder / split).mkdir(parents=True)
        lines = []
        for i in range(pairs.n_images):
            pairs.open_image(i).save(folder / split / f"{i:04d}.png")
            captions = [pairs.captions[m] for m in np.flatnonzero(pairs.image_of_caption == i)]
            kind = (pairs.attributes or [])[i]["things"][0]["kind"]
            told = {"file_name": f"{i:04d}.png", "caption": captions, "kind": kind}
            lines.append(json.dumps(told))
        (folder / split / "metadata.jsonl").write_text("\n".join(lines))
    return folder


def topics_of(n_images: int) -> np.ndarray:
    """(N,) int, which place at which time of day each of the first train scenes shows."""
    attributes = open_scenes(n_train=n_images, n_val=1, n_test=1).splits["train"].attributes or []
    names = [f"{each['environment']} {each['time']}" for each in attributes]
    return np.unique(names, return_inverse=True)[1]


def store_prepared(cache: Path, config: View, *, n_dropped: int = 3) -> None:
    """Leaves in the store what preparing `config` would; its data are the first train scenes.

    The prototype count is overruled by the number of topics, but stays part of the keys.
    """
    store = Store(cache)
    pairs = open_dataset(config.data).splits["train"]
    topic = topics_of(pairs.n_images)
    centre = np.random.default_rng(0).normal(size=(topic.max() + 1, 16))
    image = _around(centre[topic], 0.3, seed=1)
    caption = _around(centre[topic[pairs.image_of_caption]], 0.4, seed=2)
    rows = Computed(embedded_arrays(pairs, image, caption), {"skipped": [], "truncated": 0})
    embedded = store.fetch(replace(embed(pairs, config.models), compute=lambda *_: rows))
    found, labels = _prototypes(topic[pairs.image_of_caption], image, caption, pairs, n_dropped)
    step = prototypes(embedded.key, 0, config.n_prototypes, config.prototypes, lambda: embedded)
    made = Computed(found, {"labels": labels})
    store.fetch(replace(step, cost=(), compute=lambda *_: made))
    plane = np.random.default_rng(3).normal(size=(16, 2))
    for space, points in {"image": image, "caption": caption}.items():
        laid_out = Computed({"position": (points @ plane).astype(np.float32)}, {"note": ""})
        step = layout(embedded.key, MapConfig(), space, lambda: embedded)
        store.fetch(replace(step, compute=lambda *_, done=laid_out: done))


def fared_run(service: Service, config: RunConfig, name: str, rank: np.ndarray) -> None:
    """Leaves a run that is done: at which rank each of test's ten images found its partner."""
    run = RunDirectory(service.runs.folder / name)
    run.create(Job(config=config))
    run.write_status(DONE)
    ranks = {"resnet": Ranks(rank[None], np.zeros((1, 50), int))}
    write_items(run.items_path, Items(np.arange(10), np.arange(50), (50, 10), ranks))


def copying_run(service: Service, config: RunConfig, name: str) -> Prepared:
    """Leaves a run whose set holds a copy of image 7 of train and one that is like none of it.

    Returns the map of its data.
    """
    run = make_run(service.runs, name, config, mean=30.0)
    with closing(EventLog(run.folder / "events.jsonl")) as events:
        for row in DistilledSet(run.set_folder).rows():
            events.write("synthesize", "image", row.as_json())
    prepared = service.find(view_of(config))
    assert prepared is not None
    made = set_of(service, prepared, name)
    image = np.stack([3 * prepared.image[7], -prepared.image.mean(axis=0)])
    arrays = embedded_arrays(made, image, prepared.caption[:2])
    known = Computed(arrays, {"skipped": [], "truncated": 0})
    service.store.fetch(replace(embed(made, prepared.config.models), compute=lambda *_: known))
    return prepared


def embed_test(service: Service, prepared: Prepared) -> None:
    """Leaves embeddings of the test split in the store, without topics."""
    test, rng = prepared.dataset.pairs("test"), np.random.default_rng(0)
    image, caption = rng.normal(size=(10, 16)), rng.normal(size=(test.n_captions, 16))
    arrays = embedded_arrays(test, image.astype(np.float32), caption.astype(np.float32))
    made = Computed(arrays, {"skipped": [], "truncated": 0})
    service.store.fetch(replace(embedding(prepared), compute=lambda *_: made))


def _around(centres: np.ndarray, spread: float, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(scale=spread, size=centres.shape)
    return (centres + noise).astype(np.float32)


def embedded_arrays(pairs: Pairs, image: np.ndarray, caption: np.ndarray) -> dict[str, np.ndarray]:
    columns = {
        "caption_text": pack_texts(pairs.captions),
        "name": pack_texts(pairs.image_names),
        "thumbnail": pack(_webp(pairs, i) for i in range(pairs.n_images)),
    }
    flat = {name: blob for name, (blob, _) in columns.items()}
    offsets = {f"{name}_offsets": offsets for name, (_, offsets) in columns.items()}
    return {
        "image": image,
        "caption": caption,
        "image_of_caption": np.asarray(pairs.image_of_caption),
        "picture": np.arange(pairs.n_images),
        **flat,
        **offsets,
    }


def _webp(pairs: Pairs, i: int) -> bytes:
    file = io.BytesIO()
    pairs.open_image(i).save(file, "WEBP")
    return file.getvalue()


def _prototypes(
    topic: np.ndarray, image: np.ndarray, caption: np.ndarray, pairs: Pairs, n_dropped: int
) -> tuple[dict[str, np.ndarray], list[list[str]]]:
    """One prototype per topic; the last two topics lost their shared rows to a made-up mix-up."""
    n = topic.max() + 1
    cluster = topic.copy()
    cluster[:n_dropped] = -1
    members = [np.flatnonzero(cluster == k) for k in range(n)]
    n_shared = np.array([len(rows) for rows in members])
    n_shared[-1] = 0
    centre = np.stack([image[pairs.image_of_caption[rows]].mean(axis=0) for rows in members])
    caption_centre = np.stack([caption[rows].mean(axis=0) for rows in members])
    found = Prototypes(
        image=centre.astype(np.float32),
        caption=caption_centre.astype(np.float32),
        n_shared=n_shared,
        image_cluster=cluster,
        caption_cluster=cluster,
        image_label=np.arange(n),
        caption_label=np.arange(n),
        kept=np.flatnonzero(cluster >= 0),
    )
    chosen = np.array([rows[0] for rows in members])
    words = [pairs.captions[row].split()[-3:] for row in chosen]
    return {**found._asdict(), "chosen_caption": chosen}, words


def key_of(client, asked) -> str:
    """The key of a prepared setting, as soon as its data are open."""
    deadline = time.monotonic() + 60
    while not (about := client.get(f"{PREFIX}/preparation", params=asked).json())["key"]:
        assert about["status"]["state"] == "starting", about
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return about["key"]
