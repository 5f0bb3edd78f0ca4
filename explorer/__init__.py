"""See what a dataset is made of, and shrink it; these functions are those of `explorer.api`."""

from importlib import import_module
from typing import Any

__all__ = [
    "distill", "evaluate", "generate", "list_methods", "list_runs", "open_dataset", "open_set",
    "pairs", "points", "prepare", "rows", "search", "show", "sweep",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Late, so that a module of this package does not import all others."""
    if name in __all__:
        return getattr(import_module("explorer.api"), name)
    raise AttributeError(f"module 'explorer' has no attribute {name!r}")
