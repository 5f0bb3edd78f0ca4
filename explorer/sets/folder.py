"""A distilled set on disk: a Hugging Face imagefolder that grows batch by batch.

train/000000.png ...      train/metadata.jsonl      embeddings.safetensors (prototypes)
learned.safetensors: what a method learned beyond 8-bit images and words
README.md (a dataset card)                          config.json (what decided it)
"""

import fcntl
import io
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from explorer.errors import TOLD, BadDataError, ConfigError, ExplorerError, sentence
from explorer.sets.others import without_paths
from explorer.store.digests import changed, changed_files, file_digest, json_digest
from explorer.store.reading import fits, parse_json, read_object
from explorer.store.store import Verified
from explorer.store.writing import ASIDE, write_aside
from explorer.types import CONTRASTS, Samples, State

LEARNED = ("images", "text_embeddings", "token_embeddings", "labels", "similarity")
"""What of `Samples` is kept exactly, where a method learned it."""
DIGESTS = "digests"
"""What each file of a whole set holds, as config.json names it beside the settings."""
IMPORTED = "imported"
"""What config.json names as the method of a set that another program made."""
_CONFIG = "config.json"
_CONTRAST = "contrast"  # letters of the name of a loss
Upgrade = Callable[[dict[str, Any]], dict[str, Any]]


class Row(NamedTuple):
    """One line of metadata.jsonl."""

    file_name: str
    caption: str  # "" where the set has classes
    prototype: int  # number of the pair, or of the image, from 0
    n_shared: int  # rows of the source that it stands for; 0 marks a pairless prototype
    seed: int  # of the image
    similarity: float  # cosine of the image's CLIP embedding and the image prototype
    label: str = ""  # name of its class

    def as_json(self) -> dict[str, str | int | float]:
        """The columns that a set of its kind has."""
        left_out = ("caption", "n_shared", "similarity") if self.label else ("label",)
        return {name: v for name, v in self._asdict().items() if name not in left_out}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Row":
        row = cls(**{"caption": "", "n_shared": 1, "similarity": 0.0, **values})
        if not fits(row._asdict(), cls.__annotations__):
            raise BadDataError("it has a value of another kind.")
        require_inside(row.file_name)
        return row


def require_inside(name: str) -> None:
    """Raises `BadDataError` where the name of an image leads out of the set."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or ".." in parts or parts[0] == "/" or ":" in parts[0]:
        raise BadDataError(f"it names the image {name!r}, which is not inside the set.")


class DistilledSet:
    """Reads and writes one set."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.images = folder / "train"
        self._metadata = self.images / "metadata.jsonl"
        self._learned, self._state = folder / "learned.safetensors", folder / f"{ASIDE}state"

    def __repr__(self) -> str:
        return f"DistilledSet({str(self.folder)!r})"

    def begin(self, values: Mapping[str, Any], upgraded: Upgrade = dict) -> None:
        """Starts a set, or goes on with one that the same settings began.

        Args:
            values: Everything that decides the set, and what is told of it; JSON-ready. Of paths
                the last part is kept: a set travels.
            upgraded: Reads settings that an earlier version wrote.

        Raises:
            ConfigError: The folder holds something else.
        """
        path = self.folder / _CONFIG
        if path.exists():
            written = without_paths(upgraded(self.settings()))
            if written != without_paths(json.loads(json.dumps(values))):
                raise ConfigError(
                    f"{self.folder} holds a set with other settings; name another folder, or "
                    "delete this one."
                )
        else:
            self.folder.mkdir(parents=True, exist_ok=True)
            if any(not each.name.startswith(ASIDE) for each in self.folder.iterdir()):
                raise ConfigError(f"{self.folder} is not empty and holds no distilled set.")
            # the first of all files: without it, it is no set
            write_aside(path, as_file(without_paths(values)))
        self.images.mkdir(exist_ok=True)
        for left in [*self.folder.glob(f"{ASIDE}*"), *self.images.rglob(f"{ASIDE}*")]:
            if left != self._state and left.is_file():
                left.unlink()

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
        """The samples that are there, in order; an image without its line does not count."""
        if not self._metadata.exists():
            return []
        try:
            lines = self._metadata.read_bytes().split(b"\n")
            rows = [Row.from_json(parse_json(line)) for line in lines if line.strip()]
        except (OSError, TypeError, ValueError, ExplorerError) as error:
            reason = sentence(error) if isinstance(error, TOLD) else error
            raise BadDataError(
                f"{self._metadata} cannot be read: {reason} Distill it again."
            ) from error
        return rows

    def add(
        self, before: Sequence[Row], rows: Sequence[Row], images: Sequence[Image.Image]
    ) -> None:
        """Writes images and then all lines, so that a kill between the two loses nothing."""
        for row, image in zip(rows, images, strict=True):
            file = io.BytesIO()
            image.save(file, "PNG")
            path = self.images / row.file_name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_aside(path, file.getvalue())
        lines = [json.dumps(row.as_json(), ensure_ascii=False) for row in [*before, *rows]]
        write_aside(self._metadata, ("\n".join(lines) + "\n").encode())

    def write_prototypes(self, image: np.ndarray, caption: np.ndarray) -> None:
        """Keeps the (K, D) prototypes of both modalities."""
        self._write(self.folder / "embeddings.safetensors", {"image": image, "caption": caption})

    def read_prototypes(self) -> dict[str, np.ndarray]:
        """`image` and `caption`, each (K, D)."""
        return self._read_numbers(
            self.folder / "embeddings.safetensors",
            "Evaluate it with --text caption, or distill it again.",
        )

    def n_bytes(self) -> int:
        """Of what students learn from: tensors where they were learned, else images and words."""
        if self._learned.is_file():
            return self._learned.stat().st_size
        return sum(each.stat().st_size for each in self.images.rglob("*") if each.is_file())

    def prototypes(self) -> Samples | None:
        """The caption prototypes as what a student may read, or None where there are none."""
        if not (self.folder / "embeddings.safetensors").is_file():
            return None
        return Samples(text_embeddings=self.read_prototypes()["caption"])

    def write_learned(self, samples: Samples) -> None:
        """Keeps what a method learned beyond 8-bit images and words; nothing where it did not."""
        arrays = {name: getattr(samples, name) for name in LEARNED}
        arrays = {name: each for name, each in arrays.items() if isinstance(each, np.ndarray)}
        if "token_embeddings" in arrays:
            arrays.pop("text_embeddings", None)
        rates = samples.learning_rates or {}
        arrays |= {f"learning_rate.{part}": np.float32(rate) for part, rate in rates.items()}
        if samples.contrast:
            arrays[_CONTRAST] = np.frombuffer(samples.contrast.encode(), dtype=np.uint8)
        if arrays:
            self._write(self._learned, arrays)

    def learned(self) -> Samples | None:
        """What `write_learned` kept, or None where there is nothing."""
        if not self._learned.is_file():
            return None
        arrays = self._read_numbers(self._learned, "Distill it again.")
        rates = {
            name.partition(".")[2]: each.item()
            for name, each in arrays.items()
            if name.startswith("learning_rate.")
        }
        kept: dict[str, Any] = {name: v for name, v in arrays.items() if name in LEARNED}
        if _CONTRAST in arrays:
            kept["contrast"] = self._contrast(arrays[_CONTRAST])
        return Samples(**kept, learning_rates=rates or None)

    def _contrast(self, letters: np.ndarray) -> str:
        name = letters.tobytes().decode("ascii", "replace")
        if name not in CONTRASTS:
            raise BadDataError(
                f"{self.folder} was learned for a loss {name!r}, which is not known here; one is "
                f"{', '.join(CONTRASTS)}."
            )
        return name

    def write_state(self, state: State) -> None:
        """Keeps all there is to go on from."""
        counts = {"done": np.int64(state.done), "total": np.int64(state.total)}
        self._write(self._state, {**state.arrays, **counts})

    def read_state(self) -> State | None:
        """The state to go on from: that which was kept, or the samples that are there."""
        if self._state.is_file():
            arrays = self._read(self._state, "Delete it to begin anew.")
            done, total = (arrays.pop(name).item() for name in ("done", "total"))
            return State(done=done, total=total, samples=Samples, arrays=arrays)
        n_done = len(self.rows())
        return State(done=n_done, total=n_done, samples=Samples) if n_done else None

    def end(self) -> None:
        """Removes what was kept to go on from; the set is whole, and its digests say so.

        One that was whole before must be as it was then: otherwise `BadDataError`, as of `check`.
        """
        self._state.unlink(missing_ok=True)
        if self.is_whole:
            self.check()
        else:
            self._remove_unnamed()
            write_digests(self.folder)

    @property
    def is_whole(self) -> bool:
        """Whether the set was made to its end, which its digests say."""
        return isinstance(read_object(self.folder / _CONFIG).get(DIGESTS), dict)

    def _remove_unnamed(self) -> None:
        """Images of labels that were learned otherwise since: they lie where no line looks."""
        named = {self.images / row.file_name for row in self.rows()}
        for path in self.images.rglob("*.png"):
            if path not in named:
                path.unlink()
        for folder in self.images.iterdir():
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()

    def check(self) -> None:
        """Raises `BadDataError` where a file of the set is not as it was written."""
        if found := verify_set(self.folder).damaged:
            more = f" and {len(found) - 1:,} more" if len(found) > 1 else ""
            raise BadDataError(
                f"{self.folder} was changed: {found[0]}{more} Make it again, or take {DIGESTS!r} "
                "out of its config.json to use it as it is."
            )

    def _write(self, path: Path, arrays: Mapping[str, Any]) -> None:
        from safetensors.numpy import save

        write_aside(path, save({name: np.ascontiguousarray(v) for name, v in arrays.items()}))

    def _read(self, path: Path, remedy: str) -> dict[str, np.ndarray]:
        from safetensors import SafetensorError
        from safetensors.numpy import load

        try:
            return load(path.read_bytes())
        except (OSError, SafetensorError) as error:
            what = path.stem.removeprefix(ASIDE).replace("embeddings", "prototypes")
            raise BadDataError(
                f"The {what} of {self.folder} cannot be read: {error}. {remedy}"
            ) from error

    def _read_numbers(self, path: Path, remedy: str) -> dict[str, np.ndarray]:
        """As `_read`, of arrays that students compute with."""
        arrays = self._read(path, remedy)
        for name, each in arrays.items():
            if each.dtype.kind == "f" and not np.isfinite(each).all():
                raise BadDataError(
                    f"In {self.folder} {path.name} holds values that are no numbers, under "
                    f"{name!r}. {remedy}"
                )
        return arrays

    def digest(self) -> str:
        """Another one for another set: of all that its files hold, the card apart."""
        return json_digest(_digests(self.folder))

    def settings(self) -> dict[str, Any]:
        """What config.json says."""
        return _settings(self.folder / _CONFIG)

    def write_card(self, text: str) -> None:
        write_aside(self.folder / "README.md", text.encode())


def write_digests(folder: Path) -> None:
    """Notes in config.json what the files of a set hold; the card, to which scores come, apart."""
    path = folder / _CONFIG
    write_aside(path, as_file({**_settings(path), DIGESTS: _digests(folder)}))


def _digests(folder: Path) -> dict[str, str]:
    """Of the files of a set, by name; of its settings, without digests that stand beside them."""
    files = sorted(each for each in folder.rglob("*") if each.is_file())
    names = {each.relative_to(folder).as_posix(): each for each in files}
    digests = {
        name: file_digest(each)
        for name, each in names.items()
        if name not in ("README.md", _CONFIG) and ASIDE not in name
    }
    return {**digests, _CONFIG: json_digest(_settings(folder / _CONFIG))}


def verify_set(folder: Path) -> Verified:
    """Reads through every file of a set; one from before digests were kept is not recorded."""
    path = folder / _CONFIG
    found = read_object(path).get(DIGESTS)
    if not isinstance(found, dict):
        return Verified(0, 1, [])
    digests = {name: str(digest) for name, digest in found.items()}
    for name in digests:
        require_inside(name)
    is_same = digests.pop(_CONFIG, "") == json_digest(_settings(path))
    damaged = [] if is_same else [f"{changed(_CONFIG)}."]
    damaged += changed_files(folder, digests)
    return Verified(len(digests) + 1 - len(damaged), 0, damaged)


def as_file(values: Mapping[str, Any]) -> bytes:
    """JSON as it stands in a file that people read, too."""
    return (json.dumps(values, indent=2, ensure_ascii=False) + "\n").encode()


def _settings(path: Path) -> dict[str, Any]:
    values = read_object(path)
    values.pop(DIGESTS, None)
    return values


def as_image(pixels: Image.Image | np.ndarray) -> Image.Image:
    """An image as people open it; (3, H, W) values outside [0, 1] are clipped."""
    if isinstance(pixels, Image.Image):
        return pixels
    levels = np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(levels.transpose(1, 2, 0)))
