"""Figures from a paper, to stand beside `paper` results on the same data, and never among them."""

import re
from dataclasses import dataclass
from pathlib import Path

from explorer.models.bundles import find_bundle
from explorer.runs.config import RunConfig

SOURCE = "Choi, Mo and Chae, ICLR 2026 (arXiv 2602.19756), distilled with CLIP ViT-L/14"
MEASURES = ("IR@1", "IR@10", "TR@1", "TR@10")


@dataclass(frozen=True)
class PublishedRow:
    """One figure of the paper."""

    network: str
    n_pairs: int
    method: str
    recall: dict[str, float]  # in percent, by measure


def published_for(config: RunConfig) -> list[PublishedRow]:
    """What the paper says of the data and the models of a run; nothing for other students."""
    way = config.evaluation
    theirs = {"protocol": "paper", "student": "projection", "text": "prototype"}
    others = set(getattr(way, "backbones", ())) - set(find_bundle(config.bundle).backbones)
    if others or any(getattr(way, name, "") != value for name, value in theirs.items()):
        return []
    name = re.sub(r"[^a-z0-9]", "", Path(config.data.removeprefix("hf:")).name.lower())
    same = name.startswith("flickr30k") and config.bundle == "vit-l-14" and not config.encoder
    return _FLICKR30K if same else []


def _read(network: str, n_pairs: int, table: str) -> list[PublishedRow]:
    lines = [line.strip().rsplit(maxsplit=len(MEASURES)) for line in table.strip().splitlines()]
    return [
        PublishedRow(network, n_pairs, method, dict(zip(MEASURES, recall, strict=True)))
        for method, *numbers in lines
        for recall in [map(float, numbers)]
    ]


_FLICKR30K = [
    *_read(
        "ResNet-50",
        100,
        """
        PDS            7.9 37.3 10.2 39.0
        LoRS           6.3 28.0  9.1 34.5
        TESLA-VL       4.1 22.9  6.5 27.3
        Herding        3.6 20.1  6.7 28.2
        K-center       2.9 16.8  5.3 24.1
        CLIP score     2.5 14.5  4.7 18.9
        """,
    ),
    *_read(
        "ResNet-50",
        300,
        """
        PDS           14.4 51.4 18.7 57.8
        TESLA-VL      10.3 40.6 14.9 48.8
        LoRS           8.6 33.5 14.7 44.1
        """,
    ),
    *_read(
        "ViT-Ti/16",
        100,
        """
        PDS            6.8 28.5  6.6 26.9
        LoRS           2.8 16.1  5.2 20.5
        TESLA-VL       2.1 13.1  2.6 13.7
        """,
    ),
    *_read(
        "ViT-Ti/16",
        300,
        """
        PDS            9.1 38.4  9.6 37.5
        TESLA-VL       5.1 24.5  6.1 27.3
        LoRS           4.1 20.7  6.2 25.7
        """,
    ),
]
