"""Settings as options of the command line: one option per field of a config, where it applies."""

import argparse
from dataclasses import fields, replace
from pathlib import Path
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
from explorer.errors import ConfigError
from explorer.models.bundles import BUNDLES, find_bundle, typed_model

_OPTION = {"n_prototypes": "prototypes", "n_seeds": "seeds"}
"""Options that are not called like their field."""
_CHOICES = {"pairless": PAIRLESS, "clustering": CLUSTERINGS, "protocol": PROTOCOLS, "text": TEXTS}
_ENCODERS = "a folder, architecture/tag of open_clip, or owner/name on the Hugging Face Hub"
_DECODERS = "a folder, or owner/name on the Hub, of a Stable unCLIP or a Karlo"
_HELP = {
    "n_prototypes": "image-caption pairs to keep",
    "drop_fraction": "share of least similar pairs left out before clustering",
    "normalize": "cluster unit-length embeddings",
    "pairless": "what becomes of matched clusters without a common row",
    "unique_captions": "give each prototype a caption of its own",
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


def add_settings(parser: argparse.ArgumentParser, *kinds: type, but: tuple[str, ...] = ()) -> None:
    """Adds an option per field; a field that two configs share, such as the seed, is one option.

    Args:
        parser: Gets the options.
        kinds: The configs.
        but: Fields without an option, because the command sets them itself.
    """
    shared = {field.name: field for kind in kinds for field in fields(kind)}
    for name, field in shared.items():
        if name in but:
            continue
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


def add_models(parser: argparse.ArgumentParser) -> None:
    """Adds the options that choose an encoder and a decoder."""
    parser.add_argument("--bundle", default="scenes", help=f"models: {', '.join(BUNDLES)}")
    parser.add_argument("--encoder", default="", metavar="MODEL", help=f"instead: {_ENCODERS}")
    parser.add_argument("--decoder", default="", metavar="MODEL", help=f"instead: {_DECODERS}")
    parser.add_argument("--revision", default="", help="their branch, tag or commit on the Hub")


def read_settings(options: argparse.Namespace) -> RunConfig:
    """The options as a config; what nobody named keeps its default, or the bundle's."""
    bundle = find_bundle(options.bundle)
    encoder, decoder = _read_models(options)
    evaluation = EvaluationConfig(**_named(options, EvaluationConfig))
    backbones = tuple(typed_model(name) for name in evaluation.backbones)
    return RunConfig(
        data=options.data,
        bundle=bundle.name,
        encoder=encoder,
        decoder=decoder,
        method=getattr(options, "method", RunConfig.method),
        subset=getattr(options, "subset", RunConfig.subset),
        prototypes=PrototypeConfig(**_named(options, PrototypeConfig)),
        synthesis=replace(bundle.synthesis, **_named(options, SynthesisConfig)),
        evaluation=replace(evaluation, backbones=backbones),
    )


def _read_models(options: argparse.Namespace) -> tuple[str, str]:
    """The encoder and the decoder that were named, with the version that was."""
    models = [name and typed_model(name) for name in (options.encoder, options.decoder)]
    if not options.revision:
        return models[0], models[1]
    on_hub = [model and not Path(model).is_absolute() and "@" not in model for model in models]
    if not any(on_hub):
        raise ConfigError(
            "--revision is the version of a model on the Hub: name that model with --encoder or "
            "--decoder."
        )
    encoder, decoder = (
        f"{model}@{options.revision}" if versioned else model
        for model, versioned in zip(models, on_hub, strict=True)
    )
    return encoder, decoder


def _named(options: argparse.Namespace, kind: type) -> dict[str, Any]:
    values = {field.name: getattr(options, field.name, None) for field in fields(kind)}
    given = {name: value for name, value in values.items() if value is not None}
    return {name: tuple(v) if isinstance(v, list) else v for name, v in given.items()}
