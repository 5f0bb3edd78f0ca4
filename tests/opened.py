"""What runs work with, opened as they open it."""

from explorer.engine.engine import HERE, Engine
from explorer.progress import Watcher
from explorer.runs.config import RunConfig
from explorer.runs.opening import open_run, resolve
from explorer.steps.context import Context
from explorer.store.store import Store
from tests.watching import Memory


def opened(
    store: Store,
    config: RunConfig,
    watcher: Watcher | None = None,
    device: str = "cpu",
    engine: Engine = HERE,
) -> Context:
    return open_run(store, config, device, watcher or Memory(), engine=engine)


def resolved(store: Store, config: RunConfig) -> Context:
    """The same, as a method and a task see it."""
    return resolve(opened(store, config), config)
