"""Makes what comes with the program for its own world: `python -m tests.shipped_world CACHE`.

In CACHE `python -m explorer prepare scenes --anew --maps image caption --cache CACHE` was run and,
from the page, the runs that are named "Example ...", on a machine that did nothing else.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np

from explorer.config import MapConfig, PrototypeConfig
from explorer.data.open import open_dataset
from explorer.explore.atlas import atlas_of
from explorer.explore.dataset import find_prepared
from explorer.explore.view import View
from explorer.runs.examples import EXAMPLES, RESULT, moved
from explorer.runs.launcher import Runs
from explorer.steps.atlas import atlas
from explorer.steps.embed import embed
from explorer.steps.maps import layout
from explorer.steps.prototypes import prototypes
from explorer.store.digests import file_digest
from explorer.store.rates import FILE
from explorer.store.shipped import MANIFEST, SHIPPED, pack
from explorer.store.step import Step
from explorer.store.store import Store
from explorer.types import Dataset


def shipped_steps(dataset: Dataset) -> list[Step]:
    """What the first look at the built-in world needs, in the order in which it is made."""
    view = View()
    pairs = dataset.pairs()
    embedded = embed(pairs, view.models)
    found = prototypes(
        embedded.key, pairs.n_captions, view.n_prototypes, PrototypeConfig(), lambda: None
    )
    maps = [
        layout(embedded.key, MapConfig(), space, lambda: None) for space in ("image", "caption")
    ]
    return [embedded, found, *maps, atlas(maps[0].key, lambda: None, lambda i: None)]


def without_thumbnails(folder: Path) -> None:
    """Leaves them out of kept embeddings: they are five times as large as these."""
    manifest = json.loads((folder / MANIFEST).read_text())
    offsets = np.load(folder / "thumbnail_offsets.npy")
    for name, array in {
        "thumbnail": np.empty(0, np.uint8),
        "thumbnail_offsets": np.zeros_like(offsets),
    }.items():
        path = folder / f"{name}.npy"
        np.save(path, array)
        manifest["sizes"][name] = path.stat().st_size
        manifest["digests"][name] = file_digest(path)
    (folder / MANIFEST).write_text(json.dumps(manifest))


def take_examples(cache: Path) -> None:
    """The runs that are named so; of a sweep the tables, without its sets."""
    shutil.rmtree(EXAMPLES, ignore_errors=True)
    runs = Runs(cache)
    for run in runs.list_runs("distill", "sweep"):
        if not run.label.name.startswith("Example"):
            continue
        target = EXAMPLES / run.id
        shutil.copytree(runs.folder / run.id, target, ignore=shutil.ignore_patterns("run.lock*"))
        result = json.loads((target / RESULT).read_text())
        (target / RESULT).write_text(json.dumps(moved(result, "")))
        for made in (target / "sweep").glob("*/"):
            shutil.rmtree(made)


def main(cache: Path) -> None:
    take_examples(cache)
    store = Store(cache, shipped=None)
    shutil.rmtree(SHIPPED, ignore_errors=True)
    SHIPPED.mkdir()
    store.rates.measure_machine()
    shutil.copyfile(cache / FILE, SHIPPED / FILE)
    dataset = open_dataset("scenes")
    prepared = find_prepared(store, View(), dataset=dataset)
    store.fetch(atlas_of(prepared))
    for step in shipped_steps(dataset):
        assert store.has(step), f"{step.name} {step.key} is not in {cache}"
        with tempfile.TemporaryDirectory() as scratch:
            folder = shutil.copytree(cache / step.name / step.key, Path(scratch) / step.key)
            if step.name == "embed":
                without_thumbnails(folder)
            pack(folder, SHIPPED / step.name / step.key)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
