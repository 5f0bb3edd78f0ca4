"""Prepares image-caption datasets, distills them and evaluates what came out."""

import argparse
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

from explorer.config import MapConfig, PrototypeConfig
from explorer.engine.engine import find_engine
from explorer.errors import TOLD, ConfigError, ExplorerError, MissingDataError, sentence
from explorer.methods.registry import (
    about_method,
    all_methods,
    find_method,
    methods_for,
    usual_methods,
)
from explorer.methods.ways import method_of_way, read_way, varied
from explorer.models.bundles import bundle_advice, choose_bundle
from explorer.progress import Watcher
from explorer.report.command import add_report_command
from explorer.runs.config import RunConfig, SweepConfig, task_of_run
from explorer.runs.data_commands import add_data_commands
from explorer.runs.directory import Job, RunDirectory
from explorer.runs.distill import (
    distill,
    open_trained,
    prepare,
    score_with_card,
)
from explorer.runs.import_command import add_import_command
from explorer.runs.launcher import Runs
from explorer.runs.opening import open_all, open_run
from explorer.runs.options import (
    EVALUATION,
    add_cache,
    add_command,
    add_data,
    add_device,
    add_models,
    add_settings,
    add_size,
    add_sizes,
    models_named,
    read_run,
    read_sizes,
    refuse_foreign,
    typed_folder,
)
from explorer.runs.recipe import SUFFIXES as RECIPES
from explorer.runs.recipe import read_recipe
from explorer.runs.referee_command import add_referee_command
from explorer.runs.sweep import sweep
from explorer.runs.tables import upper_first
from explorer.runs.terminal import Terminal, answer
from explorer.runs.trackers import TRACKERS, Tracked, open_tracker
from explorer.runs.worker import work_on
from explorer.runs.worker_command import add_worker_command
from explorer.sets.card import interval
from explorer.sets.export import FORMATS, export
from explorer.sets.folder import verify_set
from explorer.sets.hub import publish, require_token
from explorer.settings import is_text
from explorer.steps.context import Context
from explorer.steps.embeddings import SPACES
from explorer.steps.subset import whole_key
from explorer.store.own import is_distilled
from explorer.store.shipped import SHIPPED
from explorer.store.store import Store, verify_store
from explorer.tasks.registry import TASKS, find_task, task_of, task_of_split

EXIT_WRONG, EXIT_INTERRUPTED = 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit code: 0 done, 2 wrong input, 130 interrupted."""
    signal.signal(signal.SIGTERM, _interrupt)
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as in app.py
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if wrong := [each for each in given if not is_text(each)]:
            raise ConfigError(
                f"Arguments must be Unicode text without null signs, got {wrong[0]!a}."
            )
        options = _parser(given).parse_args(given)
        code: int = options.command(options)
    except TOLD as error:
        print(f"explorer: {sentence(error, with_names=True)}", file=sys.stderr)
        return EXIT_WRONG
    except KeyboardInterrupt:
        print("explorer: interrupted; the same command goes on from here", file=sys.stderr)
        return EXIT_INTERRUPTED
    return code


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _prepare(options: argparse.Namespace, watcher: Watcher) -> tuple[str, dict[str, Any]]:
    task = find_task(RunConfig.task)
    config = read_run(options, task, methods_for(task.name)[0])
    shipped = None if options.anew else SHIPPED
    store, spaces = Store(options.cache, shipped), tuple(options.maps)
    engine = find_engine(options.engine)
    opened = open_run(store, config, options.device, watcher, "embed", engine)
    result = prepare(opened, config, MapConfig(), spaces)
    summary = (
        f"{result['n_images']:,} images and {result['n_captions']:,} captions; "
        f"{result['n_prototypes']:,} prototypes, {result['n_pairless']:,} of them pairless, "
        f"{result['n_reused_captions']:,} with the caption of another."
    )
    return summary, result


def _distill(options: argparse.Namespace, watcher: Watcher) -> tuple[str, dict[str, Any]]:
    opened, config = _opened(options, watcher, "embed", options.method)
    refuse_foreign(options, config)
    config = replace(config, subset=whole_key(opened.store, config.subset))
    result = distill(opened, config, options.out)
    what = "images" if task_of_run(config).per_class else "pairs"
    summary = f"{result['n_pairs']:,} {what} by {config.method} are in {options.out}."
    return summary, result


def _evaluate(options: argparse.Namespace, watcher: Watcher) -> tuple[str, dict[str, Any]]:
    trained = open_trained(options.data)
    task = task_of_split(trained.split, options.data)
    config = read_run(options, task, methods_for(task.name)[0])
    store, engine = Store(options.cache), find_engine(options.engine)
    test = replace(config, data=options.test)
    opened = open_run(store, test, options.device, watcher, "evaluate", engine)
    result = score_with_card(opened, config, trained)
    headline = task.headline
    lines = [
        f"{name}: {headline.label.lower()} {interval(own[headline.name])} {headline.unit}"
        for name, own in task.scores(result).items()
    ]
    return "\n".join([*lines, f"{upper_first(task.told(result))}."]), result


def _sweep(options: argparse.Namespace, watcher: Watcher) -> tuple[str, dict[str, Any]]:
    opened, config = _opened(options, watcher, "sweep", "")
    task = task_of_run(config)
    names = options.methods or [each.name for each in methods_for(task.name)]
    ways = varied(names, "; ".join(options.vary))
    plan = SweepConfig(methods=ways, n_pairs=read_sizes(options, task), n_sets=options.sets)
    methods = {each.name: each for each in map(method_of_way, names)}
    others = {name: read_run(options, task, each).settings for name, each in methods.items()}
    first = next(iter(others))
    config = replace(config, method=first, settings=others[first], others=others)
    if options.by_workers:
        job = Job(kind="sweep", config=config, sweep=plan, device=options.device, by_workers=True)
        run_id = Runs(options.cache).start(job)
        return f"Run {run_id} waits for `worker --cache {options.cache}`.", {"run": run_id}
    if options.out is None:
        raise ConfigError("Say with --out DIR where the sets go, or --by-workers.")
    result = sweep(opened, config, plan, options.out)
    return result["table"], {"out": str(options.out), **result}


def _opened(
    options: argparse.Namespace, watcher: Watcher, stage: str, method: str
) -> tuple[Context, RunConfig]:
    """What there is to work with, and the run that the options ask for, of the task it is for."""
    models = choose_bundle(options.bundle, *models_named(options))
    store, engine = Store(options.cache), find_engine(options.engine)
    opened = open_all(store, options.data, models, options.device, watcher, stage, engine)
    task = task_of(opened.dataset)
    config = read_run(options, task, find_method(method or usual_methods(task.name)[0]))
    return opened, config


@contextmanager
def _tracked(options: argparse.Namespace, terminal: Terminal) -> Iterator[Watcher]:
    """The terminal, and the tracker that was asked for."""
    kind = getattr(options, "log_to", None)
    if kind is None:
        yield terminal
        return
    name = f"{Path(options.data).name}-{time.strftime('%Y%m%d-%H%M%S')}"
    with closing(open_tracker(kind, name, options.cache, _told(options))) as tracker:
        yield Tracked(terminal, tracker)


def _told(options: argparse.Namespace) -> dict[str, Any]:
    """The options that somebody named, JSON-ready, those of the evaluation apart."""
    named = {n: v for n, v in vars(options).items() if v is not None and not callable(v)}
    plain = {n: str(v) if isinstance(v, Path) else v for n, v in named.items()}
    inner = {n.removeprefix(EVALUATION): v for n, v in plain.items() if n.startswith(EVALUATION)}
    return {n: v for n, v in plain.items() if not n.startswith(EVALUATION)} | {EVALUATION: inner}


def _export(options: argparse.Namespace) -> int:
    if options.push:
        require_token(options.push)  # before anything is written
    result = export(options.data, options.format, options.out, options.license)
    if options.push:
        try:
            result["url"] = publish(options.out, options.push)
        except BaseException:  # Ctrl-C, too: the folder would stand in the way of the next try
            shutil.rmtree(options.out)
            raise
    told = f"{result['n_pairs']:,} {result['rows']} are in {options.out}."
    told += f" Open: {result['opened_by']}"
    if options.push:
        told += f"\nThey are also at {result['url']}, for you alone until you make it public."
    return answer(options, told, result)


def _run(options: argparse.Namespace) -> int:
    folder = _begun(options) if options.run.suffix in RECIPES else options.run
    code = work_on(folder, options.cache, options.lock_fd) or 0
    if options.json:
        run = RunDirectory(folder)
        print(json.dumps({"state": run.status().state, "result": run.result()}))
    return code


def _begun(options: argparse.Namespace) -> Path:
    """The run directory of a recipe; one that is there must be of the same."""
    if options.out is None:
        raise ConfigError("Say with --out DIR where the run of a recipe goes.")
    job, run = Job(config=read_recipe(options.run)), RunDirectory(options.out)
    if not run.folder.exists():
        run.create(job)
    elif run.job() != job:
        raise ConfigError(f"{run.folder} holds another run; name another --out.")
    return run.folder


def _watched(options: argparse.Namespace) -> int:
    """Does the work of a command that a person watches, and shows the result."""
    start = time.monotonic()
    with Terminal() as terminal, _tracked(options, terminal) as watcher:
        summary, result = options.work(options, watcher)
    seconds = time.monotonic() - start
    values = {**result, "advice": _advice(options, result), "seconds": round(seconds, 2)}
    return answer(options, f"{summary}\nDone in {seconds:.1f} s.", values)


def _advice(options: argparse.Namespace, result: Mapping[str, Any]) -> str:
    """What there is to say of these models on these data; "" where they are not used."""
    if "task" in result and not find_task(result["task"]).embeds:
        return ""
    bundle = choose_bundle(options.bundle, *models_named(options))
    return bundle_advice(getattr(options, "test", options.data), bundle, for_terminal=True)


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The commands; the methods that are named decide which options there are."""
    parser = argparse.ArgumentParser("python -m explorer", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    evaluations = [task.config for task in TASKS.values()]

    each = _add(commands, "prepare", _prepare, "embed, find prototypes, lay out the map")
    about = "compute what comes with the program, too, where a new --cache has not got it"
    each.add_argument("--anew", action="store_true", help=about)
    each.add_argument("--maps", nargs="+", choices=SPACES, default=["image"], help="what to map")
    add_size(each)
    add_settings(each, PrototypeConfig)

    each = _add(commands, "distill", _distill, "make a small set and write it; can be resumed")
    _add_methods(each, arguments, "--method", default="", help="how; `methods` lists them")
    each.add_argument(
        "--out", type=typed_folder, required=True, metavar="DIR", help="where the set goes"
    )
    each.add_argument(
        "--subset", default="", metavar="KEY", help="rows the page kept; 8 digits or all"
    )
    add_size(each)

    each = _add(commands, "evaluate", _evaluate, "train students on a set and score them")
    each.add_argument("--test", required=True, metavar="DATA", help="has the val and test splits")
    each.add_argument("--log-to", choices=list(TRACKERS), help="a tracker that is installed")
    add_settings(each, *evaluations, scope=EVALUATION)

    each = _add(commands, "sweep", _sweep, "compare methods over sizes of sets; can be resumed")
    usual = {
        "nargs": "+",
        "default": None,
        "metavar": "METHOD",
        "type": _way,
        "choices": None,
        "help": "names, or such as 'pds[guidance=5]'; default all that fit the data",
    }
    _add_methods(each, arguments, "--methods", **usual)
    each.add_argument("--out", type=typed_folder, metavar="DIR", help="where the sets go")
    about = "leave it in the cache as a run for `worker` processes, instead of --out"
    each.add_argument("--by-workers", action="store_true", help=about)
    about = "settings to sweep as well, such as guidance=1,2,5 steps=5,20"
    each.add_argument("--vary", nargs="+", default=[], metavar="SETTING=VALUES", help=about)
    add_sizes(each)
    n_sets = SweepConfig.n_sets
    each.add_argument("--sets", type=int, default=n_sets, help="of each, by seed (default 5)")
    each.add_argument("--log-to", choices=list(TRACKERS), help="a tracker that is installed")
    add_settings(each, *evaluations, scope=EVALUATION)
    _add_others(commands)
    return parser


def _add_methods(
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
    kinds = [all_methods()[name].config for name in names if name in all_methods()]
    add_settings(parser, *kinds)
    parser.set_defaults(offered=kinds)


def _way(text: str) -> str:
    """A method, with or without settings, as one text.

    Raises:
        argparse.ArgumentTypeError: There is no such method or setting.
    """
    try:
        return str(read_way(text))
    except ExplorerError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _methods(options: argparse.Namespace) -> int:
    """Every method with its settings."""
    methods = [about_method(method) for method in all_methods().values()]
    if options.json:
        print(json.dumps({"methods": methods}))
    for each in [] if options.json else methods:
        tasks = ", ".join(each["tasks"])
        print(f"{each['name']:18} {each['family']:12} {tasks:16} {each['label']}")
    return 0


def _verify(options: argparse.Namespace) -> int:
    """Says what of a cache or a set is damaged; 2 where anything is."""
    folder = options.folder
    if not folder.is_dir():
        raise MissingDataError(f"There is no folder {folder}; name a cache or a distilled set.")
    found = verify_set(folder) if is_distilled(folder) else verify_store(folder)
    what = "files" if is_distilled(folder) else "results"
    told = (
        f"{found.n_whole:,} {what} are as they were written, {len(found.damaged):,} are not; of "
        f"{found.n_unrecorded:,} only the sizes are known."
    )
    lines = [*(f"Damaged: {each}" for each in found.damaged), told]
    done = answer(options, "\n".join(lines), found._asdict())
    return EXIT_WRONG if found.damaged else done


def _add_others(commands: Any) -> None:
    """Adds the commands that compute nothing, and the one that the page starts."""
    neither = ("--cache", "--bundle")
    about = "write a distilled set in a format that other programs load"
    each = add_command(commands, "export", _export, about, unused=neither)
    each.add_argument("data", type=Path, metavar="DIR", help="a distilled set")
    each.add_argument("--format", required=True, choices=list(FORMATS), help="which format")
    each.add_argument("--out", type=typed_folder, required=True, metavar="DIR", help="a new folder")
    each.add_argument("--license", help="of the set, as the Hub names it, such as cc-by-4.0")
    about = "upload it to the Hugging Face Hub, as a private dataset"
    each.add_argument("--push", metavar="OWNER/NAME", help=about)

    about = "do what a recipe or a run directory asks for; can be resumed"
    each = add_command(commands, "run", _run, about, unused=("--bundle",))  # a run has one
    each.add_argument("run", type=Path, metavar="RECIPE.yaml|RUN_DIR")
    each.add_argument(
        "--out", type=typed_folder, metavar="DIR", help="where the run of a recipe goes"
    )
    each.add_argument("--lock-fd", type=int, help=argparse.SUPPRESS)  # inherited from the page
    add_cache(each)

    about = "read through a cache or a distilled set, and say what is not as it was written"
    each = add_command(commands, "verify", _verify, about, unused=neither)
    each.add_argument("folder", type=Path, metavar="CACHE_OR_SET")

    about = "every method: name, label, family, tasks, paper, settings"
    add_command(commands, "methods", _methods, about, unused=neither)
    add_data_commands(commands)
    add_import_command(commands)
    add_referee_command(commands)
    add_report_command(commands)
    add_worker_command(commands)


def _add(commands: Any, name: str, work: Any, help_text: str) -> argparse.ArgumentParser:
    """Adds a command with the options that all have."""
    each = add_command(commands, name, _watched, help_text)
    each.set_defaults(work=work)
    add_data(each)
    add_cache(each)
    add_models(each)
    add_device(each)
    return each


if __name__ == "__main__":
    sys.exit(main())
