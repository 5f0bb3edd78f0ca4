"""Prototypes and captions of a dataset of COCO's size: seconds and memory beside the mapped files.

    python -m benchmarks.big_matching

Made-up embeddings are written as .npy files and memory-mapped, as the program does with its own.
Clustering has a row of its own in `benchmarks.against_reference`, so its time is also given apart.
"""

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.made_up_embeddings import CAPTIONS_PER_IMAGE, make_up_embeddings
from explorer.config import PAIRLESS
from explorer.core import prototypes
from explorer.core.clusters import cluster
from explorer.core.lazy_rows import pick
from explorer.types import Embeddings

_LOOK_SECONDS = 0.01


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--captions", type=int, default=566_747, help="rows (%(default)s)")
    parser.add_argument("--clusters", type=int, default=1000, help="prototypes (%(default)s)")
    parser.add_argument("--pairless", default="centres", choices=PAIRLESS)
    parser.add_argument("--unique", action="store_true", help="a caption of its own for each")
    parser.add_argument("--out", type=Path, help="write the figures here as JSON")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        embeddings = write_embeddings(Path(scratch), args.captions)
        figures = measure(embeddings, args.clusters, args.pairless, args.unique)
    print("| what | measured | at most |\n|---|---|---|")
    print(f"| matching, prototypes, captions | {figures['seconds']:.1f} s | 60 s |")
    print(f"| memory beside the mapped files | {figures['gib']:.2f} GiB | 4 GiB |")
    print(f"| clustering both sides, for comparison | {figures['clustering_seconds']:.1f} s | – |")
    if args.out:
        args.out.write_text(json.dumps({**vars(args), **figures}, indent=2, default=str) + "\n")


def write_embeddings(folder: Path, n_captions: int) -> Embeddings:
    """Made-up embeddings as files, mapped."""
    made = make_up_embeddings(-(-n_captions // CAPTIONS_PER_IMAGE))
    for name, rows in (("image", made.image), ("caption", made.caption[:n_captions])):
        np.save(folder / f"{name}.npy", rows)
    image, caption = (
        np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("image", "caption")
    )
    return Embeddings(image, caption, made.image_of_caption[:n_captions])


def measure(
    embeddings: Embeddings, n_clusters: int, pairless: str, unique: bool
) -> dict[str, float]:
    """Does what the stage `prototypes` does, without its words for clusters."""
    clustering = Stopwatch(cluster.cluster_rows)
    image = pick(embeddings.image, embeddings.image_of_caption)
    with peak_memory() as peak, patch.object(prototypes, "cluster_rows", clustering):
        started = time.perf_counter()
        made = prototypes.make_prototypes(
            image,
            embeddings.caption,
            n_prototypes=n_clusters,
            clustering="kmeans",
            pairless=pairless,
        )
        prototypes.nearest_captions(made.caption, embeddings.caption, unique=unique)
        seconds = time.perf_counter() - started
    return {
        "seconds": seconds - clustering.seconds,
        "clustering_seconds": clustering.seconds,
        "gib": peak[0] / 2**30,
    }


class Stopwatch:
    """Adds up the seconds that a function takes."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.seconds = 0.0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        started = time.perf_counter()
        try:
            return self._function(*args, **kwargs)
        finally:
            self.seconds += time.perf_counter() - started


@contextmanager
def peak_memory() -> Iterator[list[int]]:
    """The most bytes that were in use at once inside the block, beyond those before it.

    Pages of mapped files do not count, because the system takes them back at will.
    """
    before, peak, over = anonymous_bytes(), [0], threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_SECONDS):
            peak[0] = max(peak[0], anonymous_bytes() - before)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


def anonymous_bytes() -> int:
    """Resident memory of this process that is not part of a file."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))


if __name__ == "__main__":
    main()
