"""A watcher that remembers, and can interrupt work at a chosen moment."""

from collections.abc import Callable, Mapping
from typing import Any


class Memory:
    """Keeps what it is told; `stop` says when to pretend that the process was interrupted."""

    def __init__(self, stop: Callable[[str, str, Mapping[str, Any]], bool] | None = None) -> None:
        self.events: list[tuple[str, str, Mapping[str, Any]]] = []
        self.lines: list[str] = []
        self.said: list[str] = []
        self._stop = stop or (lambda *event: False)

    def report(self, stage: str) -> Callable[[float, str], None]:
        def report(share: float, text: str) -> None:
            assert 0 <= share <= 1, (stage, share, text)
            self.lines.append(text)

        return report

    def emit(self, stage: str) -> Callable[[str, Mapping[str, Any]], None]:
        def emit(kind: str, values: Mapping[str, Any]) -> None:
            if self._stop(stage, kind, values):
                raise KeyboardInterrupt
            self.events.append((stage, kind, values))

        return emit

    def say(self, stage: str, text: str) -> None:
        self.said.append(text)

    def of(self, kind: str, *having: str) -> list[Mapping[str, Any]]:
        """Values of the events of a kind that have these fields."""
        return [v for _, k, v in self.events if k == kind and all(name in v for name in having)]
