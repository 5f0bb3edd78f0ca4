"""Every task by its name."""

from explorer.errors import ConfigError, UnknownNameError
from explorer.tasks import classification, retrieval
from explorer.tasks.task import Task
from explorer.types import Dataset, Split

TASKS = {task.name: task for task in (retrieval.TASK, classification.TASK)}


def find_task(name: str) -> Task:
    """A task by its name; `UnknownNameError` where there is none."""
    if name not in TASKS:
        raise UnknownNameError(f"No task {name!r}. Choose one of: {', '.join(TASKS)}.")
    return TASKS[name]


def task_of(dataset: Dataset) -> Task:
    """The task that a dataset is for, by what its splits hold."""
    return task_of_split(dataset.splits["train"], dataset.name)


def task_of_split(split: Split, name: str) -> Task:
    """The task that a split is for, by what it holds; `name` is that of its data."""
    for task in TASKS.values():
        if isinstance(split, task.kind):
            return task
    raise ConfigError(f"{name} has neither captions nor classes to learn.")
