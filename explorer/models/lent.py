"""A GPU that is lent for some seconds at a time, as Hugging Face Spaces with ZeroGPU do.

Only a process that the package `spaces` forks from that of the page gets it, and it is ended when
it takes longer than it asked for.
"""

import math
import os
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import cache, lru_cache
from importlib.util import find_spec
from queue import Queue
from threading import Event
from typing import Any

from explorer.config import SynthesisConfig
from explorer.errors import TOLD, MissingDataError
from explorer.models.apart import ModelsApart
from explorer.models.bundles import Bundle
from explorer.models.loaded import Cancelled, Drawn, Models, Subject
from explorer.progress import Report, silent

LONGEST = 60
"""Seconds that the package asks for where nothing else is said; `EXPLORER_GPU_SECONDS` says it."""
_START = 20
"""Seconds for a process to begin and to load models."""
_ROOM = 1.5
"""By how much work may take longer than was expected."""


class NotLent(MissingDataError):
    """There is no GPU to be had now."""


class CutShort(MissingDataError):
    """The process that had the GPU was ended while it worked."""


def is_lent() -> bool:
    """Whether there is a GPU for those only who ask the package for it."""
    asked = os.getenv("SPACES_ZERO_GPU", "").lower() in ("1", "t", "true")
    return asked and find_spec("spaces") is not None


def begin() -> None:
    """Registers what will ask, before the page is served and before anything else imports torch.

    What the models need is imported here, once: the seconds of a fork are counted.
    """
    _borrow()
    from explorer.models import clip, unclip  # noqa: F401


def seconds_to_ask(expected: float | None) -> int:
    """What work that is expected to take so long should ask for; None where nobody knows."""
    most = int(os.getenv("EXPLORER_GPU_SECONDS", LONGEST))
    return most if expected is None else min(most, math.ceil(_START + _ROOM * expected))


def lend(
    seconds: int, work: Callable[..., Iterator[Any]], *given: Any
) -> Generator[Any, None, None]:
    """What `work(*given)` yields in a process with the GPU; to close this ends the work.

    Raises:
        NotLent: There is no GPU now, or no more of it for whoever asks.
        CutShort: The process was ended, or failed.
    """
    begun = False
    try:
        with closing(_borrow()(seconds, work, *given)) as answers:
            begun = next(answers)
            yield from answers
    except Exception as error:  # of Gradio, mostly, which is not to be imported here
        told = str(getattr(error, "message", error)).rstrip(".")
        if begun:
            raise CutShort(f"What had the GPU was ended: {told}.") from error
        raise NotLent(f"No GPU was lent: {told}. Ask again later.") from error


@cache
def _borrow() -> Callable[..., Any]:
    from spaces import GPU

    return GPU(_work, duration=lambda seconds, *_: seconds)  # type: ignore[no-any-return]


def _work(seconds: int, work: Callable[..., Iterator[Any]], *given: Any) -> Iterator[Any]:
    yield True
    yield from work(*given)


class ModelsLent(ModelsApart):
    """As `Models`: draws on the GPU; what little there is to embed is done apart, on the CPU."""

    def __init__(self, bundle: Bundle) -> None:
        super().__init__(bundle, "cpu")
        self._expected: float | None = None  # seconds of a step of an image

    def begin(self) -> None:
        """Loads nothing yet: the decoder is needed elsewhere."""

    def draw(
        self,
        subject: Subject,
        config: SynthesisConfig,
        seeds: Sequence[int],
        cancel: Event | None = None,
        report: Report = silent,
    ) -> list[Drawn]:
        """As of `Models`; raises what `lend` does, too."""
        report(0.0, "Waiting for a GPU")
        n_steps = config.steps * len(seeds)
        seconds = seconds_to_ask(self._expected and self._expected * n_steps)
        drawn: list[Drawn] = []
        with closing(lend(seconds, _draw, self.bundle, subject, config, list(seeds))) as answers:
            for answer in answers:
                if cancel is not None and cancel.is_set():
                    raise Cancelled
                if isinstance(answer, Exception):
                    raise answer
                if isinstance(answer, list):
                    drawn = answer
                else:
                    report(*answer)
        self._expected = sum(each.seconds for each in drawn) / n_steps
        return drawn


@lru_cache(maxsize=1)
def _loaded(bundle: Bundle) -> Models:
    return Models(bundle)


def _draw(
    bundle: Bundle, subject: Subject, config: SynthesisConfig, seeds: Sequence[int]
) -> Iterator[tuple[float, str] | list[Drawn] | Exception]:
    """How the drawing goes, and in the end the images or why there are none."""
    lines, cancel = Queue[tuple[float, str] | None](), Event()

    def tell(share: float, text: str) -> None:
        lines.put((share, text))

    with ThreadPoolExecutor(1) as thread:
        drawing = thread.submit(_loaded(bundle).draw, subject, config, seeds, cancel, tell)
        drawing.add_done_callback(lambda _: lines.put(None))
        try:
            while line := lines.get():
                yield line
            yield drawing.result()
        except (*TOLD, Cancelled) as error:
            yield error
        finally:
            cancel.set()
