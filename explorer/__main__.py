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

from explorer.config import (
    EvaluationConfig,
    MapConfig,
    PrototypeConfig,
    SweepConfig,
    SynthesisConfig,
)
from explorer.errors import ExplorerError
from explorer.models.bundles import choose_bundle
from explorer.pipeline.advice import bundle_advice
from explorer.pipeline.distilled import DistilledSet, interval, is_distilled, make_card
from explorer.pipeline.export import FORMATS, export
from explorer.pipeline.methods import METHODS
from explorer.pipeline.options import add_models, add_settings, read_settings
from explorer.pipeline.publish import publish, require_token
from explorer.pipeline.rundir import RunDirectory
from explorer.pipeline.stages.embedded import SPACES
from explorer.pipeline.store import Store
from explorer.pipeline.subset import whole_key
from explorer.pipeline.sweep import sweep
from explorer.pipeline.terminal import Terminal
from explorer.pipeline.trackers import TRACKERS, Tracked, open_tracker
from explorer.pipeline.work import Watcher, distill, prepare, score
from explorer.pipeline.worker import work_on

EXIT_WRONG, EXIT_INTERRUPTED = 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit code: 0 done, 2 wrong input, 130 interrupted."""
    signal.signal(signal.SIGTERM, _interrupt)
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as in app.py
    options = _parser().parse_args(arguments)
    try:
        return options.command(options)
    except ExplorerError as error:
        print(f"explorer: {error}", file=sys.stderr)
        return EXIT_WRONG
    except KeyboardInterrupt:
        print("explorer: interrupted; the same command goes on from here", file=sys.stderr)
        return EXIT_INTERRUPTED


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _prepare(options: argparse.Namespace, watcher: Watcher) -> tuple[str, dict[str, Any]]:
    store, config, spaces = Store(options.cache), read_settings(options), tuple(options.maps)
    result = prepare(store, config, MapConfig(), spaces, options.device, watcher)
    summary = (
        f"{result['n_images']:,} pictures and {result['n_captions']:,} captions; "
        f"{result['n_prototypes']:,} prototypes, {result['n_pairless']:,} of them pairless, "
        f"{result['n_reused_captions']:,} with the caption of another."
    )
    return summary, result


def _distill(options: argparse.Namespace, watcher: Watcher) -> tuple[str, dict[str, Any]]:
    store, config = Store(options.cache), read_settings(options)
    config = replace(config, subset=whole_key(store, config.subset))
    result = distill(store, config, options.out, options.device, watcher)
    summary = f"{result['n_pairs']:,} pairs by {config.method} are in {options.out}."
    return summary, result


def _evaluate(options: argparse.Namespace, watcher: Watcher) -> tuple[str, dict[str, Any]]:
    store, config = Store(options.cache), read_settings(options)
    result = score(store, config, options.data, options.test, options.device, watcher)
    if is_distilled(Path(options.data)):
        target = DistilledSet(Path(options.data))
        target.write_card(make_card(target.settings(), target.rows(), result))
    lines = [
        f"{name}: mean recall {interval(scores['mean'])} %"
        for name, scores in result["backbones"].items()
    ]
    return "\n".join([*lines, f"Protocol {result['protocol']}, text {result['text']}."]), result


def _sweep(options: argparse.Namespace, watcher: Watcher) -> tuple[str, dict[str, Any]]:
    plan = SweepConfig(
        methods=tuple(options.methods), n_pairs=tuple(options.pairs), n_sets=options.sets
    )
    store, config = Store(options.cache), read_settings(options)
    result = sweep(store, config, plan, options.out, options.device, watcher)
    return result["table"], {"out": str(options.out), **result}


@contextmanager
def _tracked(options: argparse.Namespace, terminal: Terminal) -> Iterator[Watcher]:
    """The terminal, and the tracker that was asked for."""
    kind = getattr(options, "log_to", None)
    if kind is None:
        yield terminal
        return
    name = f"{Path(options.data).name}-{time.strftime('%Y%m%d-%H%M%S')}"
    settings = read_settings(options).as_json()
    with closing(open_tracker(kind, name, options.cache, settings)) as tracker:
        yield Tracked(terminal, tracker)


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
    print(f"{result['n_pairs']:,} pairs are in {options.out}. Open: {result['opened_by']}")
    if options.push:
        print(f"They are also at {result['url']}, for you alone until you make it public.")
    if options.json:
        print(json.dumps(result))
    return 0


def _run(options: argparse.Namespace) -> int:
    code = work_on(options.folder, options.cache, lock_held=options.lock_fd is not None)
    if options.json:
        run = RunDirectory(options.folder)
        print(json.dumps({"state": run.status().state, "result": run.result()}))
    return code


def _watched(options: argparse.Namespace) -> int:
    """Does the work of a command that a person watches, and shows the result."""
    terminal, start = Terminal(), time.monotonic()
    data, bundle = getattr(options, "test", options.data), choose_bundle(read_settings(options))
    advice = bundle_advice(data, bundle)
    if advice:
        terminal.say("", advice)
    try:
        with _tracked(options, terminal) as watcher:
            summary, result = options.work(options, watcher)
    finally:
        terminal.end_line()
    seconds = time.monotonic() - start
    print(f"{summary}\nDone in {seconds:.1f} s.")
    if options.json:
        values: Mapping[str, Any] = {**result, "advice": advice, "seconds": round(seconds, 2)}
        print(json.dumps(values))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m explorer", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    each = _add(commands, "prepare", _prepare, "embed, find prototypes, lay out the map")
    each.add_argument("--maps", nargs="+", choices=SPACES, default=["image"], help="what to map")
    add_settings(each, PrototypeConfig)

    each = _add(commands, "distill", _distill, "make a small set and write it; can be resumed")
    each.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the set goes")
    each.add_argument("--method", choices=list(METHODS), default="pds", help="how (default pds)")
    each.add_argument(
        "--subset", default="", metavar="KEY", help="rows the page kept; 8 digits or all"
    )
    add_settings(each, PrototypeConfig, SynthesisConfig)

    each = _add(commands, "evaluate", _evaluate, "train students on a set and score them")
    each.add_argument("--test", required=True, metavar="DATA", help="has the val and test splits")
    each.add_argument("--log-to", choices=list(TRACKERS), help="a tracker that is installed")
    add_settings(each, EvaluationConfig)

    each = _add(commands, "sweep", _sweep, "compare methods over numbers of pairs; can be resumed")
    each.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the sets go")
    each.add_argument(
        "--methods", nargs="+", choices=list(METHODS), default=list(METHODS), help="default all"
    )
    each.add_argument("--pairs", nargs="+", type=int, default=SweepConfig.n_pairs, help="20 50 100")
    n_sets = SweepConfig.n_sets
    each.add_argument("--sets", type=int, default=n_sets, help="of each, by seed (default 5)")
    each.add_argument("--log-to", choices=list(TRACKERS), help="a tracker that is installed")
    sizes = ("n_prototypes",)
    add_settings(each, PrototypeConfig, SynthesisConfig, EvaluationConfig, but=sizes)

    about = "write a distilled set in a format that other programs load"
    each = commands.add_parser("export", help=about, description=about)
    each.add_argument("data", type=Path, metavar="DIR", help="a distilled set")
    each.add_argument("--format", required=True, choices=list(FORMATS), help="which format")
    each.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    each.add_argument("--license", help="of the set, as the Hub names it, such as cc-by-4.0")
    about = "upload it to the Hugging Face Hub, as a private dataset"
    each.add_argument("--push", metavar="OWNER/NAME", help=about)
    for unused in ("--cache", "--bundle"):  # every command takes them; a set needs neither
        each.add_argument(unused, help=argparse.SUPPRESS)
    each.add_argument("--json", action="store_true", help="end with one line of JSON")
    each.set_defaults(command=_export)

    each = commands.add_parser("run", help="do what a run directory asks for; can be resumed")
    each.add_argument("folder", type=Path, metavar="RUN_DIR")
    each.add_argument("--lock-fd", type=int, help=argparse.SUPPRESS)  # inherited from the page
    each.add_argument("--cache", type=Path, default=Path("cache"), help="where results are kept")
    each.add_argument("--bundle", help=argparse.SUPPRESS)  # every command takes it; a run has one
    each.add_argument("--json", action="store_true", help="end with one line of JSON")
    each.set_defaults(command=_run)
    return parser


def _add(commands: Any, name: str, work: Any, help_text: str) -> argparse.ArgumentParser:
    """Adds a command with the options that all have."""
    each = commands.add_parser(name, help=help_text, description=help_text)
    each.set_defaults(command=_watched, work=work)
    each.add_argument("data", metavar="DATA", help="`scenes`, or a folder")
    each.add_argument("--cache", type=Path, default=Path("cache"), help="where results are kept")
    add_models(each)
    each.add_argument("--device", default="auto", help="auto, cpu, cuda, mps, cuda:0,cuda:1")
    each.add_argument("--json", action="store_true", help="end with one line of JSON")
    return each


if __name__ == "__main__":
    sys.exit(main())
