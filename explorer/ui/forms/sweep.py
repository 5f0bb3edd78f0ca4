"""The form of a sweep: several methods, sizes and seeds in one run."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import gradio as gr
from gradio.components import Component

from explorer.errors import ConfigError
from explorer.methods.registry import all_methods
from explorer.methods.ways import varied
from explorer.runs.config import RunConfig, SweepConfig
from explorer.runs.directory import Job
from explorer.runs.estimate import Estimate
from explorer.settings import declared
from explorer.ui.access import visitor_of
from explorer.ui.forms import estimate as estimating
from explorer.ui.forms import machines
from explorer.ui.forms.choices import method_choice
from explorer.ui.forms.fields import text, whole
from explorer.ui.service import Service

ABOUT = "Makes and scores many sets in one run, with the models and settings above."
VARY = (
    "Sets are made with every combination of these values, by the methods that have the setting; "
    "named as their fields are, several parted by semicolons."
)
DEFAULT = SweepConfig()
N_FIELDS = 4
"""Of the form, before those that it shares with a run."""


class Form(NamedTuple):
    fields: list[Component]  # methods, sizes, sets of each, and settings to vary
    start: gr.Button
    cost: gr.HTML  # where the estimate stands


def build() -> Form:
    """Adds the fields of a sweep to those of a run."""
    info = {each.name: each.help for each in declared(SweepConfig)}
    with gr.Accordion("Sweep", open=False, elem_classes="folding"):
        about = f"<p class='hint'>{ABOUT}</p>"
        gr.HTML(about, elem_classes="view", apply_default_css=False, padding=False)
        methods = gr.Dropdown(
            [method_choice(each) for each in all_methods().values()],
            value=list(DEFAULT.methods),
            multiselect=True,
            allow_custom_value=True,
            label="Methods",
            info=info["methods"],
        )
        sizes = ", ".join(map(str, DEFAULT.n_pairs))
        n_pairs = gr.Textbox(sizes, label="Sizes", info=info["n_pairs"])
        n_sets = gr.Number(DEFAULT.n_sets, label="Sets of each", info=info["n_sets"])
        vary = gr.Textbox(label="Vary settings", info=VARY, placeholder="steps = 5, 20")
        start = gr.Button("Start sweep", elem_id="start-sweep")
        cost = estimating.build("sweep-estimate")
    return Form([methods, n_pairs, n_sets, vary], start, cost)


def on_sweep(
    service: Service, read_form: Callable[..., RunConfig]
) -> Callable[..., dict[str, str]]:
    """Starts a sweep; `read_form` reads the fields that it shares with a run."""

    def handle(
        request: gr.Request,
        where: Any,
        methods: Any,
        n_pairs: Any,
        n_sets: Any,
        vary: Any,
        *shared: Any,
    ) -> dict[str, str]:
        plan = read_plan(methods, n_pairs, n_sets, vary)
        config = read_form(*shared, methods=plan.methods)
        by = visitor_of(request)
        return {"run": service.start(config, plan, by, machines.read(where))}

    return handle


def estimator(service: Service, read_form: Callable[..., RunConfig]) -> Callable[..., Estimate]:
    """Tells what the sweep of the fields would cost."""

    def estimate(methods: Any, n_pairs: Any, n_sets: Any, vary: Any, *shared: Any) -> Estimate:
        plan = read_plan(methods, n_pairs, n_sets, vary)
        return service.estimate(read_form(*shared, methods=plan.methods), plan)

    return estimate


def values_of(job: Job) -> list[Any]:
    """What the fields must show to ask for this sweep; what they show already, if it is none."""
    if job.kind != "sweep":
        return [gr.skip()] * N_FIELDS
    plan = job.sweep
    return [list(plan.methods), ", ".join(map(str, plan.n_pairs)), plan.n_sets, ""]


def read_plan(methods: Any, n_pairs: Any, n_sets: Any, vary: Any) -> SweepConfig:
    """What to sweep, from four fields that came from the browser."""
    if not isinstance(methods, list):
        raise ConfigError(f"Methods must be a list, got {methods!r}.")
    names = [text(each, "A method") for each in methods]
    return SweepConfig(
        methods=varied(names, text(vary or "", "Vary settings")),  # None while nobody typed
        n_pairs=read_sizes(text(n_pairs, "Sizes")),
        n_sets=whole(n_sets, "Sets of each"),
    )


def read_sizes(given: str) -> tuple[int, ...]:
    """Whole numbers between commas or spaces.

    Examples:
        >>> read_sizes("20, 50 100")
        (20, 50, 100)
    """
    parts = re.split(r"[,;\s]+", given.strip())
    if not all(re.fullmatch(r"[0-9]{1,9}", part) for part in parts):
        raise ConfigError(f"Write sizes like 20, 50, 100; got {given!r}.")
    return tuple(int(part) for part in parts)
