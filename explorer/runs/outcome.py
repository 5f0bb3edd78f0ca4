"""What a finished run leaves in `result.json`, checked when it is read: the file may be damaged."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, cast

from annotated_types import Len
from pydantic import ConfigDict, TypeAdapter, with_config
from typing_extensions import TypedDict

from explorer.errors import BadDataError, ExplorerError
from explorer.methods.ways import method_of_way
from explorer.runs.config import RunConfig, seeing, task_of_run
from explorer.runs.directory import Job, Outcome
from explorer.tasks.task import Interval, Scores

WITH_MORE = with_config(ConfigDict(extra="allow"))
"""For what has more than the page reads, and goes out whole."""


@WITH_MORE
class HowScored(TypedDict, total=False):
    """How students are trained and scored; what else it says depends on the task."""

    protocol: str
    n_seeds: int


@WITH_MORE
class Result(TypedDict, total=False):
    """What the page reads of a run's result."""

    out: str  # folder of the set
    n_pairs: int
    n_bytes: int  # that students learn from
    words: float  # per caption
    timing: dict[str, float]
    peak_memory: int
    evaluation: HowScored


_SHARED = ("timing", "peak_memory")
"""What the results of sets and of sweeps both tell of, in one shape."""
_RESULT, _NUMBER = TypeAdapter(Result), TypeAdapter(int)
_COUNTED: TypeAdapter[int | None] = TypeAdapter(int | None)
_SETS = TypeAdapter(list[dict[str, Any]])
_SCORES = TypeAdapter(dict[str, dict[str, Annotated[Interval, Len(2, 2)]]])


def checked(result: Outcome | None, job: Job) -> Outcome | None:
    """The result as it is; `BadDataError` where the table or a comparison could not read it."""
    if result is None:
        return None
    try:
        _RESULT.validate_python(shown_of(job, result), strict=True)
        if result.get("evaluation"):
            _check(scores_of(job, result), result, job)
        for each in _SETS.validate_python(result.get("sets", [])):
            _check(scores_of_set(each, job), each, job)
            method_of_way(each["method"])
            _NUMBER.validate_python(each["number"])
            _COUNTED.validate_python(each.get("n_bytes"), strict=True)
    except (ValueError, KeyError, TypeError, AttributeError, ExplorerError) as error:
        raise BadDataError(f"result.json is damaged: {str(error).splitlines()[0]}.") from error
    return result


def shown_of(job: Job, result: Outcome | None) -> Result | None:
    """What the page reads of a result; the sets of others have routes of their own."""
    if result is None:
        return None
    named = {name for name in Result.__annotations__ if job.kind == "distill" or name in _SHARED}
    shown = {name: result[name] for name in named & result.keys()}
    if isinstance(out := shown.get("out"), str):
        shown["out"] = Path(out).name  # where it lies is nothing for visitors
    return cast(Result, shown)


def _check(scores: Scores, about: Mapping[str, Any], job: Job) -> None:
    """Raises what pydantic does, or KeyError, where scores are of another kind."""
    _NUMBER.validate_python(about["n_pairs"])
    for own in _SCORES.validate_python(scores).values():
        own[task_of_run(job.config).headline.name]


def as_seen(config: RunConfig, result: Mapping[str, Any]) -> RunConfig:
    """The run with size and channels of images as its result tells them, if the data said those.

    A result from before there were grey networks is of three channels.
    """
    told = result.get("evaluation", result)
    seen = told.get("image_size"), told.get("image_channels", 3)
    return seeing(config, *seen) if all(type(each) is int for each in seen) else config


def scores_of(job: Job, result: Outcome | None) -> dict[str, dict[str, Interval]]:
    """By network and metric; empty while there are none."""
    evaluation = (result or {}).get("evaluation")
    found = task_of_run(job.config).scores(evaluation) if evaluation else {}
    return {network: dict(own) for network, own in found.items()}


def scores_of_set(values: Mapping[str, Any], job: Job) -> Scores:
    """Of one set of a sweep; an earlier version wrote all that `evaluate` returned."""
    found: Scores = (
        values["scores"] if "scores" in values else task_of_run(job.config).scores(values)
    )
    return found
