"""A training loop that takes a given time, keeps checkpoints and goes on where it stopped."""

import argparse
import logging
import math
import os
import time
from collections.abc import Callable
from pathlib import Path

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

    Time spent before a stop counts: the checkpoint `name`.pt in the folder holds it. The random
    numbers of a step come from its number, so a stop changes only how many steps there are. `ema`
    is a copy of the model that follows it slowly (0.999 per step). The model is trained in place.

    Returns:
        "steps", "minutes" and the smoothed "loss".
    """
    path = folder / f"{name}.pt"
    training = _Training(model, ema, learning_rate, weight_decay)
    training.read(path)
    budget, last_save = minutes * 60, time.monotonic()
    while training.spent < budget:
        started = time.monotonic()
        number, share = training.number, training.spent / budget
        falling = max(0.01, 0.5 * (1 + math.cos(math.pi * share)))
        rate = learning_rate * min(1, (number + 1) / warmup_steps) * falling
        training.update(step(number, share), rate, clip_norm)
        training.spent += time.monotonic() - started
        if training.number % _LOG_STEPS == 0:
            left = (budget - training.spent) / 60
            told = (name, training.number, training.smooth, left)
            logger.info("%s: step %d, loss %.4f, %.1f min left", *told)
        if time.monotonic() - last_save > _CHECKPOINT_SECONDS:
            training.write(path)
            last_save = time.monotonic()
    training.write(path)
    spent, smooth = round(training.spent / 60, 1), round(training.smooth, 5)
    return {"steps": training.number, "minutes": spent, "loss": smooth}


class _Training:
    """A model while it is trained, and the checkpoint that training goes on from."""

    def __init__(
        self, model: nn.Module, ema: nn.Module | None, learning_rate: float, weight_decay: float
    ) -> None:
        self._model, self._ema = model, ema
        self._optimizer = torch.optim.AdamW(
            model.parameters(), lr=learning_rate, weight_decay=weight_decay, betas=(0.9, 0.99)
        )
        self.number = 0  # of steps
        self.spent = 0.0  # seconds
        self.smooth = math.nan  # loss

    def read(self, path: Path) -> None:
        """Goes on from a checkpoint, where there is one."""
        if not path.exists():
            return
        device = next(self._model.parameters()).device
        saved = torch.load(path, weights_only=True, map_location=device)
        self._model.load_state_dict(saved["model"])
        self._optimizer.load_state_dict(saved["optimizer"])
        if self._ema is not None:
            self._ema.load_state_dict(saved["ema"])
        self.number, self.spent, self.smooth = (
            saved[each] for each in ("number", "spent", "smooth")
        )

    def write(self, path: Path) -> None:
        parts = {"model": self._model, "optimizer": self._optimizer, "ema": self._ema}
        state = {name: part.state_dict() for name, part in parts.items() if part is not None}
        told = {"number": self.number, "spent": self.spent, "smooth": self.smooth}
        torch.save(state | told, path.with_suffix(".partial"))
        os.replace(path.with_suffix(".partial"), path)

    def update(self, loss: torch.Tensor, rate: float, clip_norm: float) -> None:
        """One step down the gradient of the loss."""
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        loss.backward()
        nn.utils.clip_grad_norm_(self._model.parameters(), clip_norm)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        if self._ema is not None:
            _follow(self._ema, self._model, min(0.999, self.number / (self.number + 10)))
        new = loss.item()
        self.smooth = new if math.isnan(self.smooth) else 0.98 * self.smooth + 0.02 * new
        self.number += 1


@torch.no_grad()
def _follow(ema: nn.Module, model: nn.Module, keep: float) -> None:
    for slow, fast in zip(ema.parameters(), model.parameters(), strict=True):
        slow.lerp_(fast.float(), 1 - keep)
