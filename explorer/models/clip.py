"""Images and captions to embeddings, with any CLIP that open_clip opens."""

from collections.abc import Callable, Sequence
from functools import partial
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import open_clip
import torch
from PIL import Image
from safetensors import SafetensorError
from torch.utils.checkpoint import checkpoint
from torchvision.transforms import CenterCrop, Compose, Normalize, ToTensor

from explorer.errors import BadDataError, ConfigError
from explorer.models.batches import MicroBatches
from explorer.models.bundles import Bundle
from explorer.models.devices import ModelPool, half_on_cuda, pick_devices
from explorer.models.parts import OPEN_CLIP_WEIGHTS, check_fit, find_encoder, find_tag
from explorer.models.pixels import placed, to_bytes, to_input

_TEXTS_AT_ONCE = 128
"""Texts whose way through the tower is kept in memory at once while they are learned."""


class _Crop:
    """Cuts (height, width) pixels out of the middle as transformers does, and so the reference.

    Where one pixel is left over it is cut off at the end; torchvision, which open_clip uses, cuts
    it off at the start as often.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self._height, self._width = size

    def __call__(self, image: Image.Image) -> Image.Image:
        left, top = (image.width - self._width) // 2, (image.height - self._height) // 2
        return image.crop((left, top, left + self._width, top + self._height))


class Placed(NamedTuple):
    """A model on its device."""

    model: Any
    device: torch.device
    dtype: torch.dtype  # of the images that the model takes


class Encoder:
    """A frozen CLIP, on one device or several. Embeddings are not normalised."""

    def __init__(
        self,
        models: Sequence[Placed],
        fit: Callable[[Image.Image], Image.Image],
        normalize: Normalize,
        tokenize: Any,
    ) -> None:
        """`fit` cuts and scales an image to the size that the models take."""
        self.origin: tuple[Bundle, str] | None = None
        """What `load_encoder` was given; a process that an encoder is sent to loads it again."""
        self.workers = len(models)
        """Threads that can embed at once."""
        self._pool = ModelPool(models)
        self._fit, self._normalize = fit, normalize
        self._tokenize = tokenize
        self._tokenizing = Lock()  # a Hugging Face tokenizer raises when two threads enter it
        self._images, self._texts = MicroBatches("images"), MicroBatches("captions")

    def __reduce__(self) -> Any:
        if self.origin is None:
            raise TypeError("an encoder that was not loaded from files")
        return load_encoder, self.origin

    def prepare(self, image: Image.Image) -> torch.Tensor:
        """The (H, W, 3) uint8 input of `embed_images`; may be called from several threads."""
        return to_bytes(self._fit(image))

    @torch.inference_mode()
    def embed_images(self, images: torch.Tensor) -> np.ndarray:
        """Embeds (B, H, W, 3) prepared images as (B, D) float32 rows."""
        with self._pool.one() as (model, device, dtype):

            def embed(rows: slice) -> np.ndarray:
                pixels = to_input(images[rows], self._normalize, device, dtype)
                return _rows(model.encode_image(pixels))

            return np.concatenate(self._images.each(len(images), embed))

    def count_truncated(self, captions: Sequence[str]) -> int:
        """How many captions are longer than the model's context, so that their ends are cut."""
        context = self._tokenize.context_length
        # Others need no look: a token is a byte or more, beside the marks at both ends.
        long = [text for text in captions if len(text.encode()) + 3 > context]
        if not long:
            return 0
        with self._tokenizing:
            cut, longer = self._tokenize(long), self._tokenize(long, context_length=context + 1)
        return int((cut != longer[:, :context]).any(dim=1).sum())

    @torch.inference_mode()
    def embed_captions(self, captions: list[str]) -> np.ndarray:
        """Embeds captions as (B, D) float32 rows; the tokenizer cuts what is too long."""
        with self._tokenizing:
            tokens = self._tokenize(captions)
        with self._pool.one() as (model, device, _):

            def embed(rows: slice) -> np.ndarray:
                return _rows(_encode_text(model, tokens[rows].to(device)))

            return np.concatenate(self._texts.each(len(tokens), embed))

    @torch.inference_mode()
    def token_embeddings(self, captions: list[str]) -> np.ndarray:
        """(B, T, W) float32: the tokens of captions as the text tower takes them.

        T is that of the longest one; behind the end of another there are zeros.
        """
        with self._tokenizing:
            tokens = self._tokenize(captions)
        with self._pool.one() as (model, device, _):
            ends = tokens.argmax(dim=1)
            tokens = tokens[:, : int(ends.max()) + 1]
            rows: torch.Tensor = model.token_embedding(tokens.to(device)).float().cpu()
        is_behind = torch.arange(rows.shape[1]) > ends[:, None]
        return rows.masked_fill(is_behind[..., None], 0.0).numpy()

    def encode_tokens(self, tokens: torch.Tensor) -> torch.Tensor:
        """(B, D) float32 embeddings of texts, with a gradient, from what `token_embeddings` gives.

        Raises:
            ConfigError: The text tower takes none, or none of this width or length.
        """
        with self._pool.one() as (model, device, _):
            _require_tokens(model, tokens)
            parts = [part.to(device) for part in tokens.split(_TEXTS_AT_ONCE)]
            if len(parts) == 1:
                encoded = [_from_tokens(model, parts[0])]
            else:
                read = partial(checkpoint, _from_tokens, model, use_reentrant=False)
                encoded = [read(part) for part in parts]
        return torch.cat(encoded).float().to(tokens.device)

    def embed_tokens(self, tokens: np.ndarray) -> np.ndarray:
        """(B, D) float32 embeddings of texts that are given as embeddings of their tokens."""
        with torch.inference_mode():
            return _rows(self.encode_tokens(torch.tensor(tokens, dtype=torch.float32)))


def _rows(embeddings: torch.Tensor) -> np.ndarray:
    return embeddings.float().cpu().numpy()


def _encode_text(model: Any, tokens: torch.Tensor) -> torch.Tensor:
    """(B, D): `model.encode_text` without the columns that follow every caption's end.

    A causal tower that is read at the end mark never looks at what comes after it, and captions
    are much shorter than the context: half the time or less, for the same embeddings up to
    rounding. open_clip's own method cannot take fewer columns.
    """
    if not _reads_the_end(model):
        encoded: torch.Tensor = model.encode_text(tokens)
        return encoded
    ends = tokens.argmax(dim=1)
    return _through_tower(model, model.token_embedding(tokens[:, : int(ends.max()) + 1]), ends)


def _reads_the_end(model: Any) -> bool:
    """Whether texts pass through a causal tower that is read at the end mark."""
    is_plain = isinstance(model, open_clip.CLIP) and model.text_pool_type == "argmax"
    return is_plain and model.attn_mask is not None and model.text_projection is not None


def _through_tower(model: Any, tokens: torch.Tensor, ends: torch.Tensor) -> torch.Tensor:
    """(B, D) from (B, T, W) embedded tokens, read at (B,) ends."""
    dtype, length = model.transformer.get_cast_dtype(), tokens.shape[1]
    x = tokens.to(dtype) + model.positional_embedding[:length].to(dtype)
    x = model.transformer(x, attn_mask=model.attn_mask[:length, :length])
    x = model.ln_final(x)[torch.arange(len(x), device=x.device), ends]
    project = model.text_projection
    made: torch.Tensor = project(x) if isinstance(project, torch.nn.Linear) else x @ project
    return made


def _from_tokens(model: Any, tokens: torch.Tensor) -> torch.Tensor:
    """(B, D) from embedded tokens behind whose ends there are zeros."""
    places = torch.arange(tokens.shape[1], device=tokens.device)
    ends = (places * (tokens != 0).any(dim=2)).argmax(dim=1)
    return _through_tower(model, tokens, ends)


def _require_tokens(model: Any, tokens: torch.Tensor) -> None:
    if not _reads_the_end(model):
        raise ConfigError("This encoder's text tower takes no embeddings of tokens.")
    longest, width = model.positional_embedding.shape
    if tokens.shape[2] != width or tokens.shape[1] > longest:
        raise ConfigError(
            f"The set's texts are {tokens.shape[1]} tokens of {tokens.shape[2]} numbers, and the "
            f"encoder here takes up to {longest} of {width}; choose the models that the set was "
            "made with."
        )


def load_encoder(bundle: Bundle, device: str = "auto") -> Encoder:
    """Opens a bundle's encoder from this machine's disk.

    Raises:
        ConfigError: Encoder and decoder do not fit together, or there is no such device.
        MissingDataError: The weights are not here.
    """
    check_fit(bundle)
    devices = pick_devices(device)
    name, settings = _settings(bundle.encoder)
    try:
        opened = [_open(name, settings, each) for each in devices]
    except (RuntimeError, SafetensorError) as error:  # the first where weights fit no such network
        reason = str(error).splitlines()[0]
        raise BadDataError(f"The encoder {bundle.encoder} cannot be opened: {reason}") from error
    models, ways = zip(*opened, strict=True)
    encoder = Encoder(models, *_as_the_reference(ways[0]), open_clip.get_tokenizer(name))
    encoder.origin = bundle, device
    return encoder


def _open(name: str, settings: dict[str, Any], device: torch.device) -> tuple[Placed, Compose]:
    """A model, and how open_clip prepares its images."""
    dtype = half_on_cuda(device)
    model, prepare = open_clip.create_model_from_pretrained(
        name,
        precision="fp16" if dtype == torch.float16 else "fp32",
        device=device,
        **settings,
    )
    return Placed(placed(model, device), device, dtype), prepare


def _as_the_reference(prepare: Compose) -> tuple[Compose, Normalize]:
    """What open_clip does to an image, with `_Crop` for torchvision's; and then to its numbers."""
    *fit, to_tensor, normalize = prepare.transforms
    assert isinstance(to_tensor, ToTensor)
    assert isinstance(normalize, Normalize)
    steps = [_Crop(step.size) if isinstance(step, CenterCrop) else step for step in fit]
    return Compose(steps), normalize


def _settings(encoder: str) -> tuple[str, dict[str, Any]]:
    """The model's name for open_clip, and what else opens it without a look at the network."""
    folder, tag = find_encoder(encoder), find_tag(encoder)
    if tag is None:
        return f"local-dir:{folder}", {}
    # The file instead of the tag, because open_clip would ask the Hub whether the tag has moved.
    # The tag also says how images are prepared, so that is handed over too.
    return tag.architecture, {"pretrained": str(folder / OPEN_CLIP_WEIGHTS), **tag.images}
