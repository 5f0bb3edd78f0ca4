"""Prepared data in the shapes that the page's scripts read. Nothing is computed here but counts."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import asdict
from typing import cast

import numpy as np

from explorer.errors import TOLD
from explorer.explore import points
from explorer.explore.dataset import Prepared
from explorer.explore.inspector import PrototypeCard, make_card
from explorer.steps.embeddings import SPACES
from explorer.types import Dataset
from explorer.ui import wire

LOOKED_AT = 60
"""Nearest captions that are looked at for distinct ones: people describe images alike."""
IMAGES = 7
"""Nearest images of a card: one beside what is generated, and six below."""


def about(prepared: Prepared) -> wire.Prepared:
    """Everything about a prepared dataset but its points: /prepared/{key}."""
    return {
        "key": prepared.key,
        "name": prepared.dataset.name,
        "found": prepared.told,
        "models": prepared.config.models.label,
        "classes": prepared.classes,
        "advice": prepared.advice,
        "skipped": prepared.skipped,
        "n_images": prepared.n_images,
        "n_captions": prepared.n_captions,
        "modality_gap": prepared.modality_gap,
        "spaces": {
            space: {"note": prepared.layout_note(space)} for space in ready_spaces(prepared)
        },
        "prototypes": prototype_rows(prepared),
        "edits": [str(each) for each in prepared.edits],
        "n_undone": len(prepared.history().undone),
    }


def first_spaces(dataset: Dataset) -> tuple[str, ...]:
    """Laid out by a preparation; the others when somebody asks for them, of labelled data none."""
    return ("image",) if dataset.is_labelled else ("image", "caption")


def ready_spaces(prepared: Prepared) -> list[str]:
    """The spaces whose map is laid out; the images come first, others later."""
    return [space for space in SPACES if prepared.layout(space) is not None]


def prototype_rows(prepared: Prepared) -> list[wire.PrototypeRow]:
    """One row per prototype, for the marks on the map and the table."""
    prototypes = prepared.prototypes
    cosine = prepared.cosine
    rank = 1 + np.searchsorted(np.sort(-cosine), -cosine)  # equal ones share a rank
    columns = {
        "number": prepared.number.tolist(),
        "rank": rank.tolist(),
        "label": prepared.labels,
        "cosine": [round(each, 4) for each in cosine.tolist()],
        "n_rows": points.n_rows(prepared, "image").tolist(),
        "n_caption_rows": points.n_rows(prepared, "caption").tolist(),
        "n_shared": np.asarray(prototypes.n_shared).tolist(),
        "place": prepared.place.tolist(),
    }
    rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    return [cast(wire.PrototypeRow, row) for row in rows]


def pack_points(prepared: Prepared, space: str) -> bytes | None:
    """The points of a space as points.js unpacks them; None where they are not laid out yet.

    n and k (uint32), x and y (n float32 each), prototype (n int32, -1 for none), little-endian.
    """
    position = prepared.layout(space)
    if position is None:
        return None
    header = np.array([len(position), prepared.n_prototypes], dtype="<u4")
    place = position.T.astype("<f4")
    prototype = points.owners(prepared, space).astype("<i4")
    return header.tobytes() + place.tobytes() + prototype.tobytes()


def pack_values(prepared: Prepared, space: str, name: str) -> bytes:
    """A number for each point of a space, n float32, little-endian; NaN where it has none."""
    return points.values(prepared, space, name).astype("<f4").tobytes()


def point(prepared: Prepared, space: str, i: int) -> wire.Point:
    """What is at one point of the map: an image with its captions, or one caption."""
    image, caption = points.place(prepared, space, i)
    rows = prepared.captions_of(i) if caption is None else range(caption, caption + 1)
    similarity = prepared.similarity[rows.start : rows.stop]
    prototype = int(points.owners(prepared, space)[i])
    return {
        "image": image,
        "name": prepared.names[image],
        "captions": [prepared.captions[row] for row in rows],
        "row": rows.start,
        "similarity": [round(float(each), 4) for each in similarity],
        "is_kept": bool(prepared.is_kept[list(rows)].any()),
        "prototype": prototype if prototype >= 0 else None,
        "thumbnail": thumbnail(prepared, image),
    }


def thumbnail(prepared: Prepared, i: int) -> str | None:
    """Image i as an address that holds it, so that a card with its images is one answer.

    None where it cannot be read any more: the page then says what should be there.
    """
    try:
        return "data:image/webp;base64," + b64encode(prepared.thumbnail(i)).decode("ascii")
    except TOLD:
        return None


def _captions(prepared: Prepared, i: int) -> Iterator[str]:
    return (prepared.captions[row] for row in prepared.captions_of(i))


def card(prepared: Prepared, k: int) -> wire.Card:
    """What the inspector shows of prototype k; IndexError where there is none."""
    card = make_card(prepared, k, n_images=IMAGES, n_captions=LOOKED_AT)
    kept = prepared.kept_images.get(card.number)
    return {
        "prototype": k,
        "n_prototypes": prepared.n_prototypes,
        "number": card.number,
        "label": card.label,
        "rank": card.rank,
        "n_image_rows": card.n_image_rows,
        "n_caption_rows": card.n_caption_rows,
        "n_shared": card.n_shared,
        "cosine": card.cosine,
        "chosen_caption": card.chosen_caption,
        "alike": card.alike,
        "spread": cast(wire.Spread, card.spread._asdict()),
        "nearest_images": [
            {
                "image": i,
                "similarity": similarity,
                "to_caption": prepared.cosine_of(i, card.chosen_caption),
                "caption": next(iter(_captions(prepared, i)), ""),
                "thumbnail": thumbnail(prepared, i),
            }
            for i, similarity in card.nearest_images
        ],
        "nearest_captions": _distinct(prepared, card),
        "kept_image": asdict(kept) if kept else None,
    }


def _distinct(prepared: Prepared, card: PrototypeCard) -> list[wire.NearCaption]:
    """The nearest captions, each text once, with the chosen one among them."""
    chosen = prepared.captions[card.chosen_caption]
    rows: dict[str, tuple[int, float | None]] = {}
    for m, value in card.nearest_captions:
        rows.setdefault(prepared.captions[m], (m, value))
    rows.setdefault(chosen, (card.chosen_caption, None))
    return [
        {"row": row, "text": text, "similarity": value, "is_chosen": text == chosen}
        for text, (row, value) in rows.items()
    ]
