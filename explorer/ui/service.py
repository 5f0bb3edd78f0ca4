"""What the page's routes and handlers work on: the store, the runs, and what was opened."""

import logging
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any

from explorer.config import RunConfig
from explorer.errors import ExplorerError, MissingDataError
from explorer.models.bundles import find_bundle
from explorer.pipeline.advice import bundle_advice
from explorer.pipeline.datasets.open import open_dataset
from explorer.pipeline.prepared import Prepared, find_prepared
from explorer.pipeline.rundir import ALIVE, Job
from explorer.pipeline.runs import RunInfo, Runs
from explorer.pipeline.store import Store
from explorer.types import Dataset
from explorer.ui import payload

log = logging.getLogger(__name__)

KEPT = 8
"""Datasets and prepared datasets that stay open; each is mapped files and a list of captions."""


class Service:
    """Opens what a visitor asks for and remembers the last few of each."""

    def __init__(self, cache: Path, data: str = "scenes") -> None:
        self.data = data
        self.store = Store(cache)
        self.runs = Runs(cache)
        self._datasets: OrderedDict[str, Dataset] = OrderedDict()
        self._prepared: OrderedDict[str, Prepared] = OrderedDict()
        self._guard = threading.RLock()

    def start_default(self) -> None:
        """Prepares the first dataset in the background, so that the first screen fills itself."""

        def work() -> None:
            try:
                self.prepare(RunConfig(data=self.data))
            except ExplorerError as error:
                log.warning("%s was not prepared: %s", self.data, error)

        threading.Thread(target=work, daemon=True).start()

    def open(self, data: str, *, again: bool = False) -> Dataset:
        """Opens a dataset once; `again` looks at the files anew."""
        with self._guard:
            if again or data not in self._datasets:
                _remember(self._datasets, data, open_dataset(data))
            return self._datasets[data]

    def find(self, config: RunConfig) -> Prepared | None:
        """The prepared dataset of a setting, or None where a part of it is still to be made."""
        dataset = self.open(config.data)
        found = find_prepared(self.store, config, dataset=dataset)
        if found is None:
            return None
        with self._guard:
            kept = self._prepared.get(found.key)
            if kept is None or kept.config != config:
                _remember(self._prepared, found.key, kept := found)
            return kept

    def prepared(self, key: str) -> Prepared:
        """A prepared dataset that `find` has seen, by its key."""
        with self._guard:
            if key not in self._prepared:
                raise MissingDataError("This map is not open any more. Reload the page.")
            self._prepared.move_to_end(key)
            return self._prepared[key]

    def prepare(self, config: RunConfig) -> None:
        """Starts what is missing of a prepared dataset; a run under way is joined."""
        find_bundle(config.bundle)
        self.open(config.data, again=True)
        prepared = self.find(config)
        if prepared is None or payload.ready_spaces(prepared) != list(payload.SPACES):
            self.runs.start(Job(kind="prepare", config=config, spaces=payload.SPACES))

    def cancel_preparation(self, config: RunConfig) -> None:
        for run in self._preparations(config):
            if run.status.state in ALIVE:
                self.runs.cancel(run.id)

    def preparation(self, config: RunConfig) -> dict[str, Any]:
        """Where the preparation of a setting stands; `key` is there as soon as a map is."""
        dataset = self.open(config.data)
        prepared = self.find(config)
        last = next(iter(self._preparations(config)), None)
        return {
            "name": dataset.name,
            "advice": bundle_advice(config.data, find_bundle(config.bundle)),
            "key": prepared.key if prepared else None,
            "spaces": payload.ready_spaces(prepared) if prepared else [],
            "status": last.status._asdict() if last else None,
        }

    def _preparations(self, config: RunConfig) -> list[RunInfo]:
        """Preparations of exactly this setting, newest first."""
        wanted = Job(kind="prepare", config=config, spaces=payload.SPACES)
        return [run for run in self.runs.list_runs("prepare") if run.job == wanted]


def _remember(kept: OrderedDict[str, Any], key: str, value: Any) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > KEPT:
        kept.popitem(last=False)
