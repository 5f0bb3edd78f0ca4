"""The Distill tab: the settings of a run, and a live view of one."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

from explorer.compare.side_by_side import differing_settings
from explorer.errors import TOLD, ConfigError
from explorer.methods.registry import find_method, methods_for, usual_methods
from explorer.methods.ways import method_of_way
from explorer.runs.config import RunConfig
from explorer.runs.directory import Job
from explorer.tasks.registry import find_task
from explorer.ui import wire
from explorer.ui.access import visitor_of
from explorer.ui.forms import applied as applying
from explorer.ui.forms import estimate as estimating
from explorer.ui.forms import machines, settings, subsets
from explorer.ui.forms import sweep as sweeping
from explorer.ui.forms.choices import (
    bundle_field,
    data_field,
    method_choice,
    n_prototypes_field,
    read_address,
    read_data,
)
from explorer.ui.forms.fields import text, whole
from explorer.ui.service import Service
from explorer.ui.views import QUIET, READING, explained, make_view

CLOSE_METHODS = """() => {
  const field = document.activeElement;
  if (field?.closest('#method')) field.blur();
}"""
"""A list of methods that was opened meanwhile would go on showing the old choice, and stand where
the field was before."""

Reader = Callable[..., RunConfig]


def build(service: Service, page: gr.Blocks, tab: gr.Tab) -> list[Component]:
    """Fills the tab, which is the open context.

    Returns its fields for data, models and size.
    """
    with gr.Row(elem_id="making"):
        with gr.Column(min_width=0, elem_id="settings-of-a-run"):
            with gr.Row(elem_classes="choose"):
                data = data_field(service.data)
            subset = subsets.build()
            with gr.Row(elem_classes="choose"):
                bundle = bundle_field()
            with gr.Row(elem_classes="choose"):
                method = method_field()
            with gr.Row(elem_classes="choose"):
                n_pairs = n_prototypes_field("Pairs")
                start = gr.Button("Start", variant="primary", elem_id="start-run")
            applied = applying.build()
            cost = estimating.build("estimate")
            view = settings.build(
                "run-settings", parts_for(RunConfig.task, RunConfig().method), RunConfig.bundle
            )
            sweep = sweeping.build()
            where = machines.build()
        with gr.Column(min_width=0, elem_id="running"):
            make_view("distill/queue", "queue")
            events = ("cancel", "resume", "duplicate", "ended")
            live = make_view("distill/live", "live", events=events, inside=READING)

    read_form = form_reader(service)
    chosen, plan = [data, bundle, method, n_pairs, subset, view], sweep.fields
    fields = [live, *chosen, *plan]
    start.click(explained(on_start(service, read_form)), [where, *chosen], live, **QUIET)
    on_sweep = sweeping.on_sweep(service, read_form)
    sweep.start.click(explained(on_sweep), [where, *plan, *chosen], live, **QUIET)
    live.cancel(explained(on_cancel(service)), live, None, **QUIET)
    live.resume(explained(on_resume(service)), live, None, **QUIET)
    live.duplicate(explained(on_duplicate(service, read_form)), live, fields, **QUIET)
    subset.chosen(explained(subsets.read_source), subset, [data, bundle], **QUIET)
    applied.use(explained(applying.size_of), applied, n_pairs, **QUIET)

    offered = gr.Textbox(RunConfig.task, visible="hidden")  # task of the lists
    offered.change(nothing, js=CLOSE_METHODS, **QUIET)
    fit = _Call(fitted(service), [data, method, offered], [offered, method, n_pairs, *plan[:2]])
    choose = _Call(on_chosen(service), [data, bundle, method, view], [bundle, view])
    tell = _Call(on_form(service, read_form), [*plan, *chosen], [applied, cost, sweep.cost])
    filled = page.load(explained(on_open(service, read_form)), None, fields, **QUIET)
    for event in filled.then, data.change:
        tell.after(choose.after(fit.after(event).then).then)
    tell.after(choose.after(bundle.change, method.change).then)
    others = [n_pairs, subset, view, *plan]
    tell.after(*(field.change for field in others))  # type: ignore[attr-defined]
    for event in live.ended, tab.select, applied.edited:
        tell.after(event)
    return [data, bundle, n_pairs]


class _Call:
    """What is called after changes of the form, again if one comes while it is called.

    Of an event only one call may be made so, and the others after that: once one such call has
    ended, Gradio 6.31 gives out the event anew to all of them, without end where there are several.
    """

    def __init__(
        self, handler: Callable[..., Any], given: list[Component], filled: list[Component]
    ) -> None:
        self._places = explained(handler), given, filled

    def after(self, *events: Callable[..., Dependency]) -> Dependency:
        """Makes the call after each of these events; others may follow it in turn."""
        latest: dict[str, Any] = {"trigger_mode": "always_last", **QUIET}
        if len(events) == 1:
            return events[0](*self._places, **latest)
        made: Dependency = gr.on(events, *self._places, **latest)
        return made


def on_start(service: Service, read_form: Reader) -> Callable[..., wire.LiveRun]:
    def handle(request: gr.Request, where: Any, *form: Any) -> wire.LiveRun:
        config, by = read_form(*form), visitor_of(request)
        return {"run": service.start(config, by=by, where=machines.read(where))}

    return handle


def on_form(service: Service, read_form: Reader) -> Callable[..., list[Any]]:
    """Tells beside the form, of its fields and before them those of a sweep, what holds of both.

    That is the edits that a run follows, what it costs, and what the sweep costs.
    """
    of_run = estimating.teller(lambda *form: service.estimate(read_form(*form)))
    of_sweep = estimating.teller(sweeping.estimator(service, read_form))
    of_edits = applying.teller(service, read_form)

    def handle(*form: Any) -> list[Any]:
        chosen = form[sweeping.N_FIELDS :]
        return [of_edits(*chosen), of_run(*chosen), of_sweep(*form)]

    return handle


def parts_for(task: str, method: str) -> list[settings.Part]:
    """What a run of the task by the method has settings in."""
    return [*settings.of_method(find_method(method)), *settings.of_task(find_task(task))]


def method_field() -> gr.Dropdown:
    return gr.Dropdown(
        method_choices(RunConfig.task),
        value=RunConfig().method,
        label="Method",
        allow_custom_value=True,  # else Gradio alerts while other data are fitted
        elem_id="method",
        scale=3,
        min_width=180,
    )


def method_choices(task: str) -> list[tuple[str, str]]:
    """The methods that make sets for a task: as tables name them, and what that means."""
    return [method_choice(each) for each in methods_for(task)]


def on_chosen(service: Service) -> Callable[[Any, Any, Any, Any], tuple[Any, wire.Form]]:
    """Shows models where they are used, and the settings of method, task and models."""

    def handle(data: Any, bundle: Any, method: Any, view: Any) -> tuple[Any, wire.Form]:
        task = service.task(read_data(data)) or find_task(RunConfig.task)
        name = text(method, "Method")
        form = settings.suited(text(bundle, "Models"), view, parts_for(task.name, name))
        return gr.update(visible=task.embeds or find_method(name).models_of_classes), form

    return handle


def nothing() -> None:
    """Stands where a script is all there is to do: Gradio fails on a call without a function."""


def fitted(service: Service) -> Callable[[Any, Any, str], list[Any]]:
    """Offers the methods and the unit that fit the data that was named.

    What is there and does not fit gives way to what is usual for the task. What fits is left as
    it is, and a list that is open stays open.
    """

    def handle(data: Any, method: Any, offered: str) -> list[Any]:
        task = service.task(read_data(data))
        if task is None:
            return [gr.skip()] * 5
        choices, names = method_choices(task.name), usual_methods(task.name)
        fits = method in [name for _, name in choices]
        if fits and task.name == offered:
            return [gr.skip()] * 5
        label = task.unit.capitalize()
        if fits:
            made = [gr.update(choices=choices), gr.update(label=label)]
            swept = [gr.update(choices=choices), gr.skip()]
        else:
            made = [
                gr.update(choices=choices, value=names[0]),
                gr.update(label=label, value=task.usual_size),
            ]
            swept = [
                gr.update(choices=choices, value=list(names)),
                ", ".join(map(str, task.usual_sizes)),
            ]
        return [task.name, *made, *swept]

    return handle


def form_reader(service: Service) -> Callable[..., RunConfig]:
    """Reads a run from the fields of the form, in their order; of a sweep, its `methods`, too."""

    def read_form(
        data: Any,
        bundle: Any,
        method: Any,
        size: Any,
        subset: Any,
        view: Any,
        methods: tuple[str, ...] = (),
    ) -> RunConfig:
        models = text(bundle, "Models")
        read = partial(settings.read, bundle=models, changed=settings.read_changed(view))
        name = read_data(data)
        task = service.task(name) or find_task(RunConfig.task)
        chosen = find_method(text(method, "Method"))
        return RunConfig(
            data=name,
            bundle=models,
            task=task.name,
            method=chosen.name,
            size=whole(size, task.unit.capitalize()),
            subset=subsets.read_subset(subset),
            settings=read(chosen.config),
            evaluation=read(task.config),
            others={each.name: read(each.config) for each in map(method_of_way, methods)},
        )

    return read_form


def on_open(service: Service, read_form: Reader) -> Callable[[gr.Request], list[Any]]:
    """Shows the newest run, so that a reload or a second tab finds it.

    While it goes, the form is as its visitor filled it; else the address says data and models.
    """

    def handle(request: gr.Request) -> list[Any]:
        runs = service.runs.list_runs("distill", "sweep")
        live: wire.LiveRun = {"run": runs[0].id if runs else ""}
        if runs and service.goes(runs[0].id, visitor_of(request)):
            with suppress(*TOLD):  # what the form has no field for, it does not show
                return [live, *form_of(service, runs[0].job, read_form)]
        asked = read_address(request.query_params, service.data)
        return [live, asked.data, asked.bundle, *[gr.skip()] * 8]

    return handle


def on_prepared(data: Any, bundle: Any, n_prototypes: Any, view: Any, size: Any) -> tuple[Any, ...]:
    """The form follows the map that is prepared; its size while nobody gave it one of its own."""
    before = view.get("n_prototypes") if isinstance(view, dict) else None
    return data, bundle, n_prototypes if size == before else size


def on_cancel(service: Service) -> Callable[[Any], None]:
    return lambda live: service.runs.cancel(read_run(live))


def on_resume(service: Service) -> Callable[..., None]:
    def handle(request: gr.Request, live: Any) -> None:
        service.resume(read_run(live), visitor_of(request))

    return handle


def on_duplicate(service: Service, read_form: Reader) -> Callable[[Any], list[Any]]:
    """Fills the form with the settings of a run, to be changed and started, and says so."""

    def handle(live: Any) -> list[Any]:
        run = read_run(live)
        told: wire.LiveRun = {"run": run, "duplicated": True}
        return [told, *form_of(service, service.runs.open(run).job(), read_form)]

    return handle


def form_of(service: Service, job: Job, read_form: Reader) -> list[Any]:
    """What the fields must show, those of a sweep last, to ask for what a job does.

    Raises:
        ConfigError: It has set what the form has no field for.
    """
    config = job.config
    subset = subsets.value_of(service, config.subset, config.data, config.bundle)
    changed = {
        **settings.changed_in(config.settings, config.bundle),
        **settings.changed_in(config.evaluation, config.bundle),
    }
    parts = parts_for(config.task, config.method)
    form = settings.form_of(parts, config.bundle, changed)
    first = [config.data, config.bundle, config.method, config.size, subset]
    again = read_form(*first, form)
    if job.kind != "sweep":  # whose prototypes nobody edits
        again = service.with_edits(again)
    if missing := differing_settings([config, again]):
        names = " and ".join(map(settings.called, missing))
        raise ConfigError(f"The form has no field for what this run has set: {names}.")
    method = gr.update(choices=method_choices(config.task), value=config.method)
    return [*first[:2], method, *first[3:], form, *sweeping.values_of(job)]


def read_run(live: Any) -> str:
    """The run that the live view shows, from its value."""
    return text(live.get("run") if isinstance(live, dict) else None, "The run")
