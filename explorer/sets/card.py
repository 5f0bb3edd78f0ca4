"""The dataset card of a distilled set: source, method, settings, scores."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from explorer.config import Edit
from explorer.errors import ConfigError
from explorer.models.bundles import short_name
from explorer.sets.folder import IMPORTED, Row
from explorer.sets.others import plain

LICENCES = {"scenes": "apache-2.0"}
"""Of the datasets that this program makes; of others nothing is known."""


def n_reused(captions: Sequence[str]) -> int:
    """How many captions stood before already.

    Examples:
        >>> n_reused(["a boat", "a tree", "a boat", "a boat"])
        2
    """
    return len(captions) - len(set(captions))


def words_per_caption(captions: Sequence[str]) -> float:
    """The mean number of words, to a tenth: long captions alone help students.

    Examples:
        >>> words_per_caption(["a boat", "a boat on the sea", ""])
        2.3
    """
    return round(sum(len(caption.split()) for caption in captions) / len(captions), 1)


class ScoreTable(NamedTuple):
    """What students learned from a set, for its card."""

    told: str  # the protocol and the students, in a few words
    metrics: Sequence[str]
    networks: Mapping[str, Sequence[Sequence[float | None]]]  # intervals by network


def make_card(
    settings: Mapping[str, Any], rows: Sequence[Row], unit: str, scores: ScoreTable | None
) -> str:
    """A dataset card: source, method, settings of a run without those of the evaluation, scores."""
    n, name = len(rows), Path(settings["data"]).name
    has_classes = any(row.label for row in rows)
    size = f"{n:,} images" if has_classes else f"{n:,} {unit}"
    tasks = ["image-classification"] if has_classes else ["image-to-text", "text-to-image"]
    lines = [
        "---",
        f"license: {LICENCES.get(settings['data'], 'unknown')}",
        "task_categories:",
        *(f"- {task}" for task in tasks),
        f"size_categories:\n- n<{'1K' if n < 1000 else '10K'}",
        "tags:",
        "- dataset-distillation",
        "---",
        "",
        f"# {plain(name)}, distilled to {size}",
        "",
        "Made with Distillation Explorer.",
        "",
        f"- Source: {plain(settings['found'])}",
        f"- Method: {settings['method']}{'' if has_classes else f'; models: {_models(settings)}'}",
        *_setting_lines(settings["settings"]),
        *_edit_lines(settings["edits"]),
        *(_class_lines(rows) if has_classes else _caption_lines(rows, settings["method"])),
        "",
    ]
    return "\n".join([*lines, *(_score_lines(scores) if scores else [])])


def _class_lines(rows: Sequence[Row]) -> list[str]:
    return [
        f"- Classes: {plain(', '.join(dict.fromkeys(row.label for row in rows)))}",
        "",
        "`train/<class>/` holds the images, `train/metadata.jsonl` names each with its `label`. "
        "What was learned beyond 8-bit images stands in `learned.safetensors`, where it is there.",
    ]


def _caption_lines(rows: Sequence[Row], method: str) -> list[str]:
    captions = [row.caption for row in rows]
    n_repeated, n_words = n_reused(captions), words_per_caption(captions)
    return [
        f"- Captions: {n_repeated:,} of {len(rows):,} repeat the caption of an earlier pair; "
        f"{n_words} words each",
        "",
        _IMPORTED_FILES if method == IMPORTED else _FILES,
    ]


_FILES = (
    "`train/metadata.jsonl` names each image with its caption, its `prototype` (counted from "
    "0, where the page counts from 1), the rows of the source that it stands for (`n_shared`), "
    "its own `seed`, made from that of the set and this number, and the cosine of its CLIP "
    "embedding and the image prototype (`similarity`). `embeddings.safetensors` holds the "
    "prototypes."
)
_IMPORTED_FILES = (
    "`train/metadata.jsonl` names each image with its caption; what else stands there counts for "
    "sets made by this program alone. Embeddings and learned similarity that came with the images "
    "stand in `learned.safetensors`, where it is there."
)


def with_licence(card: str, licence: str) -> str:
    """The card with another licence in its head."""
    if not re.fullmatch(r"[a-z0-9.-]+", licence):
        raise ConfigError(f"{licence!r} is no licence that the Hub knows; one is cc-by-4.0.")
    head = card.removeprefix("---\n")
    return f"---\nlicense: {licence}\n" + re.sub(r"\Alicense: .*\n", "", head)


def _models(settings: Mapping[str, Any]) -> str:
    """The bundle, and what stands in it instead of its own."""
    named = {part: settings.get(part) for part in ("encoder", "decoder")}
    others = [f"{part} {short_name(model)}" for part, model in named.items() if model]
    return ", ".join([settings["bundle"], *others])


def _setting_lines(settings: Mapping[str, Any]) -> list[str]:
    """A line for the settings of the method, and one for each of their groups."""
    own = {name: value for name, value in settings.items() if not isinstance(value, Mapping)}
    titles = {name.capitalize(): v for name, v in settings.items() if isinstance(v, Mapping)}
    found = {"Settings": own, **titles} if own else titles
    return [
        plain(f"- {title}: {', '.join(f'{name} {value!r}' for name, value in values.items())}")
        for title, values in found.items()
    ]


def _edit_lines(edits: Sequence[Mapping[str, Any]]) -> list[str]:
    """What a person changed by hand; a set made before there were edits has none."""
    if not edits:
        return []
    made = [Edit.from_json(each) for each in edits]
    named = "; ".join(_told(each, made[place + 1 :]) for place, each in enumerate(made))
    return [
        f"- Edits by hand, {len(edits)} in order, prototypes counted from 1 as on the page: {named}"
    ]


def _told(edit: Edit, later: Sequence[Edit]) -> str:
    """An edit; and of an image that was kept, whether a later edit changed what it was made of."""
    changed = any(edit.prototype in (each.prototype, each.other) for each in later)
    given_up = edit.synthesis is not None and changed
    return f"{edit}, given up when that was changed" if given_up else str(edit)


def _score_lines(scores: ScoreTable) -> list[str]:
    """A table in percent, mean ± half of the 95 % interval."""
    lines = [
        "## Scores",
        "",
        f"{scores.told}; in percent, mean ± half of the 95 % interval.",
        "",
        f"| network | {' | '.join(scores.metrics)} |",
        f"|---|{'---|' * len(scores.metrics)}",
    ]
    for name, cells in scores.networks.items():
        lines.append(f"| {name} | {' | '.join(map(interval, cells))} |")
    return [*lines, ""]


def interval(mean_and_half: Sequence[float | None]) -> str:
    """Shows a mean with half of its interval, where there is one.

    Examples:
        >>> interval([12.345, 0.678]), interval([12.345, None])
        ('12.3 ± 0.7', '12.3')
    """
    mean, half = mean_and_half
    return f"{mean:.1f}" if half is None else f"{mean:.1f} ± {half:.1f}"
