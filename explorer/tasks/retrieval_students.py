"""One student: trained on a small set, its epoch chosen, its recall on test measured; cached."""

import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from explorer.core.retrieval import partner_ranks, recall_from_ranks
from explorer.errors import ConfigError
from explorer.progress import Emit, Measured, Report
from explorer.settings import Settings, setting
from explorer.store.rates import on
from explorer.store.step import Computed, Entry, Step
from explorer.tasks.task import Metric
from explorer.types import Recall

if TYPE_CHECKING:
    from explorer.learn.networks.heads import Towers

KS = (1, 5, 10)
_EACH_WAY = (
    *(Metric(f"ir@{k}", f"IR@{k}", group="text to image") for k in KS),
    *(Metric(f"tr@{k}", f"TR@{k}", group="image to text") for k in KS),
)
WHOLE = "whole"
"""The student of which all weights of the image network are trained."""
METRICS = (
    Metric("recall", "Mean recall", mean_of=tuple(each.name for each in _EACH_WAY)),
    *_EACH_WAY,
)
"""Recall in percent."""
LOOKED = ("recall", *(f"{way}@{k}" for way in ("tr", "ir") for k in KS))
"""The columns of a look that is kept."""
N_LOOKS = 11
"""Looks at the split that the epoch is chosen on: at the first epoch, the last, and between."""


class RetrievalConfig(Settings):
    """How a student is trained on pairs and scored."""

    protocol: str = setting(
        "Protocol",
        "`honest` chooses the epoch on val and looks at test once; `paper` reports the best of 11 "
        "looks at test, as the published numbers do.",
        choices=("honest", "paper"),
        default="honest",
    )
    backbones: tuple[str, ...] = setting(
        "Networks",
        "Frozen image networks by name that students are trained on; none means the bundle's own.",
        on_form=False,
        default=(),
    )
    student: str = setting(
        "Student",
        "What is trained: a `projection` of texts to the features of frozen networks, as the "
        "reference does; two `heads` over these, one for each side, which also heed learned "
        "similarity; or the `whole` network and a head of texts, which takes minutes for each and "
        "often a lower learning rate.",
        choices=("projection", "heads", WHOLE),
        default="projection",
    )
    text: str = setting(
        "Text that is read",
        "What the student reads: the embedding of the stored `caption`, or the stored `prototype` "
        "with whatever else was learned beyond images and words.",
        choices=("caption", "prototype"),
        default="caption",
    )
    views: int = setting(
        "Cropped views",
        "Copies of each image of the set, each cropped at random to 60 to 100 % of its area; a "
        "student sees one of them, drawn anew in each step. 0 for images as they are.",
        at_least=0,
        at_most=100,
        default=0,
    )
    n_seeds: int = setting(
        "Students per network",
        "Students per backbone, each from its own random start.",
        at_least=1,
        at_most=100,
        option="seeds",
        default=5,
    )
    epochs: int = setting("Epochs", "Passes over the distilled set.", at_least=10, default=100)
    batch_size: int = setting("Batch size", "Pairs per step.", at_least=2, default=128)
    learning_rate: float = setting(
        "Learning rate",
        "Of SGD with momentum; a tenth of it in the second half.",
        above=0,
        default=0.2,
    )


class Seen(NamedTuple):
    """Pairs as a student sees them."""

    key: str
    image: np.ndarray
    """(N, F) features of one backbone, or (V, N, F) of views of each; what a whole one is shown:
    (N, S, S, 3) uint8, or (V, N, S, S, 3), or (N, 3, H, W) learned levels."""
    text: np.ndarray  # (M, D) embeddings
    image_of_caption: np.ndarray  # (M,) int64 in [0, N)
    similarity: np.ndarray | None = None  # (M, M) learned, rows images; None for the identity
    contrast: str | None = None  # the loss of two heads; None for the usual one
    rates: tuple[float, float] | None = None  # learned, of an image and a text side
    network: tuple[str, str] | None = None  # as `load_backbone` takes it, where it is trained


class Splits(NamedTuple):
    """What a student learns from and is scored on."""

    train: Seen
    selection: Seen  # where the epoch is chosen: val (honest) or test itself (paper)
    test: Seen


class Score(NamedTuple):
    seed: int
    epoch: int  # the chosen one
    recall: Recall  # on test, at that epoch


class Student(NamedTuple):
    """A student that was trained."""

    score: Score
    loss: np.ndarray  # (epochs + 1,)
    recall: np.ndarray  # (looks, 7) in percent, as `LOOKED` names them
    ranks: tuple[np.ndarray, np.ndarray] | None  # on test as of `partner_ranks`, where kept


def student(
    splits: Splits,
    config: RetrievalConfig,
    backbone: str,
    seed: int,
    emit: Emit,
    keeps_ranks: bool = False,
) -> Step[Student]:
    """Trains one student and scores it, emitting its curves."""

    def compute(scratch: Path, report: Report) -> Computed:
        computed = _train(splits, config, backbone, seed, emit)
        dropped = () if keeps_ranks else ("image_rank", "caption_rank")
        kept = {name: each for name, each in computed.arrays.items() if name not in dropped}
        return computed._replace(arrays=kept)

    def read(entry: Entry) -> Student:
        ways = {way: {int(k): v for k, v in entry.notes[way].items()} for way in Recall._fields}
        score = Score(seed, entry.notes["epoch"], Recall(**ways))
        arrays = entry.arrays
        ranks = (arrays["image_rank"], arrays["caption_rank"]) if keeps_ranks else None
        return Student(score, arrays["loss"], arrays["recall"], ranks)

    own = {**vars(config), "backbones": None, "n_seeds": None}
    if config.student == "projection":
        del own["student"]  # as it was when there was no other
    if not config.views:
        del own["views"]  # likewise
    inputs = {
        "splits": [split.key for split in splits],
        "backbone": backbone,
        "config": own,
        "seed": seed,
    }
    return Step("student", 2 if keeps_ranks else 1, inputs, compute, read)


def tell_student(
    found: Student, config: RetrievalConfig, backbone: str, seed: int, emit: Emit
) -> None:
    """Emits the curves of a student that was trained before, as its training did."""
    for values in _curves(found, config):
        emit("metric", {"backbone": backbone, "seed": seed, **values})


def look_epochs(epochs: int) -> list[int]:
    """The epochs at which a student is looked at.

    Examples:
        >>> look_epochs(100)
        [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]
    """
    return sorted({round(epochs * look / (N_LOOKS - 1)) for look in range(N_LOOKS)})


def training_work(n_pairs: int, config: RetrievalConfig) -> int:
    """What training one student takes: steps, or images that pass through a whole network.

    Examples:
        >>> training_work(129, RetrievalConfig(epochs=10, batch_size=128))
        22
        >>> training_work(129, RetrievalConfig(epochs=10, student="whole"))
        1419
    """
    n = n_pairs if config.student == WHOLE else math.ceil(n_pairs / config.batch_size)
    return (config.epochs + 1) * n


def looking_work(n_images: int, n_captions: int, config: RetrievalConfig) -> int:
    """What its looks at a split take: scores, or images that pass through a whole network."""
    each = n_images * (1 if config.student == WHOLE else n_captions)
    return len(look_epochs(config.epochs)) * each


def train_on(
    train: Seen, config: RetrievalConfig, seed: int, on_epoch: Callable[[int, float, Any], None]
) -> Any:
    """Trains the student that the settings name; `on_epoch` takes pass, loss and the student.

    Whichever it is, it places images with `see` and texts with `project`.
    """
    from explorer.learn.students.student import train_student
    from explorer.learn.students.two_sided import train_sides

    rate = config.learning_rate
    passes = {"epochs": config.epochs, "batch_size": config.batch_size}
    if config.student == "projection":
        image = train.image[..., train.image_of_caption, :]
        return train_student(
            image, train.text, **passes, learning_rate=rate, seed=seed, on_epoch=on_epoch
        )
    return train_sides(
        _sides(train),
        train.image,
        train.text,
        train.image_of_caption,
        train.similarity,
        train.contrast,
        **passes,
        learning_rates=train.rates or (rate, rate),
        seed=seed,
        on_epoch=on_epoch,
    )


def _sides(train: Seen) -> "Towers":
    from explorer.learn.networks.whole import whole_over
    from explorer.learn.students.two_sided import heads_over
    from explorer.models.backbones import load_backbone

    if train.network:
        return whole_over(load_backbone(*train.network), train.text.shape[1])
    return heads_over(train.image.shape[-1], train.text.shape[1])


def rate_name(backbone: str, config: RetrievalConfig, device: str) -> str:
    """What the time of students is noted under; heads are trained on the CPU."""
    if config.student == "projection":
        return backbone
    named = f"{backbone}, {config.student}"
    return on(device, named) if config.student == WHOLE else named


def _train(
    splits: Splits, config: RetrievalConfig, backbone: str, seed: int, emit: Emit
) -> Computed:
    about = {"backbone": backbone, "seed": seed}
    looks = look_epochs(config.epochs)
    losses, recalls = [], []
    best_epoch, best_mean, best = 0, -1.0, None
    start, seconds_looking = time.monotonic(), 0.0

    def on_epoch(epoch: int, loss: float, student: Any) -> None:
        nonlocal best_epoch, best_mean, best, seconds_looking
        if config.student == WHOLE and not math.isfinite(loss):
            lower = "start_rate, and learn the set anew" if splits.train.rates else "learning_rate"
            raise ConfigError(f"The loss of a student is no number any more: lower {lower}.")
        losses.append(loss)
        emit("metric", {**about, "epoch": epoch, "loss": loss})
        if epoch not in looks:
            return
        before = time.monotonic()
        recall = _recall(splits.selection, *_placed(student, splits.selection))
        seconds_looking += time.monotonic() - before
        recalls.append(_flat(recall))
        emit("metric", {**about, "epoch": epoch, **_named(recalls[-1], config)})
        if recall.mean > best_mean:  # the student is kept, but not scored before the end
            best_epoch, best_mean, best = epoch, recall.mean, student.kept()

    train_on(splits.train, config, seed, on_epoch)
    seconds = time.monotonic() - start - seconds_looking
    steps = training_work(len(splits.train.text), config)
    n_scores = looking_work(len(splits.selection.image), len(splits.selection.text), config)
    _, device = splits.train.network or ("", "")
    by = rate_name(backbone, config, device)
    spent = {
        ("train", by): Measured(seconds, steps),
        ("look", by): Measured(seconds_looking, n_scores),
    }
    image, text = _placed(best, splits.test)
    image_rank, caption_rank = partner_ranks(image @ text.T, splits.test.image_of_caption)
    recall = recall_from_ranks(image_rank, caption_rank, KS)
    arrays = {
        "loss": np.array(losses),
        "recall": np.array(recalls),
        "image_rank": image_rank.astype(np.int32),
        "caption_rank": caption_rank.astype(np.int32),
    }
    return Computed(arrays, {"epoch": best_epoch, **recall._asdict()}, spent)


def look_at(train: Seen, val: Seen, config: RetrievalConfig) -> dict[str, float]:
    """What one student scores on val after its last pass, by the names of a look."""
    student = train_on(train, config, 0, lambda epoch, loss, student: None)
    recall = _flat(_recall(val, *_placed(student, val)))
    return {name: float(value) for name, value in zip(LOOKED, recall, strict=True)}


def _placed(student: Any, split: Seen) -> tuple[np.ndarray, np.ndarray]:
    """(N, d) images and (M, d) texts as the student sees them."""
    return student.see(split.image), student.project(split.text)


def _recall(split: Seen, image: np.ndarray, text: np.ndarray) -> Recall:
    return recall_from_ranks(*partner_ranks(image @ text.T, split.image_of_caption), KS)


def _flat(recall: Recall) -> list[float]:
    return [recall.mean, *recall.image_to_text.values(), *recall.text_to_image.values()]


def _named(values: list[float], config: RetrievalConfig) -> dict[str, str | float]:
    """Recall as an event; `split` says what was looked at."""
    split = "val" if config.protocol == "honest" else "test"
    return {"split": split, **{n: float(v) for n, v in zip(LOOKED, values, strict=True)}}


def _curves(found: Student, config: RetrievalConfig) -> Iterator[dict[str, str | float]]:
    """The events that training emitted, in the same order."""
    looks = iter(found.recall.tolist())
    epochs = look_epochs(config.epochs)
    for epoch, loss in enumerate(found.loss.tolist()):
        yield {"epoch": epoch, "loss": loss}
        if epoch in epochs:
            yield {"epoch": epoch, **_named(next(looks), config)}
