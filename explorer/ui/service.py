"""What the page's routes and handlers work on: the store, the runs, and what was opened."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from explorer.data.built_in import BUILT_IN
from explorer.errors import TOLD, ConfigError, MissingDataError, sentence
from explorer.explore.dataset import Prepared, find_prepared
from explorer.explore.edit_history import History
from explorer.explore.previews import Drawing
from explorer.explore.view import View
from explorer.methods.ways import read_way
from explorer.models.apart import ModelsApart
from explorer.models.bundles import bundle_advice, find_bundle
from explorer.models.lent import ModelsLent, is_lent
from explorer.models.loaded import Models
from explorer.progress import NOBODY
from explorer.runs.about import about_run
from explorer.runs.config import (
    RefereeConfig,
    RunConfig,
    SweepConfig,
    bundle_of,
    data_name,
    fitted,
    method_of,
    view_of,
)
from explorer.runs.directory import ALIVE, IN_ONE_PROCESS, Job, Status, Where
from explorer.runs.estimate import Estimate, estimate, estimate_sweep
from explorer.runs.examples import give_examples
from explorer.runs.launcher import PROGRAM, RunInfo, Runs
from explorer.runs.opening import require_run
from explorer.runs.referee import judging
from explorer.runs.sweep import configs_of, require_sweep
from explorer.settings import declared
from explorer.steps.context import Context
from explorer.steps.embeddings import SPACES
from explorer.steps.subset import find_subset
from explorer.store.store import Store
from explorer.tasks.registry import task_of
from explorer.tasks.task import Task
from explorer.types import Dataset
from explorer.ui import payload, wire
from explorer.ui.access import HUB, Access
from explorer.ui.background import Background
from explorer.ui.labels import told_status
from explorer.ui.opening import GLANCE, QUICK, Openings, StillOpening
from explorer.ui.starting import Starting

log = logging.getLogger(__name__)

KEPT = 8
"""Datasets that stay open, and prepared datasets, as they are and as they were before the last
edit; each is mapped files and a list of captions."""
LOOKING = 10.0
"""Seconds after the first map before the machine is measured: models are loaded by then."""
SHOWN_DRAWINGS = 256
"""Images drawn on request that stay in memory for the page to fetch."""

OPENING = Status("starting", text="Opening the data")
"""Of a preparation that has no process yet."""


class Service:
    """Opens what a visitor asks for and remembers the last few of each."""

    def __init__(
        self,
        cache: Path,
        data: str = "scenes",
        program: Sequence[str] = PROGRAM,
        access: Access | None = None,
    ) -> None:
        """Opens the store and the runs under `cache`; the page opens `data` first.

        Without `access` visitors may open everything; `program` does the runs, as in `Runs`.
        """
        self.data = data
        self.access = access or Access()
        self.store = Store(cache)
        self.runs = Runs(cache, program)
        self.background = Background(self.store)
        self._datasets = Openings(KEPT)
        self._prepared: OrderedDict[str, Prepared] = OrderedDict()
        self._studios: OrderedDict[str, ModelsApart] = OrderedDict()
        self._drawings: OrderedDict[str, Drawing] = OrderedDict()
        self._guard, self._editing = threading.Lock(), threading.Lock()
        self._starting = Starting(self.runs, self.access)
        self._shown = threading.Event()  # a map, to somebody
        self._beginning: View | None = None  # what is about to be prepared without being asked for

    def begin_models(self) -> None:
        """Has the models of the program's own world loaded: newcomers draw soon, others may never.

        It takes seconds of a core, which the page itself leaves free while it is built.
        """
        if self.data == View.data:
            self.studio(View(data=self.data).bundle).begin()

    def start_default(self) -> None:
        """Prepares the first dataset in the background, so that the first screen fills itself.

        Of the program's own world finished runs are there as well.
        """
        view = self._beginning = View(data=self.data)

        def work() -> None:
            try:
                if self.data == View.data:
                    give_examples(self.runs.folder)
                self.prepare(view)
                if prepared := self.find(view):
                    payload.about(prepared)  # takes a moment once, and the browser asks soon
            except TOLD as error:
                log.warning("%s was not prepared: %s", self.data, sentence(error))
                return
            finally:
                self._beginning = None
            self._shown.wait()
            time.sleep(LOOKING)
            self.store.rates.measure_machine()

        threading.Thread(target=work, daemon=True).start()

    def open(self, data: str, *, again: bool = False) -> Dataset:
        """Opens a dataset that visitors may open, once; `again` looks at the files anew."""
        self.access.require(data)
        return self._datasets.get(data, again=again)

    def look(self, data: str, patience: float = QUICK, *, again: bool = False) -> Dataset:
        """A dataset that somebody only looks at, which has nothing fetched and waits for little."""
        self.access.require(data)
        if data.startswith(HUB) and data not in self._datasets:
            raise ConfigError(f"{data} is not open; Prepare opens it, from the Hub if need be.")
        return self._datasets.get(data, again=again, patience=patience)

    def give_up(self, data: str) -> None:
        """Ends an opening that nobody waits for any more."""
        self._datasets.give_up(data)

    def task(self, data: str) -> Task | None:
        """The task that data is for; None where it cannot be opened, or only by fetching it."""
        if data.startswith(HUB) and data not in self._datasets:
            return None
        try:
            return task_of(self.open(data))
        except TOLD:  # half of a name is typed
            return None

    def find(self, config: View) -> Prepared | None:
        """The prepared dataset of a setting, or None where a part of it is still to be made."""
        dataset = self.look(config.data)
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
            self._shown.set()
            return self._prepared[key]

    def seen(self, data: str) -> Prepared | None:
        """The map of these data that was looked at last, if any is open."""
        with self._guard:
            of_data = [each for each in self._prepared.values() if each.config.data == data]
        return of_data[-1] if of_data else None

    def prepare(self, config: View, by: str = "") -> None:
        """Starts what is missing of a prepared dataset; a run under way is joined.

        Here and below `by` is the visitor who asks, as `visitor_of` tells.
        """
        find_bundle(config.bundle)
        is_file = config.data not in BUILT_IN and not config.data.startswith(HUB)
        dataset = self.open(config.data, again=is_file)  # a folder may have changed
        spaces, prepared = payload.first_spaces(dataset), self.find(config)
        if prepared is None or not set(spaces) <= set(payload.ready_spaces(prepared)):
            self._starting.start(Job(kind="prepare", config=as_run(config), spaces=spaces), by)

    def lay_out(self, key: str, by: str = "") -> None:
        """Starts the maps that a preparation leaves out."""
        prepared = self.prepared(key)
        if payload.ready_spaces(prepared) != list(SPACES):
            self._starting.start(
                Job(kind="prepare", config=as_run(prepared.config), spaces=SPACES), by
            )

    def cancel_preparation(self, config: View) -> None:
        for run in self._preparations(config):
            if run.status.state in ALIVE:
                self.runs.cancel(run.id)

    def preparation(self, config: View) -> wire.Preparation:
        """Where the preparation of a setting stands; `key` is there as soon as a map is."""
        name, prepared, status = config.data, None, cast(Status | None, OPENING)
        with suppress(StillOpening):
            name = self.look(config.data, GLANCE).name
            prepared = self.find(config)
            last = next(iter(self._preparations(config)), None)
            status = last.status if last else OPENING if config == self._beginning else None
        return {
            "name": name,
            "advice": bundle_advice(config.data, find_bundle(config.bundle)),
            "key": prepared.key if prepared else None,
            "spaces": payload.ready_spaces(prepared) if prepared else [],
            "status": told_status(status) if status else None,
            "stages": about_run(Job(kind="prepare"))["stages"],
        }

    def start(
        self,
        config: RunConfig,
        plan: SweepConfig | None = None,
        by: str = "",
        where: Where = IN_ONE_PROCESS,
    ) -> str:
        """Starts a whole run, or a sweep, once its names are known to be right; returns its id."""
        find_bundle(config.bundle)
        for method in plan.methods if plan else [config.method]:
            read_way(method)
        dataset = self.open(config.data)
        if config.subset:
            find_subset(self.store, dataset.pairs(), config.subset)
        if plan:
            n_sets = len(plan.methods) * len(plan.n_pairs) * plan.n_sets
            self._require(config, plan, dataset)
            job = Job(kind="sweep", config=config, sweep=plan, **where._asdict())
            return self._starting.start(job, by, n_sets, max(plan.n_pairs))
        config = self.with_edits(config)
        self._require(config, None, dataset)
        job = Job(config=config, **where._asdict())
        return self._starting.start(job, by, 1, config.size)

    def judge(self, plan: RefereeConfig, by: str = "") -> str:
        """Puts the sets of finished runs before a referee, by students like those of the first.

        Returns the id of the run that does it.
        """
        if not plan.runs:
            raise ConfigError("Tick the finished runs whose sets are to be judged.")
        jobs = [self.runs.finished(each).job() for each in plan.runs]
        sizes = {job.config.size for job in jobs}
        config = replace(judging(jobs[0].config), size=max(sizes))
        if len({job.config.data for job in jobs}) > 1:
            names = " and ".join(dict.fromkeys(data_name(job.config.data) for job in jobs))
            raise ConfigError(f"A referee judges sets of one dataset; these are of {names}.")
        dataset = self.open(config.data)
        self._require(config, None, dataset)
        n_sets = len(jobs) + plan.n_random * len(sizes)
        return self._starting.start(
            Job(kind="referee", config=config, referee=plan), by, n_sets, max(sizes)
        )

    def _require(self, config: RunConfig, plan: SweepConfig | None, dataset: Dataset) -> None:
        """Raises what would end a run, or a sweep, where that is known before it begins."""
        for own in configs_of(config, plan) if plan else [config]:
            for each in declared(type(own.settings)):
                if each.opens and (named := getattr(own.settings, each.name)):
                    self.access.require(named)
        models, fits = Models(bundle_of(config)), fitted(config, dataset)
        opened = Context(store=self.store, dataset=dataset, models=models, watcher=NOBODY)
        if plan:
            require_sweep(opened, fits, plan)
        else:
            require_run(opened, fits)

    def resume(self, run_id: str, by: str = "") -> None:
        """Goes on with a run that stopped, whoever started it."""
        self._starting.resume(run_id, by)

    def goes(self, run_id: str, by: str) -> bool:
        """Whether a run goes or waits that this visitor started."""
        return self._starting.goes(run_id, by)

    def with_edits(self, config: RunConfig) -> RunConfig:
        """The setting with the edits that people made to its prototypes, where it has any."""
        if config.subset or not method_of(config).follows_edits:
            return config
        prepared = self.find(view_of(config))
        return replace(config, edits=prepared.edits) if prepared else config

    def estimate(self, config: RunConfig, plan: SweepConfig | None = None) -> Estimate:
        """What a run, or a sweep, would cost here."""
        dataset = self.look(config.data)
        self._require(config, plan, dataset)
        if plan:
            return estimate_sweep(self.store, config, plan, dataset)
        return estimate(self.store, config, dataset)

    def studio(self, bundle: str) -> ModelsApart:
        """The models of a bundle, loaded when they are first used; one bundle at a time."""
        with self._guard:
            if bundle not in self._studios:
                made = (ModelsLent if is_lent() else ModelsApart)(find_bundle(bundle))
                _remember(self._studios, bundle, made, most=1)
            return self._studios[bundle]

    def show(self, drawing: Drawing) -> None:
        """Has an image that was drawn on request ready for the page, under its key."""
        with self._guard:
            _remember(self._drawings, drawing.key, drawing, most=SHOWN_DRAWINGS)

    def drawing(self, key: str) -> Drawing:
        """An image that was drawn on request, by its key."""
        with self._guard:
            if key not in self._drawings:
                raise MissingDataError("This image is not at hand any more. Draw it again.")
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

    def _preparations(self, config: View) -> list[RunInfo]:
        """Preparations of exactly this setting, whichever maps they lay out; newest first."""
        wanted = Job(kind="prepare", config=as_run(config))
        runs = self.runs.list_runs("prepare")
        return [run for run in runs if replace(run.job, spaces=wanted.spaces) == wanted]


def as_run(view: View) -> RunConfig:
    """What a preparation is asked for."""
    run = RunConfig(data=view.data, bundle=view.bundle, size=view.n_prototypes)
    own = replace(run.settings, prototypes=view.prototypes)  # type: ignore[type-var]
    return replace(run, settings=own)


def _remember(kept: OrderedDict[str, Any], key: str, value: Any, most: int = KEPT) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)
