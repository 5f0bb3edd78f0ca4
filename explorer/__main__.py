"""Prepares image-caption datasets, distills them and evaluates what came out."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from explorer.commands import (
    data,
    distill,
    evaluate,
    export,
    import_set,
    methods,
    prepare,
    referee,
    report,
    run,
    sweep,
    verify,
    worker,
)
from explorer.commands.terminal import EXIT_INTERRUPTED, EXIT_WRONG
from explorer.errors import TOLD, ConfigError, sentence
from explorer.settings import is_text


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit code: 0 done, 2 wrong input, 130 interrupted."""
    signal.signal(signal.SIGTERM, _interrupt)
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as in app.py
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if wrong := [each for each in given if not is_text(each)]:
            raise ConfigError(
                f"Arguments must be Unicode text without null signs, got {wrong[0]!a}."
            )
        options = _parser(given).parse_args(given)
        code: int = options.command(options)
    except TOLD as error:
        print(f"explorer: {sentence(error, with_names=True)}", file=sys.stderr)
        return EXIT_WRONG
    except KeyboardInterrupt:
        print("explorer: interrupted; the same command goes on from here", file=sys.stderr)
        return EXIT_INTERRUPTED
    return code


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The commands; the methods that are named decide which options there are."""
    parser = argparse.ArgumentParser("python -m explorer", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    prepare.add(commands)
    distill.add(commands, arguments)
    evaluate.add(commands)
    sweep.add(commands, arguments)
    for each in (export, run, verify, methods, data, import_set, referee, report, worker):
        each.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
