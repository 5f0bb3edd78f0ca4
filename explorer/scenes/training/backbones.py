"""Trains the two evaluation backbones on what is in Scenes; writes them as timm opens a folder."""

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
from explorer.scenes.training.draws import N_TRAIN, N_VAL, Draws, load_draws, write_json
from explorer.scenes.training.loop import Step, arguments, begin, half, train

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
    parser = arguments(__doc__, minutes=7, batch_size=64)
    parser.add_argument("name", choices=list(ARCHITECTURES))
    parser.add_argument("--out", type=Path, default=Path("assets"))
    args = begin(parser)
    draws, model = load_draws(args.folder), make_backbone(args.name).to(args.device)
    log = train(args.name, model, answer_step(model, draws, args.batch_size), folder=args.folder,
                minutes=args.minutes, learning_rate=1e-3, weight_decay=0.05)  # fmt: skip
    read = read_answers(read_outputs(model, draws.images[-N_VAL:]))
    true = [true_answers(attributes) for attributes in draws.attributes[-N_VAL:]]
    right = {q: 100 * np.mean(read[q] == [each[q] for each in true]) for q in CHOICES}
    logger.info("done: %s, val %s", log, {q: f"{share:.1f} %" for q, share in right.items()})
    save(args.out / args.name, args.name, model)


def answer_step(model: nn.Module, draws: Draws, batch_size: int) -> Step:
    """Every question about an image, and which coloured things it shows."""
    device, slices = next(model.parameters()).device, choice_slices()
    answers = [true_answers(attributes) for attributes in draws.attributes]
    targets = {q: torch.tensor([each[q] for each in answers], device=device) for q in CHOICES}
    present = torch.from_numpy(np.stack([true_presence(a) for a in draws.attributes])).float()

    def step(number: int, share: float) -> torch.Tensor:
        rng = np.random.default_rng([number, 3])
        rows = np.sort(rng.choice(N_TRAIN, batch_size, replace=False))
        with half(device):
            outputs = model.train()(as_input(draws.images[rows]).to(device))
        outputs = outputs.float()
        losses = [
            functional.cross_entropy(outputs[:, slices[q]], targets[q][rows]) for q in CHOICES
        ]
        rest = outputs[:, slices["side"].stop :]
        there = functional.binary_cross_entropy_with_logits(rest, present[rows].to(device))
        return torch.stack(losses).sum() + 20 * there

    return step


@torch.inference_mode()
def read_outputs(model: nn.Module, images: np.ndarray) -> np.ndarray:
    """(B, N_OUTPUTS) float32 of (B, SIZE, SIZE, 3) uint8 images."""
    device = next(model.eval().parameters()).device
    starts = range(0, len(images), 100)
    parts = [model(as_input(images[i : i + 100]).to(device)).cpu().numpy() for i in starts]
    return np.concatenate(parts)


def save(out: Path, name: str, model: nn.Module) -> None:
    out.mkdir(parents=True, exist_ok=True)
    weights = {
        key: value.half().cpu().contiguous() if value.is_floating_point() else value.cpu()
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
