"""Prototypes of more rows than fit into memory: seconds, memory, and how both grow.

    python -m benchmarks.many_rows --rows 250000 500000 1000000 --clusters 1000

Pairs of made-up rows (one caption per image, as web data have) are written as .npy files block by
block and memory-mapped, as the program's own are; nothing holds all of them. The last line of the
table is what each further row costs, between the smallest and the largest number of rows.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

import numpy as np

from benchmarks.big_matching import Stopwatch, peak_memory
from explorer.core import prototypes
from explorer.core.clusters import cluster
from explorer.core.geometry import row_blocks
from explorer.engine.engine import find_engine
from explorer.store.writing import make_array

_DIM, _TOPICS, _BLOCK = 768, 5000, 8192


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[250_000, 500_000, 1_000_000])
    parser.add_argument("--clusters", type=int, default=1000, help="prototypes (%(default)s)")
    parser.add_argument("--engine", default="here", help="what divides the passes over all rows")
    parser.add_argument("--scratch", type=Path, help="a disk with 6.2 KB for each row")
    parser.add_argument("--out", type=Path, help="write the figures here as JSON")
    args = parser.parse_args()
    print("| rows | clustering | filter, matching, prototypes | captions | memory |")
    print("|---|---|---|---|---|", flush=True)
    figures = []
    for n_rows in args.rows:
        with tempfile.TemporaryDirectory(dir=args.scratch) as folder:
            found = measure(Path(folder), n_rows, args.clusters, args.engine)
        figures.append(found)
        print(line(f"{n_rows:,}", found, "s", 1.0), flush=True)
    if len(figures) > 1:
        first, last = figures[0], figures[-1]
        more = {name: last[name] - first[name] for name in first}
        print(line("each further row", more, "µs", 1e6 / more["rows"]))
    if args.out:
        args.out.write_text(json.dumps(figures, indent=2) + "\n")


def line(what: str, found: dict[str, float], unit: str, scale: float) -> str:
    """A line of the table."""
    times = [f"{found[name] * scale:.1f} {unit}" for name in ("clustering", "others", "captions")]
    memory = found["bytes"]
    told = f"{memory / 2**30:.2f} GiB" if unit == "s" else f"{memory / found['rows']:.0f} bytes"
    return f"| {' | '.join([what, *times, told])} |"


def measure(folder: Path, n_rows: int, n_clusters: int, engine: str) -> dict[str, float]:
    """Seconds and bytes beside the mapped files."""
    image, caption = write_rows(folder, n_rows)
    over, clustering = find_engine(engine).map, Stopwatch(cluster.cluster_rows)
    with peak_memory() as peak, patch.object(prototypes, "cluster_rows", clustering):
        start = time.perf_counter()
        made = prototypes.make_prototypes(
            image, caption, n_prototypes=n_clusters, clustering="kmeans", over=over
        )
        middle = time.perf_counter()
        prototypes.nearest_captions(made.caption, caption)
        end = time.perf_counter()
    return {
        "rows": n_rows,
        "clustering": clustering.seconds,
        "others": middle - start - clustering.seconds,
        "captions": end - middle,
        "bytes": peak[0],
    }


def write_rows(folder: Path, n_rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Images around topics, and a caption near each; spreads fall as those of embeddings do."""
    rng = np.random.default_rng(0)
    spread = (np.arange(1, _DIM + 1) ** -0.5).astype(np.float32)
    topics = _normal(rng, _TOPICS)
    sides = [
        make_array(folder / f"{name}.npy", np.dtype("<f4"), (n_rows, _DIM))
        for name in ("image", "caption")
    ]
    for rows in row_blocks(n_rows, _BLOCK):
        n = rows.stop - rows.start
        topic, own = topics[rng.integers(_TOPICS, size=n)], _normal(rng, n)
        sides[0][rows] = (topic + own) * spread
        sides[1][rows] = (topic + 0.5 * own + _normal(rng, n)) * spread
    for each in sides:
        each.flush()
    image, caption = (
        np.load(folder / f"{name}.npy", mmap_mode="r").view(np.ndarray)
        for name in ("image", "caption")
    )
    return image, caption


def _normal(rng: np.random.Generator, n_rows: int) -> np.ndarray:
    return rng.standard_normal((n_rows, _DIM), dtype=np.float32)


if __name__ == "__main__":
    main()
