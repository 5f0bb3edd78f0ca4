"""The settings of a run as a form: one field per field of its configs, and reading them back."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, NamedTuple

import gradio as gr
from gradio.components import Component

from explorer.config import (
    CLUSTERINGS,
    PAIRLESS,
    PROTOCOLS,
    TEXTS,
    EvaluationConfig,
    PrototypeConfig,
    RunConfig,
    SynthesisConfig,
)
from explorer.models.bundles import find_bundle
from explorer.ui.fields import flag, meanings, number, text, whole

CHOICES = {"pairless": PAIRLESS, "clustering": CLUSTERINGS, "protocol": PROTOCOLS, "text": TEXTS}
LABELS = {
    "drop_fraction": "Share left out",
    "normalize": "Unit length",
    "pairless": "Pairless prototypes",
    "clustering": "Clustering",
    "unique_captions": "Own captions",
    "seed": "Seed",
    "steps": "Steps",
    "guidance": "Guidance",
    "noise_level": "Noise level",
    "negative_prompt": "Avoid",
    "protocol": "Protocol",
    "text": "Text that is read",
    "n_seeds": "Students per network",
    "epochs": "Epochs",
    "batch_size": "Batch size",
    "learning_rate": "Learning rate",
}
RANGES = {  # of the sliders: least, most, step
    "drop_fraction": (0, 0.9, 0.05),
    "guidance": (0, 20, 0.5),
    "noise_level": (0, 999, 1),
}
READERS = {int: whole, float: number, bool: flag, str: text}


class Setting(NamedTuple):
    part: str  # "prototypes", "synthesis" or "evaluation"
    name: str
    default: Any


PARTS: dict[str, Any] = {
    "prototypes": PrototypeConfig(),
    "synthesis": find_bundle(RunConfig.bundle).synthesis,
    "evaluation": EvaluationConfig(),
}
TITLES = {"prototypes": "Prototypes", "synthesis": "Pictures", "evaluation": "Evaluation"}
SETTINGS = [
    Setting(part, field.name, getattr(config, field.name))
    for part, config in PARTS.items()
    for field in fields(config)
    if field.name in LABELS
]


def build(part: str) -> list[Component]:
    """Adds the fields of one part, in the order of `SETTINGS`."""
    return [_field(setting) for setting in SETTINGS if setting.part == part]


def _field(setting: Setting) -> Component:
    label, default = LABELS[setting.name], setting.default
    config: type = type(PARTS[setting.part])
    info = meanings(config)[setting.name]
    if setting.name in CHOICES:
        return gr.Dropdown(list(CHOICES[setting.name]), value=default, label=label, info=info)
    if setting.name in RANGES:
        least, most, step = RANGES[setting.name]
        return gr.Slider(least, most, default, step=step, label=label, info=info)
    if isinstance(default, bool):
        return gr.Checkbox(default, label=label, info=info)
    if isinstance(default, str):
        return gr.Textbox(default, label=label, info=info)
    precision = 0 if isinstance(default, int) else None
    return gr.Number(default, precision=precision, label=label, info=info)


def read(part: str, values: Sequence[Any]) -> dict[str, Any]:
    """Values of one part from the browser, as arguments of its config."""
    own = [setting for setting in SETTINGS if setting.part == part]
    return {
        setting.name: READERS[type(setting.default)](value, LABELS[setting.name])
        for setting, value in zip(own, values, strict=True)
    }


def read_all(n_prototypes: int, values: Sequence[Any]) -> dict[str, Any]:
    """The three configs of a run, from the values of all fields in the order of `SETTINGS`."""
    given = {
        part: read(part, [v for v, each in zip(values, SETTINGS, strict=True) if each.part == part])
        for part in PARTS
    }
    return {
        "prototypes": PrototypeConfig(n_prototypes=n_prototypes, **given["prototypes"]),
        "synthesis": SynthesisConfig(**given["synthesis"]),
        "evaluation": EvaluationConfig(**given["evaluation"]),
    }


def values_of(config: RunConfig) -> list[Any]:
    """What the fields of a form must show to ask for this run, in the order of `SETTINGS`."""
    return [getattr(getattr(config, each.part), each.name) for each in SETTINGS]


def called(name: str) -> str:
    """What people read for "synthesis.guidance" or "method".

    Examples:
        >>> called("synthesis.guidance"), called("method")
        ('Pictures: guidance', 'Method')
    """
    part, _, name = name.rpartition(".")
    if name == "n_prototypes":
        return "Pairs"
    label = LABELS.get(name, name.capitalize())
    return f"{TITLES[part]}: {label[0].lower()}{label[1:]}" if part else label


def suited(bundle: Any) -> list[Any]:
    """The values of the fields of "synthesis" that suit the models that were chosen."""
    config = find_bundle(text(bundle, "Models")).synthesis
    return [getattr(config, each.name) for each in SETTINGS if each.part == "synthesis"]
