"""Embeds a split: each image is read once, each different caption once, and work can go on."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from explorer.engine.engine import HERE, Engine, Piece, map_to_pieces, shards_of
from explorer.engine.image_pass import Network, pass_over
from explorer.engine.ordered import in_order
from explorer.models.bundles import Bundle
from explorer.models.fingerprint import fingerprint as model_fingerprint
from explorer.models.loaded import Models
from explorer.progress import Measured, Progress, Report, within
from explorer.steps.earlier import Earlier, earlier
from explorer.steps.embeddings import Embedded, as_embedded
from explorer.store.chunks import Chunks
from explorer.store.ragged import pack_texts
from explorer.store.rates import on
from explorer.store.step import Computed, Step, Work, make_key
from explorer.store.store import Store
from explorer.store.writing import make_array
from explorer.types import Pairs

if TYPE_CHECKING:
    from explorer.models.clip import Encoder

VERSION = 3
_OF_IMAGES = ("picture", "image", "thumbnail", "thumbnail_offsets")
"""Arrays that captions decide nothing of."""
TEXT_PIECE = 4096
"""Captions per file of the scratch folder."""
TEXT_BATCH = 256
"""Captions per call of the encoder."""


def embed(
    pairs: Pairs,
    bundle: Bundle,
    device: str = "auto",
    engine: Engine = HERE,
    store: Store | None = None,
) -> Step[Embedded]:
    """CLIP embeddings of all images and captions of a split.

    Images that cannot be read are left out with their captions, counted and listed; more than
    a fifth of them is a `BadDataError`. Captions longer than the encoder's context are cut, and
    counted. What a `store` holds of the same images and captions by this encoder is taken over.
    """

    encoder_name = model_fingerprint(bundle.encoder)
    model = on(device, encoder_name)

    def compute(scratch: Path, report: Report) -> Computed:
        report(0.0, f"Loading the encoder of {bundle.label}")
        from explorer.models.clip import load_encoder  # late: importing it takes seconds

        encoder = load_encoder(bundle, device)
        before, same = earlier_ones(), of_same_images()
        seen = same or _see(scratch, pairs, encoder, engine, before, within(report, 0.0, 0.85))
        number = np.asarray(seen.arrays["picture"])
        rows, image_of_caption = readable_captions(pairs, number)
        captions = [pairs.captions[m] for m in rows]
        telling, known = within(report, 0.85, 1.0), before.captions(set(captions))
        caption, measured = embed_captions(scratch, captions, encoder, telling, engine, known)
        columns = _columns(captions, [pairs.image_names[i] for i in number])
        columns["image_of_caption"] = image_of_caption
        pieces = range(0, len(captions), TEXT_PIECE)
        n_cut = sum(encoder.count_truncated(captions[m : m + TEXT_PIECE]) for m in pieces)
        notes = {**seen.notes, "truncated": n_cut}
        spent = {("embed", model): seen.measured, ("read", model): measured}
        return Computed({**seen.arrays, **columns, "caption": caption}, notes, spent)

    def earlier_ones() -> Earlier:
        others = partial(store.others, step, "pairs", "digest") if store else lambda wanted: ()
        return earlier(pairs, others)

    def of_same_images() -> _Seen | None:
        return _of_same_images(pairs, inputs, store) if store and pairs.same_images else None

    cost = (
        Work("embed", "images to read", pairs.n_images, "embed", model),
        Work("embed", "captions to read", pairs.n_captions, "read", model),
    )
    inputs = {"pairs": pairs.fingerprint, "encoder": encoder_name}
    left = partial(_left, pairs, earlier_ones, of_same_images, cost)
    step = Step("embed", VERSION, inputs, compute, as_embedded, cost, left)
    return step


def _left(
    pairs: Pairs,
    earlier_ones: Callable[[], Earlier],
    of_same_images: Callable[[], "_Seen | None"],
    cost: tuple[Work, Work],
) -> tuple[Work, ...]:
    """What of the cost is to be done: of captions each different one that is new."""
    before, same = earlier_ones(), of_same_images()
    if not before.results and not same:
        return cost
    images, captions = cost
    words = set(pairs.captions)
    n_known = pairs.n_images if same else before.n_images_known(pairs.n_images)
    return (
        images._replace(n=pairs.n_images - n_known),
        captions._replace(n=len(words) - len(before.captions(words))),
    )


class _Seen(NamedTuple):
    """What is known of the images of a split."""

    arrays: dict[str, np.ndarray | Path]
    notes: dict[str, Any]
    measured: Measured


def _of_same_images(pairs: Pairs, inputs: Mapping[str, Any], store: Store) -> _Seen | None:
    """What was kept of the split that has the same images, by the same encoder."""
    key = make_key("embed", VERSION, {**inputs, "pairs": pairs.same_images})
    found = store.by_key("embed", key)
    if found is None:
        return None
    arrays: dict[str, np.ndarray | Path] = {name: found.arrays[name] for name in _OF_IMAGES}
    notes = {"skipped": found.notes["skipped"], "images_of": key}
    return _Seen(arrays, notes, Measured(0.0, 0))


def _see(
    scratch: Path,
    pairs: Pairs,
    encoder: "Encoder",
    engine: Engine,
    before: Earlier,
    report: Report,
) -> _Seen:
    """Looks at the images, but those that were embedded `before`."""
    found = pass_over(
        scratch,
        pairs,
        range(pairs.n_images),
        [_reading(encoder)],
        "Embedding images",
        report,
        thumbnails=True,
        engine=engine,
        known=before.image,
    )
    number = np.load(found.arrays["picture"])
    return _Seen({**found.arrays, "picture": number}, {"skipped": found.skipped}, found.measured)


def _reading(encoder: "Encoder") -> Network:
    from explorer.models.batches import stack  # late: importing it takes seconds

    return Network(
        "image",
        encoder.prepare,
        lambda prepared: encoder.embed_images(stack(prepared)),
        encoder.workers,
    )


def embed_texts(
    captions: Sequence[str], models: Models, engine: Engine = HERE, stage: str = "evaluate"
) -> Step[np.ndarray]:
    """CLIP embeddings (M, D) of captions alone, by their words; a stage waits for them."""
    encoder_name = model_fingerprint(models.bundle.encoder)
    model = on(models.device, encoder_name)

    def compute(scratch: Path, report: Report) -> Computed:
        caption, measured = embed_captions(scratch, captions, models.encoder, report, engine)
        return Computed({"caption": caption}, spent={("read", model): measured})

    words = hashlib.sha256("\0".join(captions).encode()).hexdigest()
    inputs = {"captions": words, "encoder": encoder_name}
    cost = (Work(stage, "captions to read", len(captions), "read", model),)
    return Step("captions", 1, inputs, compute, lambda entry: entry.arrays["caption"], cost)


def readable_captions(pairs: Pairs, number: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The captions of the images that could be read, whose (n,) numbers in `pairs` rise.

    Returns:
        rows: (m,) int, their captions in `pairs`.
        image_of_caption: (m,) int64 in [0, n).
    """
    rows = np.flatnonzero(np.isin(pairs.image_of_caption, number))
    return rows, np.searchsorted(number, pairs.image_of_caption[rows])


def embed_captions(
    scratch: Path,
    captions: Sequence[str],
    encoder: "Encoder",
    report: Report,
    engine: Engine = HERE,
    known: Mapping[str, np.ndarray] | None = None,
) -> tuple[Path, Measured]:
    """Writes (M, D) float32 embeddings; equal captions are embedded once, `known` ones never.

    Returns:
        path: Of the embeddings.
        measured: What the captions took that were embedded now.
    """
    known = known or {}
    new = (text for text in dict.fromkeys(captions) if text not in known)
    different = sorted(new, key=len)  # a batch costs what its longest costs
    chunks, shards = Chunks(scratch / "captions"), shards_of(len(different), TEXT_PIECE)
    n_done = sum(len(shard) for number, shard in enumerate(shards) if chunks.has(number))
    progress = Progress(report, "Embedding captions", len(different), already=n_done)

    def read(shard: range) -> Piece:
        piece, parts = different[shard.start : shard.stop], []
        batches = [piece[first : first + TEXT_BATCH] for first in range(0, len(piece), TEXT_BATCH)]
        for part in in_order(encoder.embed_captions, batches, encoder.workers):
            parts.append(part)
            progress.add(len(part))
        return Piece({"caption": np.concatenate(parts)})

    n_pieces = sum(1 for _ in map_to_pieces(engine, read, shards, chunks))
    measured = progress.measured
    made: Sequence[np.ndarray] = ()
    if n_pieces:
        joined = np.load(chunks.join("caption", n_pieces, scratch / "different.npy"), mmap_mode="r")
        made = joined.view(np.ndarray)  # whose rows are plain arrays
    row_of = {**known, **dict(zip(different, made, strict=True))}
    return _spread([row_of[text] for text in captions], scratch / "caption.npy"), measured


def _spread(rows: Sequence[np.ndarray], path: Path) -> Path:
    """Writes rows of files block by block, because they may be larger than the memory."""
    spread = make_array(path, rows[0].dtype, (len(rows), len(rows[0])))
    for start in range(0, len(rows), TEXT_PIECE):
        block = slice(start, start + TEXT_PIECE)
        spread[block] = np.stack(rows[block])
    spread.flush()
    return path


def _columns(captions: Sequence[str], names: Sequence[str]) -> dict[str, np.ndarray]:
    text, text_offsets = pack_texts(captions)
    name, name_offsets = pack_texts(names)
    return {
        "caption_text": text,
        "caption_text_offsets": text_offsets,
        "name": name,
        "name_offsets": name_offsets,
    }
