"""Steps that learn pairs, and experts, against the published procedure in plain words, in turns.

    python -m benchmarks.learned_pairs --pairs 100 --rounds 3

Published (LoRS, RepBlend): images of a mini-batch pass through the frozen network in each step of a
student, and again in the second pass that finds the gradient; experts send every image and caption
through frozen networks in every step. Here images pass once in a step of learning, and experts read
features that were kept. Data, networks, heads and draws are the same; the gradient is TESLA's on
both sides. Seconds are those of the processor in one thread; memory is what the process needs at
most beyond what it held before, told by a process of its own for each side.
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
from PIL.Image import Image

from explorer.data.open import open_dataset
from explorer.learn.inner.step_gradients import Weights
from explorer.learn.networks.heads import Towers
from explorer.learn.optimise import Params
from explorer.learn.pairs.blending import Blend
from explorer.learn.pairs.learned_pairs import IMAGES, TEXTS, Experts, beginning, frozen, scale_of
from explorer.learn.pairs.matched_pairs import RATES, Students, draw_segment, matching
from explorer.learn.pairs.matched_pairs import beginning as with_students
from explorer.learn.pairs.similarity import OfLowRank
from explorer.learn.students.contrastive import TEMPERATURE, infonce, wbce
from explorer.learn.students.two_sided import heads_over, train_expert
from explorer.models.backbones import Backbone, load_backbone
from explorer.models.bundles import find_bundle
from explorer.models.clip import load_encoder
from explorer.runs.memory import peak_memory

BUNDLE = find_bundle("scenes")
BATCH, STEPS, RATE = 20, 8, 0.1
SIMILARITY = OfLowRank(10, 0.3)
SIDES = ("published", "ours")


class World(NamedTuple):
    """Pairs, the frozen network that sees them, and an expert on them."""

    backbone: Backbone
    images: list[Image]
    captions: list[str]
    text: np.ndarray  # (K, D) embeddings
    features: np.ndarray  # (K, F)
    params: Params
    experts: Experts

    @property
    def towers(self) -> Towers:
        return heads_over(self.features.shape[1], self.text.shape[1])


def open_world(n_pairs: int) -> World:
    train = open_dataset("scenes").pairs()
    images = [train.open_image(i) for i in range(n_pairs)]
    firsts = np.searchsorted(train.image_of_caption, np.arange(n_pairs))
    captions = [train.captions[int(m)] for m in firsts]
    backbone = load_backbone(BUNDLE.backbones[0], "cpu")
    text = load_encoder(BUNDLE, "cpu").embed_captions(captions)
    begin = with_students(beginning(backbone, images, text), SIMILARITY, RATE)
    params = begin(torch.Generator().manual_seed(0))
    with torch.no_grad():
        features = backbone.encode(scale_of(backbone).leave(params[IMAGES])).numpy()
    trained = train_expert(
        heads_over(features.shape[1], text.shape[1]), features, text, np.arange(n_pairs),
        epochs=2, batch=BATCH, rate=RATE, seed=0, on_epoch=lambda loss: None,
    )  # fmt: skip
    experts = Experts(*(side[None] for side in trained))
    return World(backbone, images, captions, text, features, params, experts)


def published_step(world: World, blend: float) -> Params:
    """The gradients of a step of learning: two passes, each of them through the frozen network."""
    rng = torch.Generator().manual_seed(1)
    draws = np.random.default_rng(int(torch.randint(2**62, (), generator=rng)))
    leaves = {name: each.detach().requires_grad_() for name, each in world.params.items()}
    images, texts = leaves[IMAGES], leaves[TEXTS]
    start, target = draw_segment(world.experts, draws, images.device)
    batches: list[torch.Tensor] = []
    while len(batches) < STEPS:
        chunks = torch.from_numpy(draws.permutation(len(images))).split(BATCH)
        batches += [rows for rows in chunks if len(rows) == BATCH]
    blends = [Blend.draw(BATCH, blend, draws) if blend else None for _ in range(STEPS)]
    scale, towers = scale_of(world.backbone), world.towers

    def loss(step: int, weights: Weights) -> torch.Tensor:
        rows, mix = batches[step], blends[step]
        image, text = world.backbone.encode(scale.leave(images[rows])), texts[rows]
        if mix:
            image, text = mix(image), mix(text)
        square = SIMILARITY.matrix(leaves, rows)
        return wbce(towers.cosines(weights, image, text) / TEMPERATURE, square)

    path, taken = [start], []
    for step in range(STEPS):
        weights = tuple(each.detach().requires_grad_() for each in path[-1])
        taken.append(torch.autograd.grad(loss(step, weights), weights))
        moved = zip(path[-1], taken[-1], strict=True)
        path.append(tuple(each - RATE * gradient for each, gradient in moved))
    sums = [sum(side) for side in zip(*taken, strict=True)]
    lengths = [(first - last).square().sum() for first, last in zip(start, target, strict=True)]
    ends = zip(start, target, sums, lengths, strict=True)
    pull = [2 * (a - RATE * total - b) / length for a, b, total, length in ends]
    learned = [name for name in leaves if name != RATES]
    found = {name: torch.zeros_like(leaves[name]) for name in learned}
    for step in range(STEPS):
        weights = tuple(each.detach().requires_grad_() for each in path[step])
        gradient = torch.autograd.grad(loss(step, weights), weights, create_graph=True)
        change = -RATE * sum((p * g).sum() for p, g in zip(pull, gradient, strict=True))
        parts = torch.autograd.grad(
            change, [leaves[name] for name in learned], allow_unused=True, materialize_grads=True
        )
        for name, part in zip(learned, parts, strict=True):
            found[name] += part
    return found


def our_step(world: World, blend: float) -> Params:
    students = Students(STEPS, BATCH, SIMILARITY, blend=blend, truncated=True)
    learner = frozen(world.backbone, world.text.shape[1])
    objective = matching(learner, world.experts, students)
    return dict(objective(world.params, torch.Generator().manual_seed(1)).by_name)


def published_epoch(world: World) -> None:
    """An epoch of an expert: images and captions through frozen networks in every step."""
    reader = load_encoder(BUNDLE, "cpu")
    weights = [each.requires_grad_() for each in world.towers.start(torch.Generator())]
    for rows in torch.randperm(len(world.captions)).split(BATCH):
        prepared = torch.stack([world.backbone.prepare(world.images[int(i)]) for i in rows])
        with torch.no_grad():
            image = world.backbone.encode(prepared.permute(0, 3, 1, 2) / 255)
            text = torch.from_numpy(reader.embed_captions([world.captions[int(i)] for i in rows]))
        cosines = world.towers.cosines(tuple(weights), image, text)
        value = infonce(cosines / TEMPERATURE, torch.eye(len(rows)))
        steps = torch.autograd.grad(value, weights)
        weights = [
            (each - RATE * step).detach().requires_grad_()
            for each, step in zip(weights, steps, strict=True)
        ]


def our_epoch(world: World) -> None:
    n = len(world.captions)
    train_expert(
        world.towers, world.features, world.text, np.arange(n), epochs=1, batch=BATCH, rate=RATE,
        seed=0, on_epoch=lambda loss: None,
    )  # fmt: skip


TASKS: dict[str, dict[str, Callable[[World], Any]]] = {
    "a step of LoRS": {
        "published": partial(published_step, blend=0.0),
        "ours": partial(our_step, blend=0.0),
    },
    "a step of RepBlend": {
        "published": partial(published_step, blend=1.0),
        "ours": partial(our_step, blend=1.0),
    },
    "an epoch of an expert": {"published": published_epoch, "ours": our_epoch},
}


def seconds_of(work: Callable[[World], Any], world: World) -> float:
    started = time.process_time()
    work(world)
    return time.process_time() - started


def _memory(name: str, side: str, n_pairs: int) -> int:
    """Bytes that one side needs at most beyond what the process holds before."""
    world = open_world(n_pairs)
    before = peak_memory()
    TASKS[name][side](world)
    return peak_memory() - before


def memory_of(name: str, side: str, n_pairs: int) -> int:
    with get_context("spawn").Pool(1) as pool:
        return int(pool.apply(_memory, (name, side, n_pairs)))


def difference(first: Params, second: Params) -> float:
    """The greatest of both gradients, over the greatest value of each parameter's."""
    gaps = [
        float((first[name] - second[name]).abs().max() / first[name].abs().max())
        for name in (IMAGES, TEXTS)
    ]
    return max(gaps)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=100, help="pairs that are learned")
    parser.add_argument("--rounds", type=int, default=3, help="times that both sides take turns")
    args = parser.parse_args()
    torch.set_num_threads(1)
    world = open_world(args.pairs)
    gaps = [
        difference(own["published"](world), own["ours"](world)) for own in list(TASKS.values())[:2]
    ]
    print(f"{args.pairs} pairs; gradients of images and texts differ by {max(gaps):.0e} at most.\n")
    print("| what | published | ours | ratio (least..most) | memory beyond, published | ours |")
    print("|---|---|---|---|---|---|")
    for name, own in TASKS.items():
        spent: dict[str, list[float]] = {side: [] for side in SIDES}
        for number in range(args.rounds):
            for side in SIDES[:: -1 if number % 2 else 1]:
                spent[side].append(seconds_of(own[side], world))
        ratios = [a / b for a, b in zip(spent["published"], spent["ours"], strict=True)]
        medians = [f"{statistics.median(spent[side]):.2f} s" for side in SIDES]
        ratio = f"{statistics.median(ratios):.1f}x ({min(ratios):.1f}..{max(ratios):.1f})"
        memory = [f"{memory_of(name, side, args.pairs) / 2**20:,.0f} MiB" for side in SIDES]
        print(f"| {' | '.join([name, *medians, ratio, *memory])} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
