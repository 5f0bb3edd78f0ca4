"""Opens pictures the way a person would see them: upright, RGB, first frame, on white."""

import io
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from explorer.errors import BadDataError

_SUFFIXES = "jpg jpeg jpe jfif png webp gif bmp tif tiff ppm pgm avif heic heif"
SUFFIXES = frozenset(f".{each}" for each in _SUFFIXES.split())
"""What the names of picture files end with."""
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def open_picture(path: Path) -> Image.Image:
    """Reads a picture file; `BadDataError` says which one could not be read, and why."""
    try:
        with path.open("rb") as file:
            return _decode(file, str(path))
    except FileNotFoundError as error:
        raise BadDataError(f"The picture {path} is not there.") from error
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte in it
        reason = getattr(error, "strerror", None) or error
        raise BadDataError(f"The picture {path} cannot be read: {reason}.") from error


def decode_picture(content: bytes, name: str) -> Image.Image:
    """Reads a picture from what its file holds; `name` is for the message of `BadDataError`."""
    return _decode(io.BytesIO(content), name)


def _decode(file: BinaryIO, name: str) -> Image.Image:
    try:
        with Image.open(file) as image:
            limit = Image.MAX_IMAGE_PIXELS
            if limit is not None and image.width * image.height > limit:
                raise ValueError(f"{image.width} x {image.height} pixels, more than {limit:,}")
            return as_rgb(ImageOps.exif_transpose(image))
    except UnidentifiedImageError as error:
        raise BadDataError(f"The picture {name} cannot be read: {_kind(file)}.") from error
    except Exception as error:  # damaged files make Pillow raise nearly anything
        reason = str(error) or type(error).__name__
        raise BadDataError(f"The picture {name} cannot be read: {reason}.") from error


def _kind(file: BinaryIO) -> str:
    """What a file is that Pillow does not know."""
    file.seek(0)
    head = file.read(64)
    if not head:
        return "it is empty"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return "it is HEIC, which Pillow does not know; save it as JPEG"
    if head.lstrip()[:1] == b"<":
        return "it is a web page or other text, no picture"
    return "it is in no format of pictures that Pillow knows"


def as_rgb(image: Image.Image) -> Image.Image:
    """Eight bits per channel; 16-bit grey is scaled, transparency lies on white."""
    if image.mode.startswith("I;16") or image.mode == "I":
        high = np.asarray(image, dtype=np.int64) >> 8
        return Image.fromarray(high.clip(0, 255).astype(np.uint8)).convert("RGB")
    if image.mode in ("LA", "PA", "RGBA", "RGBa", "La") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image.convert("RGB")
