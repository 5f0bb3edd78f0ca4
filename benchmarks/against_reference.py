"""Each stage against the reference protocol, on the same models and data, in turns.

    python -m benchmarks.against_reference --only embedding synthesis evaluation
    python -m benchmarks.against_reference --only clustering --rows 145000 --clusters 500

The protocol stands in plain words in `benchmarks._reference`. Models are loaded before the clock
starts, on both sides. The ratio is the median over rounds, with the least and the greatest.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks._reference import (
    PUBLISHED_STEPS,
    ReferenceBackbone,
    ReferenceDecoder,
    ReferenceEncoder,
    best_recall,
    cluster,
    cluster_plainly,
)
from benchmarks.made_up_embeddings import CAPTIONS_PER_IMAGE, make_up_embeddings
from benchmarks.scenes_folder import pairs_of, write_scenes
from explorer.core.clusters.cluster import cluster_rows
from explorer.core.geometry import cosine_rows, mean_rows, row_lengths
from explorer.core.lazy_rows import pick
from explorer.core.prototypes import make_prototypes, nearest_captions
from explorer.data.open import open_dataset
from explorer.engine.image_pass import BATCH, Network, pass_over
from explorer.methods.pairs import BATCH as IMAGES_AT_ONCE
from explorer.models.batches import stack
from explorer.models.bundles import find_bundle
from explorer.models.clip import load_encoder
from explorer.models.loaded import Models
from explorer.models.unclip import load_decoder
from explorer.progress import NOBODY, silent
from explorer.steps.context import Context
from explorer.steps.embed import embed_captions, embed_texts
from explorer.store.store import Store
from explorer.tasks.retrieval import evaluate
from explorer.tasks.retrieval_students import RetrievalConfig
from explorer.tasks.task import Trained
from explorer.types import Dataset, Pairs

BUNDLE = find_bundle("scenes")


class Row(NamedTuple):
    """One line of the table."""

    stage: str
    reference_seconds: float
    seconds: float
    ratios: list[float]  # one per round
    wanted: float
    remark: str

    def markdown(self) -> str:
        least, most = min(self.ratios), max(self.ratios)
        ratio = f"{statistics.median(self.ratios):.1f}x ({least:.1f}..{most:.1f})"
        seconds = f"{self.reference_seconds:.1f} s | {self.seconds:.1f} s"
        return f"| {self.stage} | {seconds} | {ratio} | {self.wanted:g}x | {self.remark} |"


def in_turns(
    reference: Callable[[], Any],
    ours: Callable[[Path], Any],
    rounds: int,
    given: Path | None = None,
) -> Iterator[tuple[float, float, Any, Any]]:
    """Runs both in every round, each first in half of them; yields seconds and results.

    Ours gets a new folder each time with no more than is `given`, so that nothing else is found
    from before.
    """
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as scratch:
            if given:
                shutil.copytree(given, scratch, dirs_exist_ok=True)
            works = [("reference", reference), ("ours", lambda: ours(Path(scratch)))]
            seconds, results = {}, {}
            for name, work in works[:: -1 if number % 2 else 1]:
                started = time.perf_counter()
                results[name] = work()
                seconds[name] = time.perf_counter() - started
        yield seconds["reference"], seconds["ours"], results["reference"], results["ours"]


def _row(
    stage: str, turns: Sequence[tuple[float, float, Any, Any]], wanted: float, remark: str
) -> Row:
    reference = statistics.median(turn[0] for turn in turns)
    seconds = statistics.median(turn[1] for turn in turns)
    return Row(stage, reference, seconds, [turn[0] / turn[1] for turn in turns], wanted, remark)


def embedding(args: argparse.Namespace, data: Dataset) -> Iterator[Row]:
    """Images and their five captions, from files to embeddings."""
    pairs, encoder = pairs_of(data, "train"), load_encoder(BUNDLE, "cpu")
    reference = ReferenceEncoder(BUNDLE.encoder)

    def embed_batch(prepared: list[Any]) -> np.ndarray:
        return encoder.embed_images(stack(prepared))

    image_seconds: list[float] = []

    def ours(scratch: Path) -> tuple[np.ndarray, np.ndarray]:
        started = time.perf_counter()
        network = Network("image", encoder.prepare, embed_batch)
        every = range(pairs.n_images)
        found = pass_over(scratch, pairs, every, [network], "", silent, thumbnails=True)
        image_seconds.append(time.perf_counter() - started)
        caption, _ = embed_captions(scratch, list(pairs.captions), encoder, silent)
        return np.load(found.arrays["image"]), np.load(caption)

    turns = list(in_turns(lambda: reference.embed(pairs), ours, args.rounds))
    image, caption = turns[0][2]
    alike = min(
        float(cosine_rows(image, turns[0][3][0][pairs.image_of_caption]).min()),
        float(cosine_rows(caption, turns[0][3][1]).min()),
    )
    batches = [
        [encoder.prepare(pairs.open_image(i)) for i in range(start, start + BATCH)]
        for start in range(0, pairs.n_images - BATCH + 1, BATCH)
    ]
    bare_seconds = []
    for _ in range(args.rounds):
        started = time.perf_counter()
        for batch in batches:
            embed_batch(batch)
        bare_seconds.append(time.perf_counter() - started)
    bare = BATCH * len(batches) / statistics.median(bare_seconds)
    rate = pairs.n_images / statistics.median(image_seconds)
    remark = (
        f"{rate:.0f} images/s from files, {rate / bare:.0%} of the bare forward pass "
        f"({bare:.0f}/s; at least 80 % wanted); least cosine of the two embeddings {alike:.5f}"
    )
    yield _row(f"embedding {pairs.n_images:,} images, 5 captions each", turns, 5, remark)


def clustering(args: argparse.Namespace, data: Dataset) -> Iterator[Row]:
    """Both sides of made-up embeddings; an image stands once per caption, as in the method.

    Held against the published settings, twenty starts on mini-batches, and against plain k-means.
    """
    made = make_up_embeddings(args.rows // CAPTIONS_PER_IMAGE)
    copied = made.image[made.image_of_caption]
    rows = len(made.caption)

    def ours(scratch: Path) -> list[np.ndarray]:
        sides = (pick(made.image, made.image_of_caption), made.caption)
        return [cluster_rows(side, args.clusters, seed=args.seed)[0] for side in sides]

    def theirs(by: Callable[[np.ndarray, int, int], np.ndarray]) -> list[np.ndarray]:
        return [by(side, args.clusters, args.seed) for side in (copied, made.caption)]

    for peer, by, wanted in (
        ("the published settings", cluster, 20),
        ("plain KMeans, one start", cluster_plainly, 1),
    ):
        turns = list(in_turns(partial(theirs, by), ours, args.rounds))
        shares = [
            inertia(side, own, args.clusters) / inertia(side, other, args.clusters)
            for side, other, own in zip((copied, made.caption), *turns[0][2:], strict=True)
        ]
        is_same = all(
            (a == b).all() for turn in turns for a, b in zip(turn[3], turns[0][3], strict=True)
        )
        remark = (
            f"inertia {shares[0]:.4f} (images) and {shares[1]:.4f} (captions) of the other's; "
            f"labels of all rounds {'equal' if is_same else 'DIFFER'}"
        )
        size = f"{rows:,} x 768, K = {args.clusters}, both sides"
        yield _row(f"clustering {size}, against {peer}", turns, wanted, remark)


def inertia(rows: np.ndarray, labels: np.ndarray, n_clusters: int) -> float:
    """Sum of squared distances to the means of the clusters."""
    sizes = np.bincount(labels, minlength=n_clusters)
    around = sizes @ row_lengths(mean_rows(rows, labels, n_clusters)) ** 2
    return float((row_lengths(rows) ** 2).sum() - around)


def synthesis(args: argparse.Namespace, data: Dataset) -> Iterator[Row]:
    """Images of prototypes, and whether they show their prototypes as well.

    Held against the published number of steps and, to tell the gain of fewer steps from the rest,
    against the same number.
    """
    pairs, encoder = pairs_of(data, "train"), load_encoder(BUNDLE, "cpu")
    decoder, reference = load_decoder(BUNDLE, "cpu"), ReferenceDecoder(BUNDLE.decoder)
    image = encoder.embed_images(stack([encoder.prepare(each) for each in _images(pairs)]))
    caption = encoder.embed_captions(list(pairs.captions))
    made = make_prototypes(
        image[pairs.image_of_caption], caption, n_prototypes=args.drawn, clustering="kmeans"
    )
    captions = [pairs.captions[m] for m in nearest_captions(made.caption, caption)]
    how = BUNDLE.synthesis

    def ours(scratch: Path, first_seed: int = 0) -> list[Any]:
        drawn: list[Any] = []
        for start in range(0, args.drawn, IMAGES_AT_ONCE):
            rows = range(start, min(start + IMAGES_AT_ONCE, args.drawn))
            texts, seeds = [captions[i] for i in rows], [first_seed + i for i in rows]
            drawn += decoder.draw(made.image[rows.start : rows.stop], texts, seeds, how)
        return drawn

    def theirs(steps: int) -> list[Any]:
        return reference.draw(made.image, captions, list(range(args.drawn)), how, steps)

    def similarity(images: Sequence[Any]) -> float:
        prepared = stack([encoder.prepare(each) for each in images])
        return float(cosine_rows(encoder.embed_images(prepared), made.image).mean())

    others = similarity(ours(Path(), args.drawn))
    for steps, wanted in ((PUBLISHED_STEPS, 3), (how.steps, 1)):
        turns = list(in_turns(partial(theirs, steps), ours, args.rounds))
        _, _, of_theirs, of_ours = turns[0]
        other, own = similarity(of_theirs), similarity(of_ours)
        remark = (
            f"{how.steps} steps, {IMAGES_AT_ONCE} at once, against {steps} steps of PNDM, one at a "
            f"time; CLIP similarity to the prototype {own:.4f} (other seeds {others:.4f}) against "
            f"{other:.4f}"
        )
        yield _row(
            f"synthesis of {args.drawn} images, against {steps} steps", turns, wanted, remark
        )


def _images(pairs: Pairs) -> Iterator[Any]:
    return (pairs.open_image(index) for index in range(pairs.n_images))


def evaluation(args: argparse.Namespace, data: Dataset) -> Iterator[Row]:
    """The `paper` protocol: students of every backbone and seed, with eleven looks at test.

    The reference protocol takes half an hour, and its students cost the same each; so it trains
    `--reference-seeds` per backbone, and its time is multiplied. The remark says so.
    """
    distilled, test = pairs_of(data, "train"), pairs_of(data, "test")
    # One caption per image, as a distilled set has them.
    captions = list(distilled.captions[::CAPTIONS_PER_IMAGE])[: args.pairs]
    train = Pairs(
        captions=captions,
        image_of_caption=np.arange(args.pairs),
        image_names=distilled.image_names[: args.pairs],
        open_image=distilled.open_image,
        fingerprint=f"{distilled.fingerprint}-{args.pairs}",
    )
    config = RetrievalConfig(
        protocol="paper", n_seeds=args.network_seeds, epochs=args.epochs, text="caption"
    )
    backbones = {name: ReferenceBackbone(name) for name in BUNDLE.backbones}
    # Both sides embed captions once, so that is no part of what is compared.
    ready, models = Path(tempfile.mkdtemp()), Models(BUNDLE, "cpu")
    text, test_text = (
        np.asarray(Store(ready).fetch(embed_texts(p.captions, models))) for p in (train, test)
    )

    def ours(scratch: Path) -> dict[str, list[float]]:
        context = Context(
            store=Store(scratch), dataset=data, models=models, watcher=NOBODY, size=args.pairs
        )
        result = evaluate(context, Trained(train), config)
        return {
            name: [student["mean"] for student in each["students"]]
            for name, each in result["backbones"].items()
        }

    def reference() -> dict[str, list[float]]:
        return {
            Path(name).name: [
                best_recall(
                    backbone,
                    train,
                    text,
                    test,
                    test_text,
                    epochs=config.epochs,
                    batch_size=config.batch_size,
                    learning_rate=config.learning_rate,
                    seed=seed,
                )
                for seed in range(args.reference_seeds)
            ]
            for name, backbone in backbones.items()
        }

    times = args.network_seeds / args.reference_seeds
    turns = [(times * a, b, c, d) for a, b, c, d in in_turns(reference, ours, args.rounds, ready)]
    shutil.rmtree(ready)
    apart = max(
        abs(own - theirs)
        for name, recalls in turns[0][2].items()
        for own, theirs in zip(turns[0][3][name], recalls, strict=False)
    )
    remark = (
        f"the reference was run for {args.reference_seeds} of {args.network_seeds} seeds and its "
        f"time multiplied by {times:g}; ours includes opening the models; greatest difference of a "
        f"student's mean recall {apart:.2f} points"
    )
    size = f"{args.pairs} pairs, 2 backbones x {args.network_seeds} seeds, {test.n_images:,} images"
    yield _row(f"evaluation of {size}", turns, 80, remark)


STAGES = {each.__name__: each for each in (embedding, clustering, synthesis, evaluation)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=STAGES, default=list(STAGES))
    parser.add_argument("--rounds", type=int, default=3, help="%(default)s")
    parser.add_argument("--seed", type=int, default=42, help="of the clustering (%(default)s)")
    parser.add_argument("--images", type=int, default=640, help="to embed (%(default)s)")
    parser.add_argument("--suffix", default=".png", help="their format, .png or .jpg")
    parser.add_argument("--rows", type=int, default=30_000, help="to cluster (%(default)s)")
    parser.add_argument("--clusters", type=int, default=100, help="%(default)s")
    parser.add_argument("--drawn", type=int, default=64, help="images to draw (%(default)s)")
    parser.add_argument("--pairs", type=int, default=100, help="to evaluate (%(default)s)")
    parser.add_argument("--test-images", type=int, default=1000, help="%(default)s")
    parser.add_argument("--epochs", type=int, default=100, help="of a student (%(default)s)")
    parser.add_argument("--network-seeds", type=int, default=5, help="%(default)s")
    parser.add_argument("--reference-seeds", type=int, default=1, help="really run (%(default)s)")
    parser.add_argument("--out", type=Path, help="write the figures here as JSON")
    args = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as scratch:
        sizes = {"train": max(args.images, args.pairs), "val": 1, "test": args.test_images}
        data = open_dataset(str(write_scenes(Path(scratch) / "scenes", sizes, args.suffix)))
        for name in args.only:
            print(f"Measuring {name}", file=sys.stderr, flush=True)
            rows += STAGES[name](args, data)
    print("| stage | reference | ours | ratio | at least | remark |\n|---|---|---|---|---|---|")
    print("\n".join(row.markdown() for row in rows))
    if args.out:
        args.out.write_text(json.dumps([row._asdict() for row in rows], indent=2) + "\n")


if __name__ == "__main__":
    main()
