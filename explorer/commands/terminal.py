"""Tells a person at a terminal what happens on stderr, and the result on stdout."""

import argparse
import json
import sys
from typing import Any

from explorer.errors import CONTROLS
from explorer.progress import Emit, Report, Throttle, ignore

EXIT_WRONG, EXIT_INTERRUPTED = 2, 130
_SHOWN = str.maketrans(dict.fromkeys({*CONTROLS} - {"\n"}, "\N{REPLACEMENT CHARACTER}"))
"""What stands for what a terminal would obey, but for line breaks."""
_EVERY = 0.5  # seconds between two progress lines


def answer(options: argparse.Namespace, text: str, values: Any) -> int:
    """Prints a result for people, and with --json for programs; the exit code of success."""
    print(text.translate(_SHOWN))
    if options.json:
        print(json.dumps(values))
    return 0


class Terminal:
    """Watches work for the command line, which leaves no line of progress unfinished."""

    def __init__(self) -> None:
        self._throttle = Throttle(_EVERY)
        self._width = 0

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *raised: object) -> None:
        self.end_line()

    def report(self, stage: str) -> Report:
        def report(share: float, text: str) -> None:
            if self._throttle.lets(text) or share >= 1:
                self._show(text)

        return report

    def emit(self, stage: str) -> Emit:
        return ignore

    def say(self, stage: str, text: str) -> None:
        self.end_line()
        print(text.translate(_SHOWN), file=sys.stderr, flush=True)

    def end_line(self) -> None:
        """Leaves the progress line standing."""
        if self._width:
            print(file=sys.stderr)
            self._width = 0

    def _show(self, text: str) -> None:
        """Replaces the progress line on a terminal, adds one elsewhere."""
        text = text.translate(_SHOWN)
        if sys.stderr.isatty():
            print(f"\r{text.ljust(self._width)}", end="", file=sys.stderr, flush=True)
            self._width = len(text)
        else:
            print(text, file=sys.stderr, flush=True)
