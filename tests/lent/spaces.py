"""Stands in for the package of Hugging Face that lends GPUs, with what is used of its contract.

A decorated generator runs in a fork of this process, in a thread of it, behind pipes that pickle.
The fork stays for the next call, or is killed once it takes longer than was asked for. Closing the
generator ends the work at its next yield. Of an error only the name of its class comes back. Read
of the real one: 0.51.3.

SPACES_REFUSES tells why there is no GPU now; SPACES_JOURNAL is a file that gets a line per call.
"""

import json
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch  # noqa: F401  # as the real one does, to make a machine without a GPU look like one

_CONTEXT = multiprocessing.get_context("fork")
_idle: list["_Worker"] = []


class Error(Exception):
    """As Gradio's: its text in quotes, but for `message`."""

    def __init__(self, message: str) -> None:
        super().__init__()
        self.message = message

    def __str__(self) -> str:
        return repr(self.message)


class _Worker:
    def __init__(self, task: Callable[..., Iterator[Any]]) -> None:
        self.asked, asked = _CONTEXT.Pipe()
        self.answers, answers = _CONTEXT.Pipe()
        self.stop = _CONTEXT.Event()
        arguments = (task, asked, answers, self.stop)
        self.process = _CONTEXT.Process(target=_serve, args=arguments, daemon=True)
        self.process.start()

    def answer(self, deadline: float) -> tuple[str, Any]:
        gone = "gone", "GPU task aborted"
        while not self.answers.poll(0.005):
            if not self.process.is_alive() and not self.answers.poll():
                return gone
            if time.monotonic() > deadline:
                self.process.kill()
        try:
            return self.answers.recv()
        except EOFError:
            return gone


def _serve(task, asked, answers, stop) -> None:
    def iterate(arguments) -> None:
        work = task(*arguments)
        try:
            for value in work:
                if stop.is_set():
                    work.close()
                    break
                answers.send(("value", value))
        except Exception as error:
            answers.send(("error", type(error).__name__))
        else:
            answers.send(("end", None))

    while True:
        arguments = asked.recv()
        stop.clear()
        with ThreadPoolExecutor() as thread:
            thread.submit(iterate, arguments)


def GPU(task: Callable[..., Iterator[Any]], *, duration: Callable[..., int]) -> Any:
    def borrowed(*arguments: Any) -> Iterator[Any]:
        if reason := os.getenv("SPACES_REFUSES"):
            raise Error(reason)
        seconds = duration(*arguments)
        worker = _idle.pop() if _idle and _idle[-1].process.is_alive() else _Worker(task)
        worker.asked.send(arguments)
        kind, deadline = "closed", time.monotonic() + seconds
        try:
            while (answer := worker.answer(deadline))[0] == "value":
                try:
                    yield answer[1]
                except GeneratorExit:
                    worker.stop.set()
                    while worker.answer(deadline)[0] == "value":
                        pass
                    raise
            kind = answer[0]
            if kind != "end":
                raise Error(answer[1])
        finally:
            _idle.append(worker)
            call = {"seconds": seconds, "ended": kind, "time": time.time()}
            with open(os.environ["SPACES_JOURNAL"], "a") as journal:
                journal.write(json.dumps(call) + "\n")

    return borrowed
