"""A result of the store that is computed in a process of its own.

Whoever asks keeps its threads and its memory for others: to load networks takes a second of all
threads now and then, and hundreds of MiB for ever.
"""

import sys
from contextlib import suppress
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from explorer.engine.sent import Received, Sent, sendable
from explorer.errors import MissingDataError
from explorer.models.forked import end, start_python
from explorer.progress import Report, silent
from explorer.store.step import Step
from explorer.store.store import Store

T = TypeVar("T")

_REPORT, _DONE, _FAILED = "report", "done", "failed"


def fetch_apart(store: Store, step: Step[T], report: Report = silent) -> T:
    """As `Store.fetch`; what the computation raises is raised here.

    Raises:
        MissingDataError: The process ended without a word.
    """
    if not store.has(step):
        _compute(store, step, report)
    return store.fetch(step, report)


def _compute(store: Store, step: Step[Any], report: Report) -> None:
    work = Sent(partial(_make, store, step)).work
    ours, theirs = Pipe()
    with theirs:
        begin = f"from {__name__} import main; main()"
        process = start_python(["-c", begin], theirs.fileno())
    try:
        ours.send_bytes(work)
        kind, *values = ours.recv()
        while kind == _REPORT:
            report(*values)
            kind, *values = ours.recv()
    except (EOFError, OSError) as error:
        raise MissingDataError(
            f"The process that made {step.name!r} ended while it worked, for want of memory "
            "perhaps. Ask again."
        ) from error
    finally:
        ours.close()  # so it ends by itself, also where nobody wants it any more
        end(process)
    if kind == _FAILED:
        raise values[0]


def _make(store: Store, step: Step[Any], report: Report) -> None:
    store.fetch(step, report)


def main() -> None:
    """The process: its only argument is the connection it inherits."""
    with Connection(int(sys.argv[1])) as connection, suppress(EOFError, OSError):

        def report(share: float, text: str) -> None:
            connection.send((_REPORT, share, text))

        sent = connection.recv_bytes()
        try:
            Received(sent).call(report)
        except Exception as error:  # the edge of the process: whoever asked must hear of it
            connection.send((_FAILED, sendable(error)))
        else:
            connection.send((_DONE,))
