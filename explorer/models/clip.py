"""Images and captions to embeddings, with any CLIP that open_clip opens."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import open_clip
import torch
from PIL import Image
from safetensors import SafetensorError
from torchvision.transforms import CenterCrop, Compose, Normalize, ToTensor

from explorer.errors import BadDataError
from explorer.models.batches import MicroBatches
from explorer.models.bundles import Bundle
from explorer.models.devices import ModelPool, half_on_cuda, pick_devices
from explorer.models.parts import OPEN_CLIP_WEIGHTS, check_fit, find_encoder, find_tag
from explorer.models.pixels import placed, to_bytes, to_input


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


def _rows(embeddings: torch.Tensor) -> np.ndarray:
    return embeddings.float().cpu().numpy()


def _encode_text(model: Any, tokens: torch.Tensor) -> torch.Tensor:
    """(B, D): `model.encode_text` without the columns that follow every caption's end.

    A causal tower that is read at the end mark never looks at what comes after it, and captions
    are much shorter than the context: half the time or less, for the same embeddings up to
    rounding. open_clip's own method cannot take fewer columns.
    """
    reads_the_end = isinstance(model, open_clip.CLIP) and model.text_pool_type == "argmax"
    if not reads_the_end or model.text_projection is None:
        encoded: torch.Tensor = model.encode_text(tokens)
        return encoded
    ends = tokens.argmax(dim=1)
    length = int(ends.max()) + 1
    dtype = model.transformer.get_cast_dtype()
    x: torch.Tensor = model.token_embedding(tokens[:, :length]).to(dtype)
    x = x + model.positional_embedding[:length].to(dtype)
    x = model.transformer(x, attn_mask=model.attn_mask[:length, :length])
    x = model.ln_final(x)[torch.arange(len(x), device=x.device), ends]
    project = model.text_projection
    made: torch.Tensor = project(x) if isinstance(project, torch.nn.Linear) else x @ project
    return made


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
