"""Every student of an evaluation: each is a cached result, and they are the shards of one map."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from explorer.progress import Progress, Report
from explorer.steps.context import Context
from explorer.store.step import Step

Student = TypeVar("Student")


def all_students(
    context: Context,
    steps: Sequence[Step[Student]],
    tell: Callable[[int, Student], None],
    report: Report,
) -> list[Student]:
    """Trains the students that are not there yet; `tell` emits the curves of the others."""
    was_there = [context.store.has(step) for step in steps]
    progress = Progress(report, "Training students", len(steps))
    students = []
    for number, student in enumerate(context.engine.map(context.store.fetch, steps)):
        if was_there[number]:
            tell(number, student)
        students.append(student)
        progress.add()
    return students
