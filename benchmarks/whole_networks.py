"""What a step costs that matches whole networks, as MTT-VL, TESLA-VL and LoRS are published.

    python -m benchmarks.whole_networks --network resnet --pairs 20 --rounds 3

The image side is all weights of the network, and the text side a head into its scores (`--networks
whole`): a step of learning, exact (MTT-VL) and truncated (TESLA-VL, LoRS), and a step of an
expert's training on 128 real pairs. Where experts went costs nothing, so it is drawn. Seconds are
those of the processor in one thread; memory is what a process of its own needs at most beyond what
it held before.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from typing import Any, NamedTuple

import numpy as np
import torch

from benchmarks.learned_pairs import RATE, STEPS
from explorer.data.open import open_dataset
from explorer.learn.inner.step_gradients import Weights
from explorer.learn.optimise import Params
from explorer.learn.pairs.learned_pairs import Experts, Learner, beginning, whole
from explorer.learn.pairs.matched_pairs import Students, matching
from explorer.learn.pairs.matched_pairs import beginning as with_students
from explorer.learn.pairs.similarity import Identity
from explorer.learn.students.two_sided import train_expert
from explorer.models.backbones import load_backbone
from explorer.models.bundles import find_bundle
from explorer.models.clip import load_encoder
from explorer.runs.memory import peak_memory

BUNDLE = find_bundle("scenes")
EXPERT_BATCH = 128
NETWORKS = ("resnet", "vit")


class World(NamedTuple):
    """A network whose weights are a flat vector, a text head, and pairs."""

    learner: Learner
    start: Weights
    params: Params
    shown: np.ndarray  # (N, S, S, 3) uint8, what the network is shown
    texts: np.ndarray  # (N, D)


def open_world(network: str, n_pairs: int) -> World:
    train = open_dataset("scenes").pairs()
    backbone = load_backbone(BUNDLE.backbones[NETWORKS.index(network)], "cpu")
    images = [train.open_image(i) for i in range(n_pairs)]
    texts = load_encoder(BUNDLE, "cpu").embed_captions(list(train.captions[:n_pairs]))
    learner, rng = whole(backbone, texts.shape[1]), torch.Generator().manual_seed(0)
    params = with_students(beginning(backbone, images, texts), Identity(), RATE)(rng)
    shown = torch.stack([backbone.prepare(each) for each in images]).numpy()
    return World(learner, learner.towers.start(rng), params, shown, texts)


def a_step(world: World, batch: int, truncated: bool) -> Params:
    """The gradients of a step of learning."""
    rng = torch.Generator().manual_seed(1)
    ends = (w + 0.01 * torch.randn(w.shape, generator=rng) for w in world.start)
    ways = (torch.stack(way)[None].numpy() for way in zip(world.start, ends, strict=True))
    students = Students(STEPS, batch, Identity(), contrast="infonce", truncated=truncated)
    return dict(matching(world.learner, Experts(*ways), students)(world.params, rng).by_name)


def expert_step(world: World) -> None:
    rows = np.arange(EXPERT_BATCH) % len(world.shown)
    train_expert(
        world.learner.towers, world.shown, world.texts[rows], rows,
        epochs=1, batch=EXPERT_BATCH, rate=RATE, seed=0, on_epoch=lambda loss: None,
    )  # fmt: skip


def works(batch: int) -> dict[str, Callable[[World], Any]]:
    return {
        "a step, exact (MTT-VL)": partial(a_step, batch=batch, truncated=False),
        "a step, truncated (TESLA-VL, LoRS)": partial(a_step, batch=batch, truncated=True),
        "a step of an expert": expert_step,
    }


def seconds_of(work: Callable[[World], Any], world: World) -> float:
    started = time.process_time()
    work(world)
    return time.process_time() - started


def _memory(name: str, network: str, n_pairs: int, batch: int) -> int:
    torch.set_num_threads(1)
    world, before = open_world(network, n_pairs), peak_memory()
    works(batch)[name](world)
    return peak_memory() - before


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", choices=NETWORKS, default=NETWORKS[0])
    parser.add_argument("--pairs", type=int, default=20, help="pairs that are learned")
    parser.add_argument("--batch", type=int, default=20, help="of them in a step of a student")
    parser.add_argument("--rounds", type=int, default=3, help="times that each is measured")
    args = parser.parse_args()
    torch.set_num_threads(1)
    world = open_world(args.network, args.pairs)
    n = sum(len(each) for each in world.start)
    print(f"{args.network}: {n:,} weights, {args.pairs} pairs, {STEPS} steps of {args.batch}.\n")
    print("| what | seconds | memory beyond |\n|---|---|---|")
    for name, work in works(args.batch).items():
        spent = statistics.median(seconds_of(work, world) for _ in range(args.rounds))
        with get_context("spawn").Pool(1) as pool:
            held = pool.apply(_memory, (name, args.network, args.pairs, args.batch))
        print(f"| {name} | {spent:.2f} | {held / 2**20:,.0f} MiB |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
