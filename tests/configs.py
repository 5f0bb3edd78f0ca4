"""Runs with other settings of their method or their task."""

from dataclasses import replace
from typing import Any

from explorer.config import PrototypeConfig, SynthesisConfig
from explorer.runs.config import RunConfig, as_written


def with_settings(config: RunConfig, **changed: Any) -> RunConfig:
    """The run with other settings of its method; a dict changes single ones of a group."""
    groups = {
        name: replace(getattr(config.settings, name), **value) if isinstance(value, dict) else value
        for name, value in changed.items()
    }
    return replace(config, settings=replace(config.settings, **groups))


def about_set(config: RunConfig, plan: str = "plan", found: str = "found") -> dict[str, Any]:
    """What config.json of a set says."""
    values = as_written({**config.as_json(), "found": found, "source": "s", "plan": plan})
    del values["evaluation"]
    return values


def pds_run(
    prototypes: dict[str, Any] | None = None, synthesis: dict[str, Any] | None = None, **other: Any
) -> RunConfig:
    """A run by a method that finds prototypes and generates images."""
    settings = {
        "prototypes": PrototypeConfig(**(prototypes or {})),
        "synthesis": SynthesisConfig(**(synthesis or {})),
    }
    return with_settings(RunConfig(**other), **settings)
