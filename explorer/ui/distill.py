"""The Distill tab: the settings of a run, and a live view of one."""

from collections.abc import Callable
from typing import Any

import gradio as gr
from gradio.components import Component

from explorer.config import RunConfig
from explorer.errors import ConfigError
from explorer.pipeline.estimate import Estimate
from explorer.pipeline.methods import METHODS
from explorer.pipeline.side_by_side import differing_settings
from explorer.ui import estimating, settings, subsets, sweeping
from explorer.ui.choices import bundle_field, data_field, n_prototypes_field, read_config
from explorer.ui.fields import text
from explorer.ui.service import Service
from explorer.ui.views import QUIET, explained, make_view


def build(service: Service, page: gr.Blocks) -> list[Component]:
    """Adds the tab to the Blocks context that is open.

    Returns its fields for data and models, and those that suit the models.
    """
    with gr.Row():
        with gr.Column(scale=5, min_width=320, elem_id="settings-of-a-run"):
            with gr.Row(elem_classes="choose"):
                data = data_field(service.data)
            subset = subsets.build()
            with gr.Row(elem_classes="choose"):
                bundle = bundle_field()
            with gr.Row(elem_classes="choose"):
                method = gr.Dropdown(
                    [(each.label, name) for name, each in METHODS.items()],
                    value=RunConfig.method,
                    label="Method",
                    scale=3,
                    min_width=180,
                )
                n_pairs = n_prototypes_field("Pairs")
            start = gr.Button("Start", variant="primary", elem_id="start-run")
            make_view("applied", "applied")
            cost = estimating.build("estimate")
            values = {}
            for part, title in settings.TITLES.items():
                with gr.Accordion(title, open=False, elem_classes="settings"):
                    values[part] = settings.build(part)
            sweep = sweeping.build()
        with gr.Column(scale=11, min_width=320):
            make_view("queue", "queue")
            live = make_view("live", "live", events=("cancel", "resume", "duplicate", "ended"))

    every = [field for part in values.values() for field in part]
    chosen = [data, bundle, method, n_pairs, subset, *every]
    start.click(explained(on_start(service)), chosen, live, **QUIET)
    plan = sweep.fields
    on_sweep = sweeping.on_sweep(service, read_form)
    sweep.start.click(explained(on_sweep), [*plan, *chosen], live, **QUIET)
    live.cancel(explained(on_cancel(service)), live, None, **QUIET)
    live.resume(explained(on_resume(service)), live, None, **QUIET)
    live.duplicate(explained(on_duplicate(service)), live, [live, *chosen, *plan], **QUIET)
    taken_over = [data, bundle, *values["synthesis"]]
    subset.chosen(explained(subsets.on_chosen(take_over)), [subset, bundle], taken_over, **QUIET)
    bundle.input(explained(settings.suited), bundle, values["synthesis"], **QUIET)
    of_sweep = sweeping.estimator(service, read_form)
    estimating.tell_below(page, sweep.cost, [*plan, *chosen], of_sweep, live.ended)
    estimating.tell_below(page, cost, chosen, on_estimate(service), live.ended)
    page.load(explained(on_open(service)), None, live, **QUIET)
    return taken_over


def take_over(data: Any, bundle: Any, own: Any) -> list[Any]:
    """Data and models that were chosen elsewhere; with other models what suits them, too."""
    suited = settings.suited(bundle)
    return [data, bundle, *(suited if bundle != own else [gr.skip()] * len(suited))]


def on_start(service: Service) -> Callable[..., dict[str, str]]:
    return lambda *form: {"run": service.start(read_form(*form))}


def on_estimate(service: Service) -> Callable[..., Estimate]:
    return lambda *form: service.estimate(read_form(*form))


def read_form(
    data: Any, bundle: Any, method: Any, n_pairs: Any, subset: Any, *values: Any
) -> RunConfig:
    """A run from the fields of the form, in their order."""
    where = read_config(data, bundle, n_pairs)
    return RunConfig(
        data=where.data,
        bundle=where.bundle,
        method=text(method, "Method"),
        subset=subsets.read_subset(subset),
        **settings.read_all(where.prototypes.n_prototypes, values),
    )


def on_open(service: Service) -> Callable[[], dict[str, str]]:
    """Shows the newest run, so that a reload or a second tab finds it."""

    def handle() -> dict[str, str]:
        runs = service.runs.list_runs("distill", "sweep")
        return {"run": runs[0].id} if runs else {}

    return handle


def on_cancel(service: Service) -> Callable[[Any], None]:
    return lambda live: service.runs.cancel(read_run(live))


def on_resume(service: Service) -> Callable[[Any], None]:
    return lambda live: service.runs.resume(read_run(live))


def on_duplicate(service: Service) -> Callable[[Any], list[Any]]:
    """Fills the form with the settings of a run, to be changed and started, and says so."""

    def handle(live: Any) -> list[Any]:
        run = read_run(live)
        job = service.runs.open(run).job()
        config = job.config
        n_pairs = config.prototypes.n_prototypes
        subset = subsets.value_of(service, config)
        first = [config.data, config.bundle, config.method, n_pairs, subset]
        form = first + settings.values_of(config)
        again = read_form(*form)
        if job.kind != "sweep":  # whose prototypes nobody edits
            again = service.with_edits(again)
        if missing := differing_settings([config, again]):
            names = " and ".join(map(settings.called, missing))
            raise ConfigError(f"The form has no field for what this run has set: {names}.")
        return [{"run": run, "duplicated": True}, *form, *sweeping.values_of(job)]

    return handle


def read_run(live: Any) -> str:
    """The run that the live view shows, from its value."""
    return text(live.get("run") if isinstance(live, dict) else None, "The run")
