"""A distilled set on disk: a Hugging Face imagefolder that grows batch by batch.

train/000000.png ...      train/metadata.jsonl      embeddings.safetensors
README.md (a dataset card)                          config.json (what decided it)
"""

import fcntl
import io
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from explorer.config import Edit, RunConfig
from explorer.errors import BadDataError, ConfigError
from explorer.models.bundles import short_name
from explorer.pipeline.methods import find_method
from explorer.pipeline.store import ASIDE, write_aside

LICENCES = {"scenes": "apache-2.0"}
"""Of the datasets that this program makes; of others nothing is known."""


class Row(NamedTuple):
    """One line of metadata.jsonl."""

    file_name: str
    caption: str
    prototype: int  # number of the pair, from 0
    n_shared: int  # rows of the source that it stands for; 0 marks a pairless prototype
    seed: int  # of the picture
    similarity: float  # cosine of the picture's CLIP embedding and the image prototype


class DistilledSet:
    """Reads and writes one set."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pictures = folder / "train"
        self._metadata = self.pictures / "metadata.jsonl"

    def begin(self, config: RunConfig, plan_key: str, found: str) -> None:
        """Starts a set, or goes on with one that the same settings began.

        Args:
            config: Its evaluation settings do not matter to the set and are left out.
            plan_key: Changes with anything else that decides the set, such as the data.
            found: A sentence about the source.

        Raises:
            ConfigError: The folder holds something else.
        """
        values = {**config.as_json(), "plan": plan_key, "found": found}
        del values["evaluation"]
        wanted = json.dumps(values, indent=2, ensure_ascii=False) + "\n"
        path = self.folder / "config.json"
        if path.exists():
            if path.read_text("utf-8") != wanted:
                raise ConfigError(
                    f"{self.folder} holds a set with other settings; name another folder, or "
                    "delete this one."
                )
        elif self.folder.exists() and any(self.folder.iterdir()):
            raise ConfigError(f"{self.folder} is not empty and holds no distilled set.")
        self.pictures.mkdir(parents=True, exist_ok=True)
        for left in [*self.folder.glob(f"{ASIDE}*"), *self.pictures.glob(f"{ASIDE}*")]:
            left.unlink()
        write_aside(path, wanted.encode())

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keeps other processes from filling the same set; `ConfigError` where one does."""
        self.folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.folder, os.O_RDONLY)  # the folder itself, so no file is left in it
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise ConfigError(f"Another process is filling {self.folder}.") from error
            yield
        finally:
            os.close(handle)

    def rows(self) -> list[Row]:
        """The pairs that are there, in order; a picture without its line does not count."""
        if not self._metadata.exists():
            return []
        lines = self._metadata.read_text("utf-8").splitlines()
        return [Row(**json.loads(line)) for line in lines]

    def add(
        self, before: Sequence[Row], rows: Sequence[Row], images: Sequence[Image.Image]
    ) -> None:
        """Writes pictures and then all lines, so that a kill between the two loses nothing."""
        for row, image in zip(rows, images, strict=True):
            file = io.BytesIO()
            image.save(file, "PNG")
            write_aside(self.pictures / row.file_name, file.getvalue())
        lines = [json.dumps(row._asdict(), ensure_ascii=False) for row in [*before, *rows]]
        write_aside(self._metadata, ("\n".join(lines) + "\n").encode())

    def write_prototypes(self, image: np.ndarray, caption: np.ndarray) -> None:
        """Keeps the (K, D) prototypes of both modalities."""
        from safetensors.numpy import save

        arrays = {"image": np.ascontiguousarray(image), "caption": np.ascontiguousarray(caption)}
        write_aside(self.folder / "embeddings.safetensors", save(arrays))

    def read_prototypes(self) -> dict[str, np.ndarray]:
        """`image` and `caption`, each (K, D)."""
        from safetensors import SafetensorError
        from safetensors.numpy import load

        try:
            return load((self.folder / "embeddings.safetensors").read_bytes())
        except (OSError, SafetensorError) as error:
            raise BadDataError(
                f"The prototypes of {self.folder} cannot be read: {error}. Evaluate it with "
                "--text caption, or distill it again."
            ) from error

    def settings(self) -> dict[str, Any]:
        """What config.json says."""
        return json.loads((self.folder / "config.json").read_bytes())

    def write_card(self, text: str) -> None:
        write_aside(self.folder / "README.md", text.encode())


def is_distilled(folder: Path) -> bool:
    """Whether a folder holds a set that this program made."""
    return (folder / "embeddings.safetensors").is_file() and (folder / "config.json").is_file()


def n_reused(captions: Sequence[str]) -> int:
    """How many captions stood before already.

    Examples:
        >>> n_reused(["a boat", "a tree", "a boat", "a boat"])
        2
    """
    return len(captions) - len(set(captions))


def make_card(
    settings: Mapping[str, Any], rows: Sequence[Row], result: Mapping[str, Any] | None
) -> str:
    """A dataset card: source, method, settings, scores."""
    n_pairs, n_repeated = len(rows), n_reused([row.caption for row in rows])
    name, draws = Path(settings["data"]).name, find_method(settings["method"]).draws
    lines = [
        "---",
        f"license: {LICENCES.get(settings['data'], 'unknown')}",
        "task_categories:",
        "- image-to-text",
        "- text-to-image",
        f"size_categories:\n- n<{'1K' if n_pairs < 1000 else '10K'}",
        "tags:",
        "- dataset-distillation",
        "---",
        "",
        f"# {name}, distilled to {n_pairs:,} pairs",
        "",
        "Made with Distillation Explorer.",
        "",
        f"- Source: {settings['found']}",
        f"- Method: {settings['method']}; models: {_models(settings)}",
        *_setting_lines(settings["prototypes"], "Prototypes"),
        *(_setting_lines(settings["synthesis"], "Synthesis") if draws else []),
        *_edit_lines(settings.get("edits", [])),
        f"- Captions: {n_repeated:,} of {n_pairs:,} repeat the caption of an earlier pair",
        "",
        "`train/metadata.jsonl` names each picture with its caption, its prototype, the rows of "
        "the source that it stands for (`n_shared`), its `seed`, and the cosine of its CLIP "
        "embedding and the image prototype (`similarity`). `embeddings.safetensors` holds the "
        "prototypes.",
        "",
    ]
    return "\n".join([*lines, *(_score_lines(result) if result else [])])


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


def _setting_lines(settings: Mapping[str, Any], title: str) -> list[str]:
    values = ", ".join(f"{name} {value!r}" for name, value in settings.items())
    return [f"- {title}: {values}"]


def _edit_lines(edits: Sequence[Mapping[str, Any]]) -> list[str]:
    """What a person changed by hand; a set made before there were edits has none."""
    if not edits:
        return []
    named = "; ".join(str(Edit.from_json(each)) for each in edits)
    return [f"- Edits by hand, {len(edits)} in order: {named}"]


def _score_lines(result: Mapping[str, Any]) -> list[str]:
    """A table of recall in percent, mean ± half of the 95 % interval."""
    ks = list(next(iter(result["backbones"].values()))["image_to_text"])
    head = [f"{way}@{k}" for way in ("IR", "TR") for k in ks]
    lines = [
        "## Scores",
        "",
        f"Protocol `{result['protocol']}`, text `{result['text']}`, {result['n_seeds']} students "
        "per network; recall in percent, mean ± half of the 95 % interval.",
        "",
        f"| network | {' | '.join(head)} | mean |",
        f"|---|{'---|' * (len(head) + 1)}",
    ]
    for name, scores in result["backbones"].items():
        cells = [scores[way][k] for way in ("text_to_image", "image_to_text") for k in ks]
        lines.append(f"| {name} | {' | '.join(map(interval, [*cells, scores['mean']]))} |")
    return [*lines, ""]


def interval(mean_and_half: Sequence[float | None]) -> str:
    """Shows a mean with half of its interval, where there is one.

    Examples:
        >>> interval([12.345, 0.678]), interval([12.345, None])
        ('12.3 ± 0.7', '12.3')
    """
    mean, half = mean_and_half
    return f"{mean:.1f}" if half is None else f"{mean:.1f} ± {half:.1f}"
