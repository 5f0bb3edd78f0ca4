"""A run as a YAML file that people keep: what is left out has its default."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from explorer.data.open import open_dataset
from explorer.errors import BadDataError, ConfigError, ExplorerError, sentence
from explorer.methods.registry import find_method
from explorer.runs.config import RunConfig
from explorer.tasks.registry import task_of

SUFFIXES = (".yaml", ".yml")
_LARGEST = 1 << 20  # bytes
_HEAD = "# python -m explorer run THIS.yaml --out DIR makes this run again.\n"


def read_recipe(path: Path) -> RunConfig:
    """The run that a file describes.

    Its fields are those of `RunConfig`: `data`, `method`, `size`, `settings` and `evaluation` by
    their names, and the others. Where the task is not named it is that of the method, or where this
    has several, that of the data, which are opened to tell.

    Raises:
        BadDataError: It cannot be read, or is no YAML with names and values.
        ConfigError: It asks for something that there is not.
    """
    values = {"settings": {}, **_read(path)}  # without them it would be read as an older run
    try:
        if "task" not in values and "method" in values:
            values["task"] = _task(find_method(values["method"]).tasks, values.get("data"))
        return RunConfig.from_json(values)
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        raise ConfigError(f"{path} describes no run: {error}.") from error
    except ExplorerError as error:
        raise ConfigError(f"{path}: {error}") from error


def recipe_of(config: RunConfig) -> str:
    """The file that `read_recipe` reads as this run."""
    import yaml

    values = {name: value for name, value in config.as_json().items() if value not in ("", (), [])}
    return f"{_HEAD}{yaml.safe_dump(_plain(values), sort_keys=False, allow_unicode=True)}"


def _task(tasks: Sequence[str], data: Any) -> str:
    """The one of a method's tasks that the data are for; the first if they are not named."""
    is_told = len(tasks) == 1 or not isinstance(data, str)
    return tasks[0] if is_told else task_of(open_dataset(data)).name


def _read(path: Path) -> dict[str, Any]:
    import yaml  # late: the page never reads one

    try:
        if path.stat().st_size > _LARGEST:
            raise BadDataError(f"{path} is larger than a recipe can be, 1 MiB.")
        values = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise BadDataError(f"{path} cannot be read: {sentence(error)}") from error
    except (UnicodeError, RecursionError, yaml.YAMLError) as error:
        told = " ".join(str(error).split())
        raise BadDataError(f"{path} cannot be read as YAML: {told}") from error
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise BadDataError(f"{path} must hold names and values, such as `data: scenes`.")
    return values


def _plain(value: Any) -> Any:
    """Lists for tuples, which YAML does not know."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
