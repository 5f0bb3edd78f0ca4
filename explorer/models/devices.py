"""Where models run."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from queue import Queue
from typing import Generic, TypeVar

import torch

from explorer.errors import ConfigError

T = TypeVar("T")


class ModelPool(Generic[T]):
    """Equal models, one on each device: whoever has work takes one that is free, in turn."""

    def __init__(self, models: Sequence[T]) -> None:
        self.size = len(models)
        self._free: Queue[T] = Queue()
        for model in models:
            self._free.put(model)

    @contextmanager
    def one(self) -> Iterator[T]:
        """Waits for a model, which nobody else has until this ends."""
        model = self._free.get()
        try:
            yield model
        finally:
            self._free.put(model)


def pick_devices(name: str = "auto") -> list[torch.device]:
    """The devices called `name`: one, or several with commas between them.

    `auto` is every CUDA device of this machine; without any MPS, or else the CPU.
    """
    if name == "auto" and torch.cuda.is_available():
        return [torch.device("cuda", number) for number in range(torch.cuda.device_count())]
    return [pick_device(each) for each in name.split(",")]


def pick_device(name: str = "auto") -> torch.device:
    """The device called `name`: `auto`, `cpu`, `cuda`, `cuda:1`, `mps`.

    `auto` is the first that this machine has of CUDA, MPS and the CPU.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    kind, _, number = name.partition(":")
    if kind not in ("cpu", "cuda", "mps") or (number and not (kind == "cuda" and number.isdigit())):
        raise ConfigError(f"No device {name!r}. Choose one of: auto, cpu, cuda, cuda:1 ..., mps.")
    if kind == "cuda" and int(number or 0) >= torch.cuda.device_count():
        raise ConfigError(
            f"The device {name} is not here: this machine has {torch.cuda.device_count()} CUDA "
            "devices that PyTorch can use. Choose cpu or auto."
        )
    if kind == "mps" and not torch.backends.mps.is_available():
        raise ConfigError(
            "The device mps is not here: it needs macOS on Apple silicon. Choose cpu."
        )
    return torch.device(name)


def half_on_cuda(device: torch.device) -> torch.dtype:
    """The number format to compute in: half precision on CUDA, as the reference does.

    The CPU is slower in half precision; on MPS nobody has tried it here.
    """
    return torch.float16 if device.type == "cuda" else torch.float32
