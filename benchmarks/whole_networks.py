"""What a step would cost that matches whole networks, as MTT-VL, TESLA-VL and LoRS are published.

    python -m benchmarks.whole_networks --network resnet --pairs 20 --rounds 3

The methods here match two heads over a frozen network. Here the image side is all weights of the
network, and the text side a head into its features: the same gradients, exact (MTT-VL) and
truncated (TESLA-VL, LoRS), and a step of an expert's training on 128 real pairs. Where experts went
costs nothing, so it is drawn. Seconds are those of the processor in one thread; memory is what a
process of its own needs at most beyond what it held before.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from typing import Any, NamedTuple

import torch
from torch.func import functional_call
from torch.nn.attention import SDPBackend, sdpa_kernel

from benchmarks.learned_pairs import RATE, STEPS
from explorer.data.open import open_dataset
from explorer.learn.contrastive import TEMPERATURE, infonce
from explorer.learn.heads import Head, unit
from explorer.learn.trajectories import Segment, Weights, match_trajectory
from explorer.models.backbones import load_backbone
from explorer.models.bundles import find_bundle
from explorer.models.clip import load_encoder
from explorer.runs.memory import peak_memory

BUNDLE = find_bundle("scenes")
EXPERT_BATCH = 128
NETWORKS = ("resnet", "vit")


class World(NamedTuple):
    """A network whose weights are a flat vector, a text head, and pairs."""

    network: torch.nn.Module
    head: Head
    start: Weights
    pixels: torch.Tensor  # (N, 3, S, S), as the network sees them
    texts: torch.Tensor  # (N, D)

    def cosines(self, weights: Weights, pixels: torch.Tensor, texts: torch.Tensor) -> torch.Tensor:
        own = dict(self.network.named_parameters())
        parts = weights[0].split([each.numel() for each in own.values()])
        shaped = zip(own.items(), parts, strict=True)
        named = {name: part.view_as(each) for (name, each), part in shaped}
        image = functional_call(self.network, named, (pixels,))
        return unit(image) @ unit(self.head(weights[1], texts)).T


def open_world(network: str, n_pairs: int) -> World:
    train = open_dataset("scenes").pairs()
    backbone = load_backbone(BUNDLE.backbones[NETWORKS.index(network)], "cpu")
    seen = [backbone.prepare(train.open_image(i)) for i in range(n_pairs)]
    pixels = torch.stack(seen).permute(0, 3, 1, 2) / 127.5 - 1
    texts = load_encoder(BUNDLE, "cpu").embed_captions(list(train.captions[:n_pairs]))
    whole: torch.nn.Module = backbone._network
    with torch.no_grad():
        head = Head(texts.shape[1], whole(pixels[:1]).shape[1])
    flat = torch.cat([each.detach().flatten() for each in whole.parameters()])
    start = flat, head.start(torch.Generator().manual_seed(0))
    return World(whole, head, start, pixels, torch.from_numpy(texts))


def a_step(world: World, batch: int, truncated: bool) -> Any:
    """The gradients of a step of learning."""
    rng = torch.Generator().manual_seed(1)
    pixels, texts = (each.clone().requires_grad_() for each in (world.pixels, world.texts))
    batches = [torch.randperm(len(texts), generator=rng)[:batch] for _ in range(STEPS)]
    ends = tuple(w + 0.01 * torch.randn(w.shape, generator=rng) for w in world.start)

    def loss(step: int, weights: Weights) -> torch.Tensor:
        rows = batches[step]
        cosines = world.cosines(weights, pixels[rows], texts[rows])
        return infonce(cosines / TEMPERATURE, torch.eye(len(rows)))

    rates, learned = torch.full((2,), RATE), [pixels, texts]
    with sdpa_kernel(SDPBackend.MATH):  # fused attention has no second derivative
        segment = Segment(world.start, ends)
        return match_trajectory(loss, segment, rates, learned, STEPS, truncated=truncated)


def expert_step(world: World) -> None:
    weights = tuple(each.clone().requires_grad_() for each in world.start)
    rows = torch.arange(EXPERT_BATCH) % len(world.texts)
    cosines = world.cosines(weights, world.pixels[rows], world.texts[rows])
    torch.autograd.grad(infonce(cosines / TEMPERATURE, torch.eye(EXPERT_BATCH)), weights)


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
