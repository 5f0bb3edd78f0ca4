"""Settings as options of the command line: one option per setting, by its declaration."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from explorer.engine.engine import ENGINES
from explorer.errors import ConfigError
from explorer.methods.base import Method
from explorer.methods.registry import all_methods, usual_methods
from explorer.models.bundles import BUNDLES, choose_bundle, find_bundle, typed_model
from explorer.runs.config import RunConfig, usual_settings
from explorer.settings import Settings, declared, every_setting, groups
from explorer.tasks.registry import TASKS, find_task
from explorer.tasks.task import Task

_ENCODERS = "a folder, architecture/tag of open_clip, or owner/name on the Hugging Face Hub"
_DECODERS = "a folder, or owner/name on the Hub, of a Stable unCLIP or a Karlo"
PAIRED, LABELLED = find_task("retrieval"), find_task("classification")

EVALUATION = "evaluation"
"""Scope of the settings of a task, whose options a method may have taken."""
_MOST_NAMED = 3  # methods whose names stand over their settings


def add_command(
    commands: Any, name: str, command: Any, about: str, *, unused: Sequence[str] = ()
) -> argparse.ArgumentParser:
    """Adds a command; `unused` are options that it takes because every command does."""
    each: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
    for option in unused:
        each.add_argument(option, help=argparse.SUPPRESS)
    each.add_argument("--json", action="store_true", help="end with one line of JSON")
    each.set_defaults(command=command)
    return each


def typed_folder(text: str) -> Path:
    """A folder that somebody names; no name at all would be the one they stand in."""
    if not text.strip():
        raise argparse.ArgumentTypeError("name a folder; . is the one you are in")
    return Path(text)


def add_data(parser: argparse.ArgumentParser) -> None:
    """Adds the dataset that a command reads."""
    about = "built-in data, such as scenes or digits; a folder; or hf:owner/name"
    parser.add_argument("data", metavar="DATA", help=about)


def add_cache(parser: argparse.ArgumentParser, about: str = "where results are kept") -> None:
    """Adds the folder of results."""
    parser.add_argument("--cache", type=Path, default=Path("cache"), help=about)


def add_settings(
    parser: argparse._ActionsContainer, *kinds: type[Settings], scope: str = ""
) -> None:
    """Adds an option per setting; what classes call alike, such as the seed, is one option.

    An option that is taken already begins with the scope.
    """
    for each in {each.name: each for kind in kinds for each in every_setting(kind)}.values():
        flag = each.flag
        if flag in parser._option_string_actions:
            flag = f"--{scope}-{flag.removeprefix('--')}"
        about: dict[str, Any] = {"dest": scope + each.name, "help": each.help.replace("%", "%%")}
        if each.kind is bool:
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=None, **about)
        elif each.kind is tuple:
            parser.add_argument(flag, nargs="+", metavar="NAME", **about)
        else:
            about |= {"choices": each.choices} if each.choices else {"metavar": each.name.upper()}
            parser.add_argument(flag, type=each.kind, **about)


def add_prototypes(parser: argparse.ArgumentParser) -> None:
    """Adds the number of prototypes, which is the size of a set of pairs."""
    parser.add_argument(
        "--prototypes",
        "--pairs",
        dest="size",
        type=int,
        default=None,
        metavar="K",
        help=f"image-caption pairs to keep (default {PAIRED.usual_size})",
    )


def add_size(parser: argparse.ArgumentParser) -> None:
    """Adds the size of a set, by whichever name its task calls it."""
    add_prototypes(parser)
    parser.add_argument(
        "--per-class",
        dest="per_class",
        type=int,
        default=None,
        metavar="N",
        help=f"images per class, for labelled data (default {LABELLED.usual_size})",
    )


def add_sizes(parser: argparse.ArgumentParser) -> None:
    """Adds the sizes of the sets of a sweep."""
    usual = ", ".join(map(str, PAIRED.usual_sizes))
    parser.add_argument("--pairs", nargs="+", type=int, default=None, help=f"default {usual}")
    usual = ", ".join(map(str, LABELLED.usual_sizes))
    about = f"images per class, for labelled data (default {usual})"
    parser.add_argument("--per-class", nargs="+", type=int, default=None, help=about)


def read_sizes(options: argparse.Namespace, task: Task) -> tuple[int, ...]:
    """The sizes of a sweep's sets, in the unit of its task."""
    if not task.per_class:
        if options.per_class is not None:
            raise ConfigError("--per-class is for labelled data; say --pairs 20 50 100.")
        return tuple(options.pairs or task.usual_sizes)
    if options.pairs is not None:
        raise ConfigError(f"These sets count {task.unit}: say --per-class 1 10, not --pairs.")
    return tuple(options.per_class or task.usual_sizes)


def add_models(parser: argparse.ArgumentParser) -> None:
    """Adds the options that choose an encoder and a decoder."""
    parser.add_argument("--bundle", default="scenes", help=f"models: {', '.join(BUNDLES)}")
    parser.add_argument("--encoder", default="", metavar="MODEL", help=f"instead: {_ENCODERS}")
    parser.add_argument("--decoder", default="", metavar="MODEL", help=f"instead: {_DECODERS}")
    parser.add_argument("--revision", default="", help="their branch, tag or commit on the Hub")


def add_device(parser: argparse.ArgumentParser, device: str = "auto", engine: str = "here") -> None:
    """Adds where the networks run and what divides the work, with what they usually are."""
    about = "auto, cpu, cuda, mps, cuda:0,cuda:1" + ("" if device else "; default what a run says")
    parser.add_argument("--device", default=device, help=about)
    usual = engine or "what a run says"
    about = f"what divides the work: {', '.join(ENGINES)} (default $EXPLORER_ENGINE or {usual})"
    default = os.environ.get("EXPLORER_ENGINE", "") or engine
    parser.add_argument("--engine", default=default, help=about)


def read_run(options: argparse.Namespace, task: Task, method: Method) -> RunConfig:
    """The options as a run; what nobody named keeps its default, or the bundle's."""
    bundle = find_bundle(options.bundle)
    encoder, decoder = models_named(options)
    choose_bundle(bundle.name, encoder, decoder)
    evaluation = _read(options, task.config(), EVALUATION)
    if backbones := getattr(evaluation, "backbones", ()):
        evaluation = replace(evaluation, backbones=tuple(map(typed_model, backbones)))  # type: ignore[type-var]
    return RunConfig(
        data=options.data,
        bundle=bundle.name,
        encoder=encoder,
        decoder=decoder,
        task=task.name,
        method=method.name,
        size=_size(options, task),
        subset=getattr(options, "subset", RunConfig.subset),
        settings=_read(options, usual_settings(method, bundle.name)),
        evaluation=evaluation,
    )


def _size(options: argparse.Namespace, task: Task) -> int:
    pairs, per_class = getattr(options, "size", None), getattr(options, "per_class", None)
    if isinstance(per_class, list):  # of a sweep, whose sets have sizes of their own
        return 1
    if not task.per_class:
        if per_class is not None:
            raise ConfigError("--per-class is for labelled data; say --prototypes K.")
        return task.usual_size if pairs is None else pairs
    if pairs is not None:
        raise ConfigError(f"These sets count {task.unit}: say --per-class N, not --prototypes.")
    return task.usual_size if per_class is None else per_class


def _read(options: argparse.Namespace, settings: Settings, scope: str = "") -> Settings:
    """The settings with what was named on the command line."""
    kind = type(settings)
    given = {each.name: getattr(options, scope + each.name, None) for each in declared(kind)}
    changed = {n: tuple(v) if isinstance(v, list) else v for n, v in given.items() if v is not None}
    inner = {name: _read(options, getattr(settings, name), scope) for name in groups(kind)}
    return replace(settings, **changed, **inner)  # type: ignore[type-var]


def add_methods(
    parser: argparse.ArgumentParser, arguments: Sequence[str], flag: str, **about: Any
) -> None:
    """Adds the choice of methods, and the settings of those that the command line names."""
    first = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    option = {"choices": list(all_methods()), **about}
    parser.add_argument(flag, **option)
    first.add_argument(flag, nargs=about.get("nargs"), default=about.get("default"))
    found, _ = first.parse_known_args(arguments)
    named = getattr(found, flag.removeprefix("--"))
    names = [named] if isinstance(named, str) else named or list(all_methods())
    names = [name.partition("[")[0] for name in names]
    if named == "":
        names = [usual_methods(task)[0] for task in TASKS]
    known = [name for name in names if name in all_methods()]
    kinds = [all_methods()[name].config for name in known]
    whose = " and ".join(known) if len(known) <= _MOST_NAMED else "methods"
    hint = None if named else f"name another with {flag} to see its own"
    add_settings(parser.add_argument_group(f"settings of {whose}", hint), *kinds)
    parser.set_defaults(offered=kinds)


def refuse_foreign(options: argparse.Namespace, config: RunConfig) -> None:
    """Raises where a setting was named that the method does not have."""
    own = {each.name for each in every_setting(type(config.settings))}
    for each in (each for kind in options.offered for each in every_setting(kind)):
        if each.name not in own and getattr(options, each.name) is not None:
            raise ConfigError(f"{config.method} has no setting {each.flag}; `methods` lists them.")


def models_named(options: argparse.Namespace) -> tuple[str, str]:
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
