"""What the page's routes and handlers work on: the store, the runs, and what was opened."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from explorer.config import RunConfig, SweepConfig
from explorer.errors import ConfigError, ExplorerError, MissingDataError
from explorer.models.bundles import find_bundle
from explorer.pipeline.advice import bundle_advice
from explorer.pipeline.datasets.open import open_dataset
from explorer.pipeline.drawings import Drawing
from explorer.pipeline.edit_history import History
from explorer.pipeline.estimate import Estimate, estimate, estimate_sweep
from explorer.pipeline.methods import find_method, follows_edits
from explorer.pipeline.prepared import Prepared, find_prepared
from explorer.pipeline.rundir import ALIVE, Job
from explorer.pipeline.runs import PROGRAM, RunInfo, Runs
from explorer.pipeline.store import Store
from explorer.pipeline.studio import Studio
from explorer.pipeline.subset import find_subset
from explorer.types import Dataset
from explorer.ui import payload

log = logging.getLogger(__name__)

KEPT = 8
"""Datasets that stay open, and prepared datasets, as they are and as they were before the last
edit; each is mapped files and a list of captions."""
SHOWN_DRAWINGS = 256
"""Pictures drawn on request that stay in memory for the page to fetch."""


class Service:
    """Opens what a visitor asks for and remembers the last few of each."""

    def __init__(self, cache: Path, data: str = "scenes", program: Sequence[str] = PROGRAM) -> None:
        """Opens the store and the runs under `cache`; `program` does the runs, as in `Runs`."""
        self.data = data
        self.store = Store(cache)
        self.runs = Runs(cache, program)
        self._datasets: OrderedDict[str, Dataset] = OrderedDict()
        self._prepared: OrderedDict[str, Prepared] = OrderedDict()
        self._studios: OrderedDict[str, Studio] = OrderedDict()
        self._drawings: OrderedDict[str, Drawing] = OrderedDict()
        self._guard, self._opening = threading.Lock(), threading.Lock()
        self._editing = threading.Lock()

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
        with self._opening:  # of its own: opening may take long, and pictures must not wait for it
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
                self._keep_open(kept := found)
            return kept

    def _keep_open(self, found: Prepared) -> None:
        """Edits make other maps of one setting; the last before stays, for another window."""
        of_setting = [key for key, each in self._prepared.items() if each.config == found.config]
        for key in [key for key in of_setting if key != found.key][:-1]:
            del self._prepared[key]
        _remember(self._prepared, found.key, found, most=2 * KEPT)

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
        self.open(config.data, again=Path(config.data).is_dir())  # a folder may have changed
        prepared = self.find(config)
        if prepared is None or not set(payload.FIRST_SPACES) <= set(payload.ready_spaces(prepared)):
            self.runs.start(Job(kind="prepare", config=config, spaces=payload.FIRST_SPACES))

    def lay_out(self, key: str) -> None:
        """Starts the maps that a preparation leaves out."""
        prepared = self.prepared(key)
        if payload.ready_spaces(prepared) != list(payload.SPACES):
            self.runs.start(Job(kind="prepare", config=prepared.config, spaces=payload.SPACES))

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
            "status": last.status.as_json() if last else None,
        }

    def start(self, config: RunConfig, plan: SweepConfig | None = None) -> str:
        """Starts a whole run, or a sweep, once its names are known to be right; returns its id."""
        find_bundle(config.bundle)
        for method in plan.methods if plan else [config.method]:
            find_method(method)
        dataset = self.open(config.data)
        if config.subset:
            find_subset(self.store, dataset.splits["train"], config.subset)
        if plan:
            return self.runs.start(Job(kind="sweep", config=config, sweep=plan))
        return self.runs.start(Job(config=self.with_edits(config)))

    def with_edits(self, config: RunConfig) -> RunConfig:
        """The setting with the edits that people made to its prototypes, where it has any."""
        if config.subset or not follows_edits(config.method):
            return config
        on_map = RunConfig(data=config.data, bundle=config.bundle, prototypes=config.prototypes)
        prepared = self.find(on_map)
        return replace(config, edits=prepared.edits) if prepared else config

    def estimate(self, config: RunConfig, plan: SweepConfig | None = None) -> Estimate:
        """What a run, or a sweep, would cost here."""
        if config.data.startswith("hf:") and config.data not in self._datasets:
            raise ConfigError("The cost is told once the dataset was opened; Start fetches it.")
        dataset = self.open(config.data)
        if plan:
            return estimate_sweep(self.store, config, plan, dataset)
        return estimate(self.store, config, dataset)

    def studio(self, bundle: str) -> Studio:
        """The models of a bundle, loaded when they are first used; one bundle at a time."""
        with self._guard:
            if bundle not in self._studios:
                _remember(self._studios, bundle, Studio(find_bundle(bundle)), most=1)
            return self._studios[bundle]

    def show(self, drawing: Drawing) -> None:
        """Has a picture that was drawn on request ready for the page, under its key."""
        with self._guard:
            _remember(self._drawings, drawing.key, drawing, most=SHOWN_DRAWINGS)

    def drawing(self, key: str) -> Drawing:
        """A picture that was drawn on request, by its key."""
        with self._guard:
            if key not in self._drawings:
                raise MissingDataError("This picture is not at hand any more. Draw it again.")
            return self._drawings[key]

    def edit(self, key: str, change: Callable[[History], History]) -> Prepared:
        """Changes which edits are made to a prepared dataset; returns it as it is then."""
        prepared = self.prepared(key)
        with self._editing:
            history = prepared.history()
            if history.done != prepared.edits:
                raise ConfigError("The prototypes were edited in another window. Reload the page.")
            prepared.keep(change(history))
            edited = self.find(prepared.config)
        assert edited is not None, "what was prepared is there"
        return edited

    def _preparations(self, config: RunConfig) -> list[RunInfo]:
        """Preparations of exactly this setting, whichever maps they lay out; newest first."""
        wanted = Job(kind="prepare", config=config)
        runs = self.runs.list_runs("prepare")
        return [run for run in runs if replace(run.job, spaces=wanted.spaces) == wanted]


def _remember(kept: OrderedDict[str, Any], key: str, value: Any, most: int = KEPT) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)
