"""The loaded models of a bundle: images on request, and how well they fit."""

import time
from collections.abc import Sequence
from functools import cached_property
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from PIL import Image

from explorer.config import SynthesisConfig
from explorer.core.geometry import cosine_rows
from explorer.models.bundles import Bundle
from explorer.models.fingerprint import fingerprint
from explorer.progress import Report, silent
from explorer.types import Samples

if TYPE_CHECKING:
    from explorer.models.clip import Encoder
    from explorer.models.unclip import Decoder


class Subject(NamedTuple):
    """What is drawn."""

    number: int  # of the prototype; part of the seeds
    image: np.ndarray  # (D,) float32, image prototype
    text: str  # the caption that goes with it
    caption: np.ndarray  # (D,) float32, its embedding


class Drawn(NamedTuple):
    """One image drawn on request."""

    image: Image.Image
    seed: int
    similarity_to_prototype: float  # cosine of its CLIP embedding and the image prototype
    similarity_to_caption: float  # cosine of its CLIP embedding and the stored caption's
    seconds: float  # its share of the time that the drawing took


class Cancelled(Exception):
    """Somebody asked for the drawing to stop."""


class Models:
    """Loads a bundle's models on first use and keeps them; may be used from several threads."""

    def __init__(self, bundle: Bundle, device: str = "auto") -> None:
        self.bundle, self.device = bundle, device
        self._loading, self._drawing = Lock(), Lock()

    def __reduce__(self) -> Any:
        return Models, (self.bundle, self.device)  # another process loads them when it needs them

    @cached_property
    def decoder_key(self) -> str:
        """Identifies the decoder's weights."""
        return fingerprint(self.bundle.decoder)

    @property
    def encoder(self) -> "Encoder":
        with self._loading:
            return self._encoder

    @property
    def decoder(self) -> "Decoder":
        with self._loading:
            return self._decoder

    @cached_property
    def _encoder(self) -> "Encoder":
        from explorer.models.clip import load_encoder

        return load_encoder(self.bundle, self.device)

    @cached_property
    def _decoder(self) -> "Decoder":
        from explorer.models.unclip import load_decoder

        return load_decoder(self.bundle, self.device)

    def load(self) -> None:
        """Loads both models now, so that the first image does not wait for them."""
        _ = self.decoder, self.encoder

    def embed_images(self, images: Sequence[Image.Image]) -> np.ndarray:
        """CLIP embeddings (n, D), not normalised."""
        from explorer.models.batches import stack

        return self.encoder.embed_images(stack([self.encoder.prepare(each) for each in images]))

    def embed_captions(self, captions: Sequence[str]) -> np.ndarray:
        """CLIP embeddings (n, D), not normalised."""
        return self.encoder.embed_captions(list(captions))

    def learned_texts(self, learned: Samples) -> np.ndarray | None:
        """(K, D): what students read of learned texts; None where none were learned.

        Raises:
            ConfigError: They are embeddings of tokens, which the encoder here does not take.
        """
        if learned.text_embeddings is None and learned.token_embeddings is not None:
            return self.encoder.embed_tokens(learned.token_embeddings)
        return learned.text_embeddings

    def draw(
        self,
        subject: Subject,
        config: SynthesisConfig,
        seeds: Sequence[int],
        cancel: Event | None = None,
        report: Report = silent,
    ) -> list[Drawn]:
        """Draws an image for each seed, as `image_seed` makes them, and not for that of the config.

        Raises:
            Cancelled: `cancel` was set; it is looked at between steps.
        """

        def on_step(done: int, total: int) -> None:
            if cancel is not None and cancel.is_set():
                raise Cancelled
            report(done / total, f"Drawing: step {done} of {total}")

        n = len(seeds)
        rows, captions = np.tile(subject.image, (n, 1)), np.tile(subject.caption, (n, 1))
        if "_decoder" not in vars(self):
            report(0.0, f"Loading the decoder of {self.bundle.label}")
        decoder = self.decoder
        with self._drawing:  # a second request waits, and then has the processor to itself
            start = time.perf_counter()
            images = decoder.draw(rows, [subject.text] * n, list(seeds), config, on_step)
            seconds = (time.perf_counter() - start) / n
        embedded = self.embed_images(images)
        to_prototype = cosine_rows(embedded, rows)
        to_caption = cosine_rows(embedded, captions)
        return [
            Drawn(images[j], seeds[j], float(to_prototype[j]), float(to_caption[j]), seconds)
            for j in range(n)
        ]


def image_seed(seed: int, k: int) -> int:
    """The seed of prototype number k's image under a setting's seed; the same everywhere."""
    return int(np.random.SeedSequence([seed, k]).generate_state(1)[0])
