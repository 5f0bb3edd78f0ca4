"""Settings as options of the command line: one option per field of a config, where it applies."""

import argparse
from dataclasses import fields, replace
from typing import Any

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

_OPTION = {"n_prototypes": "prototypes", "n_seeds": "seeds"}
"""Options that are not called like their field."""
_CHOICES = {"pairless": PAIRLESS, "clustering": CLUSTERINGS, "protocol": PROTOCOLS, "text": TEXTS}
_HELP = {
    "n_prototypes": "image-caption pairs to keep",
    "drop_fraction": "share of least similar pairs left out before clustering",
    "normalize": "cluster unit-length embeddings",
    "pairless": "what becomes of matched clusters without a common row",
    "clustering": "kmeans, or the reference implementation's minibatch",
    "seed": "start of the clustering and of the pictures",
    "steps": "denoising steps",
    "guidance": "how closely a picture follows prototype and caption",
    "noise_level": "noise on the image prototype; more gives the decoder freedom",
    "negative_prompt": "what the pictures should not show",
    "protocol": "honest chooses the epoch on val; paper reports the best look at test",
    "backbones": "image networks that students are trained on; the bundle's own by default",
    "text": "what students read: the stored caption or the stored prototype",
    "n_seeds": "students per backbone",
    "epochs": "passes over the set",
    "batch_size": "pairs per step",
    "learning_rate": "of the students",
}


def add_settings(parser: argparse.ArgumentParser, *kinds: type) -> None:
    """Adds an option per field; a field that two configs share, such as the seed, is one option."""
    shared = {field.name: field for kind in kinds for field in fields(kind)}
    for name, field in shared.items():
        flag = f"--{_OPTION.get(name, name).replace('_', '-')}"
        help_text = _HELP[name]
        if field.type is bool:
            parser.add_argument(flag, dest=name, action="store_true", default=None, help=help_text)
        elif field.type == tuple[str, ...]:
            parser.add_argument(flag, dest=name, nargs="+", metavar="NAME", help=help_text)
        else:
            kind = field.type if callable(field.type) else str
            choices = _CHOICES.get(name)
            parser.add_argument(flag, dest=name, type=kind, choices=choices, help=help_text)


def read_settings(options: argparse.Namespace) -> RunConfig:
    """The options as a config; what nobody named keeps its default, or the bundle's."""
    bundle = find_bundle(options.bundle)
    return RunConfig(
        data=options.data,
        bundle=bundle.name,
        method=getattr(options, "method", RunConfig.method),
        prototypes=PrototypeConfig(**_named(options, PrototypeConfig)),
        synthesis=replace(bundle.synthesis, **_named(options, SynthesisConfig)),
        evaluation=EvaluationConfig(**_named(options, EvaluationConfig)),
    )


def _named(options: argparse.Namespace, kind: type) -> dict[str, Any]:
    values = {field.name: getattr(options, field.name, None) for field in fields(kind)}
    given = {name: value for name, value in values.items() if value is not None}
    return {name: tuple(v) if isinstance(v, list) else v for name, v in given.items()}
