"""Steps of methods for labelled images against the published procedure, on the same data, in turns.

    python -m benchmarks.labelled --only dm dc --size 32 --width 128 --real-batch 256
    python -m benchmarks.labelled --only students --size 8 --width 32 --depth 2

The published procedure is written plainly in `benchmarks._labelled_reference`: class by class, one
network after the other, in the order of the papers' code. Seconds are those of the processor in one
thread, so that other work on the machine counts little; the ratio is the median over rounds.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch

from benchmarks import _labelled_reference as reference
from explorer.learn.images import distribution, gradient_matching, policies
from explorer.learn.images.following import RATE, Following, following
from explorer.learn.images.labelled import IMAGES, RealImages
from explorer.learn.networks.augment import GROUPS, Change
from explorer.learn.networks.convnet import ConvNet
from explorer.learn.networks.kernels import fully_connected
from explorer.learn.students.classifier import Training, scale_on, train_classifier

CLASSES = 10
KERNEL_ROWS = 1000


class Sizes(NamedTuple):
    """What both sides work on."""

    size: int
    width: int
    depth: int
    per_class: int
    real_batch: int
    epochs: int

    @property
    def network(self) -> ConvNet:
        return ConvNet(self.size, CLASSES, width=self.width, depth=self.depth)


Side = Callable[[], object]


class Row(NamedTuple):
    """One line of the table."""

    what: str
    reference_seconds: float
    seconds: float
    ratios: list[float]  # one per round

    def markdown(self) -> str:
        least, most = min(self.ratios), max(self.ratios)
        ratio = f"{statistics.median(self.ratios):.2f}x ({least:.2f}..{most:.2f})"
        return f"| {self.what} | {self.reference_seconds:.3f} s | {self.seconds:.3f} s | {ratio} |"


def in_turns(what: str, plain: Side, ours: Side, rounds: int) -> Row:
    """Both sides once unmeasured, then in turns."""
    plain(), ours()
    taken: list[tuple[float, float]] = []
    for _ in range(rounds):
        pair = []
        for side in (plain, ours):
            start = time.process_time()
            side()
            pair.append(time.process_time() - start)
        taken.append((pair[0], pair[1]))
    theirs, own = (statistics.median(each) for each in zip(*taken, strict=True))
    return Row(what, theirs, own, [a / b for a, b in taken])


def _source(sizes: Sizes) -> RealImages:
    """Noise with labels: arithmetic does not depend on what images show."""
    rng = np.random.default_rng(0)
    n = CLASSES * max(sizes.real_batch, sizes.per_class)
    image = rng.integers(256, size=(n, 3, sizes.size, sizes.size)).astype(np.uint8)
    half = np.full(3, 0.5, np.float32)
    return RealImages(image, np.arange(n) % CLASSES, CLASSES, scale_on(half, half, "cpu"))


def _start(source: RealImages, sizes: Sizes) -> torch.Tensor:
    return source.start("real", sizes.per_class, torch.Generator().manual_seed(0))


def dm(sizes: Sizes) -> tuple[Side, Side]:
    """One step of distribution matching."""
    source = _source(sizes)
    images = _start(source, sizes)
    step = distribution.matching(
        sizes.network, source, lambda params: params[IMAGES], sizes.real_batch, tuple(GROUPS)
    )
    rng = torch.Generator().manual_seed(0)
    plain = reference.DistributionMatching(source, images, sizes.network, sizes.real_batch)
    return plain.step, lambda: step({IMAGES: images}, rng)


def dc(sizes: Sizes) -> tuple[Side, Side]:
    """One step of gradient matching in one network."""
    source = _source(sizes)
    images = _start(source, sizes)
    training = policies.Training(256, 0.01, 0.0, augmentation=())
    policy = policies.trained_on_set(
        sizes.network,
        10**9,
        lambda params: params[IMAGES],
        source.targets(sizes.per_class),
        training,
        lambda turn: 1,
    )

    def draws_nothing(rng: torch.Generator) -> Change:
        return lambda x: x

    how = gradient_matching.Matching(sizes.real_batch, gradient_matching.by_rows, draws_nothing)
    step = gradient_matching.matching(
        sizes.network, source, lambda params: params[IMAGES], policy, how
    )
    rng = torch.Generator().manual_seed(0)
    params = {IMAGES: images, **policy.begin(rng)}
    plain = reference.GradientMatching(source, images, sizes.network, sizes.real_batch)
    return plain.step, lambda: step(params, rng)


def mtt(sizes: Sizes) -> tuple[Side, Side]:
    """One step of trajectory matching with ten steps of the student."""
    source = _source(sizes)
    images, network = _start(source, sizes), sizes.network
    starts = [network.flat(network.init(torch.Generator().manual_seed(s))) for s in (0, 1)]
    experts = torch.stack(starts)[None].numpy()
    target = source.targets(sizes.per_class)
    how = Following(10, 1, 0, 0, (), truncated=False)
    step = following(network, experts, target, how)
    params = {IMAGES: images, RATE: torch.tensor(0.01)}
    rng = torch.Generator().manual_seed(0)
    plain = reference.TrajectoryMatching(images, target, network, starts[0], starts[1], steps=10)
    return plain.step, lambda: step(params, rng)


def kernel(sizes: Sizes) -> tuple[Side, Side]:
    """The NTK of a network with one hidden layer, between 1,000 images and 1,000."""
    side = sizes.size
    rng = torch.Generator().manual_seed(0)
    shape = (KERNEL_ROWS, 3, side, side)
    a, b = (torch.randn(shape, generator=rng, dtype=torch.float64) for _ in range(2))
    return lambda: reference.fully_connected_ntk(a, b), lambda: fully_connected(a, b, 1).ntk


def students(sizes: Sizes) -> tuple[Side, Side]:
    """Five students, each trained from its own start, with siamese augmentation."""
    source = _source(sizes)
    levels = source.scale.leave(_start(source, sizes)).numpy()
    target = source.targets(sizes.per_class).numpy()
    training = Training(sizes.epochs, 256, 0.01, tuple(GROUPS))

    def ours() -> None:
        for seed in range(5):
            train_classifier(
                sizes.network, levels, target, source.scale, training, seed, lambda *told: None
            )

    images, labels = source.scale.enter(torch.tensor(levels)), torch.tensor(target)
    plain = reference.Students(images, labels, sizes.network, sizes.epochs)
    return plain.train, ours


PARTS: dict[str, Callable[[Sizes], tuple[Side, Side]]] = {
    "dm": dm,
    "dc": dc,
    "mtt": mtt,
    "kernel": kernel,
    "students": students,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--rounds", type=int, default=5)
    for name, default in (("size", 32), ("width", 64), ("depth", 3), ("per-class", 1),
                          ("real-batch", 64), ("epochs", 20)):  # fmt: skip
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    torch.set_num_threads(1)
    sizes = Sizes(**{name: getattr(options, name) for name in Sizes._fields})
    rows = []
    for name in options.only:
        plain, ours = PARTS[name](sizes)
        rows.append(in_turns(name, plain, ours, options.rounds))
        print(rows[-1].markdown(), file=sys.stderr, flush=True)
    print("| step | published procedure | ours | ratio |\n|---|---|---|---|")
    print("\n".join(row.markdown() for row in rows))
    print(json.dumps({"sizes": sizes._asdict(), "rows": [row._asdict() for row in rows]}))


if __name__ == "__main__":
    main()
