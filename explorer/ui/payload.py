"""Prepared data in the shapes that the page's scripts read. Nothing is computed here but counts."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from explorer.core.geometry import cosine_rows
from explorer.pipeline import points
from explorer.pipeline.prepared import Prepared, PrototypeCard
from explorer.pipeline.stages.embedded import SPACES

FIRST_SPACES = ("image", "caption")
"""Laid out by a preparation; the others when somebody asks for them."""
LOOKED_AT = 60
"""Nearest captions that are looked at for distinct ones: people describe pictures alike."""


def about(prepared: Prepared) -> dict[str, Any]:
    """Everything about a prepared dataset but its points: /prepared/{key}."""
    return {
        "key": prepared.key,
        "name": prepared.dataset.name,
        "found": prepared.dataset.found,
        "advice": prepared.advice,
        "skipped": prepared.skipped,
        "n_images": prepared.n_images,
        "n_captions": prepared.n_captions,
        "modality_gap": prepared.modality_gap,
        "spaces": {
            space: {"note": prepared.layout_note(space)} for space in ready_spaces(prepared)
        },
        "prototypes": prototype_rows(prepared),
    }


def ready_spaces(prepared: Prepared) -> list[str]:
    """The spaces whose map is laid out; the pictures come first, others later."""
    return [space for space in SPACES if prepared.layout(space) is not None]


def prototype_rows(prepared: Prepared) -> list[dict[str, Any]]:
    """One row per prototype, for the marks on the map and the table."""
    prototypes = prepared.prototypes
    cosine = cosine_rows(prototypes.image, prototypes.caption)
    image_rows, caption_rows = (points.n_rows(prepared, space) for space in ("image", "caption"))
    columns = zip(
        prepared.labels, cosine, image_rows, caption_rows, prototypes.n_shared, strict=True
    )
    return [
        {
            "label": label,
            "cosine": round(float(cosine), 4),
            "n_rows": int(n_image_rows),
            "n_caption_rows": int(n_caption_rows),
            "n_shared": int(n_shared),
        }
        for label, cosine, n_image_rows, n_caption_rows, n_shared in columns
    ]


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


def point(prepared: Prepared, space: str, i: int) -> dict[str, Any]:
    """What is at one point of the map: a picture with its captions, or one caption."""
    picture, caption = points.place(prepared, space, i)
    captions = _captions(prepared, i) if caption is None else [prepared.captions[caption]]
    prototype = int(points.owners(prepared, space)[i])
    return {
        "picture": picture,
        "name": prepared.names[picture],
        "captions": list(captions),
        "prototype": prototype if prototype >= 0 else None,
    }


def _captions(prepared: Prepared, i: int) -> Iterator[str]:
    return (prepared.captions[row] for row in prepared.captions_of(i))


def card(prepared: Prepared, k: int) -> dict[str, Any]:
    """What the inspector shows of prototype k; IndexError where there is none."""
    card = prepared.card(k, n_captions=LOOKED_AT)
    return {
        "prototype": k,
        "n_prototypes": prepared.n_prototypes,
        "label": card.label,
        "rank": card.rank,
        "cosine": card.cosine,
        "n_image_rows": card.n_image_rows,
        "n_caption_rows": card.n_caption_rows,
        "n_shared": card.n_shared,
        "nearest_images": [
            {
                "picture": i,
                "similarity": similarity,
                "caption": next(iter(_captions(prepared, i)), ""),
            }
            for i, similarity in card.nearest_images
        ],
        "nearest_captions": _distinct(prepared, card),
    }


def _distinct(prepared: Prepared, card: PrototypeCard) -> list[dict[str, Any]]:
    """The nearest captions, each text once, with the chosen one among them."""
    chosen = prepared.captions[card.chosen_caption]
    similarity: dict[str, float | None] = {}
    for m, value in card.nearest_captions:
        similarity.setdefault(prepared.captions[m], value)
    similarity.setdefault(chosen, None)
    return [
        {"text": text, "similarity": value, "is_chosen": text == chosen}
        for text, value in similarity.items()
    ]
