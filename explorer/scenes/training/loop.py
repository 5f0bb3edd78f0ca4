"""A training loop that takes a given time, keeps checkpoints and goes on where it stopped."""

import argparse
import logging
import math
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

logger = logging.getLogger(__name__)

_CHECKPOINT_SECONDS = 120
_LOG_STEPS = 50

Step = Callable[[int, float], torch.Tensor]
"""Takes the step's number and the share of training done, in [0, 1); returns the loss."""


def arguments(description: str, minutes: float, batch_size: int) -> argparse.ArgumentParser:
    """The options that every training script has."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--folder", type=Path, default=Path("training"), help="draws, checkpoints")
    parser.add_argument("--minutes", type=float, default=minutes, help="training time")
    parser.add_argument("--batch-size", type=int, default=batch_size)
    parser.add_argument("--device", default=device)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    return parser


def begin(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """Reads the options; sets log, threads and the seed that networks start from."""
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    return args


def half(device: torch.device | str) -> torch.autocast:
    """Computes in bfloat16 where that is safe and the processor can: else it is 30x slower."""
    kind = torch.device(device).type
    enabled = kind != "cpu" or torch.cpu._is_avx512_bf16_supported()
    return torch.autocast(kind, torch.bfloat16, enabled=enabled)


def train(
    name: str,
    model: nn.Module,
    step: Step,
    *,
    folder: Path,
    minutes: float,
    learning_rate: float,
    weight_decay: float = 0.01,
    warmup_steps: int = 200,
    clip_norm: float = 1.0,
    ema: nn.Module | None = None,
) -> dict[str, float]:
    """Trains with AdamW for `minutes` of training time, the rate falling along a cosine.

    Time spent before a stop counts: the checkpoint holds it. A step's random numbers come from
    its number, so what a stop changes is only how many steps fit into the time.

    Args:
        name: Of the checkpoint file and in the log.
        model: What is trained, in place; the last checkpoint's weights when training is over.
        step: Computes the loss of one step.
        folder: Where `name`.pt is kept.
        minutes: Training time, stops not counted.
        learning_rate: The highest rate.
        weight_decay: AdamW's.
        warmup_steps: Steps until the rate is at its highest.
        clip_norm: Largest norm of the gradient.
        ema: A copy of the model that follows it slowly (0.999 per step), if wanted.

    Returns:
        "steps", "minutes" and the smoothed "loss".
    """
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=learning_rate, weight_decay=weight_decay, betas=(0.9, 0.99)
    )
    path = folder / f"{name}.pt"
    number, spent, smooth = 0, 0.0, math.nan
    if path.exists():
        saved = torch.load(path, weights_only=True, map_location=next(model.parameters()).device)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        if ema is not None:
            ema.load_state_dict(saved["ema"])
        number, spent, smooth = saved["number"], saved["spent"], saved["smooth"]

    def save() -> None:
        state: dict[str, Any] = {
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict(),
        }
        state |= {"ema": ema.state_dict()} if ema is not None else {}
        state |= {"number": number, "spent": spent, "smooth": smooth}
        torch.save(state, path.with_suffix(".partial"))
        os.replace(path.with_suffix(".partial"), path)

    budget, last_save = minutes * 60, time.monotonic()
    while spent < budget:
        started = time.monotonic()
        share = spent / budget
        rate = learning_rate * min(1, (number + 1) / warmup_steps)
        for group in optimizer.param_groups:
            group["lr"] = rate * max(0.01, 0.5 * (1 + math.cos(math.pi * share)))
        loss = step(number, share)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if ema is not None:
            _follow(ema, model, min(0.999, number / (number + 10)))
        smooth = loss.item() if math.isnan(smooth) else 0.98 * smooth + 0.02 * loss.item()
        number += 1
        spent += time.monotonic() - started
        if number % _LOG_STEPS == 0:
            left = (budget - spent) / 60
            logger.info("%s: step %d, loss %.4f, %.1f min left", name, number, smooth, left)
        if time.monotonic() - last_save > _CHECKPOINT_SECONDS:
            save()
            last_save = time.monotonic()
    save()
    return {"steps": number, "minutes": round(spent / 60, 1), "loss": round(smooth, 5)}


@torch.no_grad()
def _follow(ema: nn.Module, model: nn.Module, keep: float) -> None:
    for slow, fast in zip(ema.parameters(), model.parameters(), strict=True):
        slow.lerp_(fast.float(), 1 - keep)
