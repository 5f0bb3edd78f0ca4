"""Trains the two evaluation backbones on what is in Scenes; writes them as timm opens a folder."""

import argparse
import logging
from pathlib import Path

import numpy as np
import timm
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

from explorer.scenes.labels import (
    CHOICES,
    N_OUTPUTS,
    choice_slices,
    read_answers,
    true_answers,
    true_presence,
)
from explorer.scenes.pen import SIZE
from explorer.scenes.training.clip import MEAN, STD, as_input
from explorer.scenes.training.draws import N_TRAIN, N_VAL, load_draws, write_json
from explorer.scenes.training.loop import train

logger = logging.getLogger(__name__)

ARCHITECTURES = {
    "resnet": ("resnet10t", {"channels": [32, 64, 128, 256]}),
    "vit": (
        "vit_tiny_patch16_224",
        {"img_size": SIZE, "embed_dim": 128, "depth": 6, "num_heads": 4},
    ),
}
"""timm's name and what differs from it: narrower and for 128 px."""


def make_backbone(name: str) -> nn.Module:
    architecture, arguments = ARCHITECTURES[name]
    return timm.create_model(architecture, num_classes=N_OUTPUTS, **arguments)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=list(ARCHITECTURES))
    parser.add_argument("--folder", type=Path, default=Path("training"))
    parser.add_argument("--out", type=Path, default=Path("assets"))
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--batch-size", type=int, default=64)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)

    draws = load_draws(args.folder)
    answers = [true_answers(attributes) for attributes in draws.attributes]
    targets = {name: torch.tensor([answer[name] for answer in answers]) for name in CHOICES}
    present = torch.from_numpy(np.stack([true_presence(a) for a in draws.attributes])).float()
    slices, model = choice_slices(), make_backbone(args.name)

    def step(number: int, share: float) -> torch.Tensor:
        rows = np.sort(
            np.random.default_rng([number, 3]).choice(N_TRAIN, args.batch_size, replace=False)
        )
        with torch.autocast("cpu", torch.bfloat16):
            outputs = model.train()(as_input(draws.pictures[rows]))
        outputs = outputs.float()
        choices = sum(
            functional.cross_entropy(outputs[:, slices[q]], targets[q][rows]) for q in CHOICES
        )
        rest = outputs[:, slices["side"].stop :]
        return choices + 20 * functional.binary_cross_entropy_with_logits(rest, present[rows])

    log = train(args.name, model, step, folder=args.folder, minutes=args.minutes,
                learning_rate=1e-3, weight_decay=0.05)  # fmt: skip
    outputs = read_outputs(model, draws.pictures[-N_VAL:])
    right = {
        q: 100 * (a == targets[q][-N_VAL:].numpy()).mean() for q, a in read_answers(outputs).items()
    }
    logger.info("done: %s, val %s", log, {q: f"{share:.1f} %" for q, share in right.items()})
    save(args.out / args.name, args.name, model)


@torch.inference_mode()
def read_outputs(model: nn.Module, pictures: np.ndarray) -> np.ndarray:
    """(B, N_OUTPUTS) float32 of (B, SIZE, SIZE, 3) uint8 pictures."""
    model.eval()
    return np.concatenate(
        [model(as_input(pictures[i : i + 100])).numpy() for i in range(0, len(pictures), 100)]
    )


def save(out: Path, name: str, model: nn.Module) -> None:
    out.mkdir(parents=True, exist_ok=True)
    weights = {
        key: value.half().contiguous() if value.is_floating_point() else value
        for key, value in model.state_dict().items()
    }
    save_file(weights, out / "model.safetensors", metadata={"format": "pt"})
    architecture, arguments = ARCHITECTURES[name]
    pretrained = {
        "input_size": [3, SIZE, SIZE],
        "mean": list(MEAN),
        "std": list(STD),
        "crop_pct": 1.0,
        "crop_mode": "squash",
        "interpolation": "bicubic",
        "num_classes": N_OUTPUTS,
    }
    write_json(
        out / "config.json",
        {
            "architecture": architecture,
            "num_classes": N_OUTPUTS,
            "model_args": arguments,
            "pretrained_cfg": pretrained,
        },
    )


if __name__ == "__main__":
    main()
