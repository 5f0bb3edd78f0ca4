"""Embeds a split: each picture is read once, each different caption once, and work can go on."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from explorer.models.bundles import Bundle
from explorer.pipeline.ahead import in_order
from explorer.pipeline.chunks import Chunks
from explorer.pipeline.columns import pack_texts
from explorer.pipeline.progress import Measured, Progress, within
from explorer.pipeline.rates import Rates, on
from explorer.pipeline.stages.embedded import EMBED, Embedded, as_embedded, embed_inputs
from explorer.pipeline.stages.embedded import fingerprint as model_fingerprint
from explorer.pipeline.stages.pictures import Network, pass_over
from explorer.pipeline.store import Computed, Store
from explorer.pipeline.studio import Studio
from explorer.types import Pairs, Report, silent

if TYPE_CHECKING:
    from explorer.models.clip import Encoder

TEXT_PIECE = 4096
"""Captions per file of the scratch folder."""
TEXT_BATCH = 256
"""Captions per call of the encoder."""


def embed(
    store: Store, pairs: Pairs, bundle: Bundle, device: str = "auto", report: Report = silent
) -> Embedded:
    """CLIP embeddings of all pictures and captions of a split; cached.

    Pictures that cannot be read are left out with their captions, counted and listed; more than
    a fifth of them is a `BadDataError`. Captions longer than the encoder's context are cut, and
    counted.
    """

    def compute(scratch: Path) -> Computed:
        report(0.0, f"Loading the encoder of {bundle.label}")
        from explorer.models.batches import stack  # late: importing it takes seconds
        from explorer.models.clip import load_encoder

        encoder = load_encoder(bundle, device)
        network = Network(
            "image",
            encoder.prepare,
            lambda prepared: encoder.embed_images(stack(prepared)),
            encoder.workers,
        )
        found = pass_over(
            scratch,
            pairs,
            range(pairs.n_images),
            [network],
            "Embedding pictures",
            within(report, 0.0, 0.85),
            thumbnails=True,
        )
        picture = np.load(found.arrays["picture"])
        rows, image_of_caption = readable_captions(pairs, picture)
        captions = [pairs.captions[m] for m in rows]
        caption, measured = embed_captions(scratch, captions, encoder, within(report, 0.85, 1.0))
        model = on(device, model_fingerprint(bundle.encoder))
        Rates(store).note("embed", model, found.measured)
        Rates(store).note("read", model, measured)
        columns = _columns(captions, [pairs.image_names[i] for i in picture])
        columns["image_of_caption"] = image_of_caption
        pieces = range(0, len(captions), TEXT_PIECE)
        n_cut = sum(encoder.count_truncated(captions[m : m + TEXT_PIECE]) for m in pieces)
        notes = {"skipped": found.skipped, "truncated": n_cut}
        return {**found.arrays, **columns, "caption": caption}, notes

    return as_embedded(store.fetch(*EMBED, embed_inputs(pairs, bundle), compute, report))


def embed_texts(
    store: Store,
    captions: Sequence[str],
    studio: Studio,
    report: Report = silent,
) -> np.ndarray:
    """CLIP embeddings (M, D) of captions alone; cached by their words."""
    model = model_fingerprint(studio.bundle.encoder)

    def compute(scratch: Path) -> Computed:
        caption, measured = embed_captions(scratch, captions, studio.encoder, report)
        Rates(store).note("read", on(studio.device, model), measured)
        return {"caption": caption}, {}

    words = hashlib.sha256("\0".join(captions).encode()).hexdigest()
    inputs = {"captions": words, "encoder": model}
    return store.fetch("captions", 1, inputs, compute, report).arrays["caption"]


def readable_captions(pairs: Pairs, picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The captions of the pictures that could be read.

    Args:
        pairs: All pictures and captions.
        picture: (n,) int64, rising numbers of the pictures that could be read.

    Returns:
        rows: (m,) int, their captions in `pairs`.
        image_of_caption: (m,) int64 in [0, n).
    """
    rows = np.flatnonzero(np.isin(pairs.image_of_caption, picture))
    return rows, np.searchsorted(picture, pairs.image_of_caption[rows])


def embed_captions(
    scratch: Path, captions: Sequence[str], encoder: "Encoder", report: Report
) -> tuple[Path, Measured]:
    """Writes (M, D) float32 embeddings; equal captions are embedded once.

    Returns:
        path: Of the embeddings.
        measured: What the captions took that were embedded now.
    """
    different = sorted(dict.fromkeys(captions), key=len)  # a batch costs what its longest costs
    chunks = Chunks(scratch / "captions")
    starts = range(0, len(different), TEXT_PIECE)
    n_done = sum(len(different[s : s + TEXT_PIECE]) for n, s in enumerate(starts) if chunks.has(n))
    progress = Progress(report, "Embedding captions", len(different), already=n_done)
    for number, start in enumerate(starts):
        if chunks.has(number):
            continue
        piece = different[start : start + TEXT_PIECE]
        batches = [piece[first : first + TEXT_BATCH] for first in range(0, len(piece), TEXT_BATCH)]
        parts = []
        for part in in_order(encoder.embed_captions, batches, encoder.workers):
            parts.append(part)
            progress.add(len(part))
        chunks.write(number, {"caption": np.concatenate(parts)}, {})
    measured = progress.measured
    joined = np.load(chunks.join("caption", len(starts), scratch / "different.npy"), mmap_mode="r")
    row_of = {text: row for row, text in enumerate(different)}
    rows = np.array([row_of[text] for text in captions])
    return _spread(joined, rows, scratch / "caption.npy"), measured


def _spread(joined: np.ndarray, rows: np.ndarray, path: Path) -> Path:
    """Writes joined[rows] block by block, because it may be larger than the memory."""
    shape = (len(rows), joined.shape[1])
    spread = np.lib.format.open_memmap(path, "w+", dtype=joined.dtype, shape=shape)
    for start in range(0, len(rows), TEXT_PIECE):
        block = slice(start, start + TEXT_PIECE)
        spread[block] = joined[rows[block]]
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
