"""PDS against the methods that keep real pairs, on Scenes, honest protocol: the README's table.

    python -m benchmarks.methods_compared --out runs/methods-compared

Each method makes a set for each number of pairs and each distillation seed; a set's score is the
mean over its network seeds, and an interval is over distillation seeds. Can be stopped and goes on.
"""

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from explorer.config import EvaluationConfig, PrototypeConfig, RunConfig
from explorer.core.retrieval import mean_interval
from explorer.models.bundles import find_bundle
from explorer.pipeline.methods import METHODS
from explorer.pipeline.store import Store
from explorer.pipeline.terminal import Terminal
from explorer.pipeline.work import distill, score

COLUMNS = {"mean": "mean", "IR@1": "text_to_image", "IR@10": "text_to_image",
           "TR@1": "image_to_text", "TR@10": "image_to_text"}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--column", choices=COLUMNS, default="mean", help="the recall to show")
    parser.add_argument("--pairs", type=int, nargs="+", default=[20, 50, 100])
    parser.add_argument("--seeds", type=int, default=5, help="distillation seeds")
    parser.add_argument("--text", default=EvaluationConfig.text)
    parser.add_argument("--cache", type=Path, default=Path("cache"))
    parser.add_argument("--out", type=Path, required=True, help="where the sets go")
    args = parser.parse_args()
    args.methods = list(dict.fromkeys(["pds", *args.methods]))  # what the others are compared with

    started = time.monotonic()
    scores = {
        (method, n_pairs, seed): score_one(args, method, n_pairs, seed)
        for n_pairs in args.pairs
        for seed in range(args.seeds)
        for method in args.methods
    }
    args.out.mkdir(parents=True, exist_ok=True)
    named = {"/".join(map(str, key)): value for key, value in scores.items()}
    (args.out / "scores.json").write_text(json.dumps(named, indent=2))
    print(table(scores, args))
    print(f"\n{(time.monotonic() - started) / 60:.1f} minutes")


def score_one(args: argparse.Namespace, method: str, n_pairs: int, seed: int) -> dict[str, Any]:
    """Makes one set and scores it; recall in percent by backbone and column."""
    config = RunConfig(
        method=method,
        prototypes=PrototypeConfig(n_prototypes=n_pairs, seed=seed),
        synthesis=replace(find_bundle("scenes").synthesis, seed=seed),
        evaluation=EvaluationConfig(text=args.text),
    )
    folder, store = args.out / f"{method}-{n_pairs}-{seed}", Store(args.cache)
    distill(store, config, folder, "auto", Terminal())
    result = score(store, config, str(folder), config.data, "auto", Terminal())
    return {
        name: {column: _read(each, column) for column in COLUMNS}
        for name, each in result["backbones"].items()
    }


def _read(scores: dict[str, Any], column: str) -> float:
    _, _, k = column.partition("@")
    return scores[COLUMNS[column]][k][0] if k else scores["mean"][0]


def table(scores: dict[tuple[str, int, int], Any], args: argparse.Namespace) -> str:
    """Markdown: a column's mean and 95 % interval over distillation seeds, beside `pds` less it."""
    heads = [f"{n:,} pairs | pds − it" for n in args.pairs]
    lines = [f"| backbone | method | {' | '.join(heads)} |", "|---" * (2 + 2 * len(heads)) + "|"]
    for backbone in scores["pds", args.pairs[0], 0]:
        for method in args.methods:
            cells = []
            for n_pairs in args.pairs:
                ours, theirs = (
                    [scores[m, n_pairs, s][backbone][args.column] for s in range(args.seeds)]
                    for m in ("pds", method)
                )
                paired = [a - b for a, b in zip(ours, theirs, strict=True)]
                cells += [_interval(theirs), _interval(paired) if method != "pds" else ""]
            lines.append(f"| {backbone} | {method} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _interval(values: list[float]) -> str:
    mean, half = mean_interval(values)
    return f"{mean:.1f} ± {half:.1f}"


if __name__ == "__main__":
    main()
