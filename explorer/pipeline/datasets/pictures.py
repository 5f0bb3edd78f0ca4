"""Opens pictures the way a person would see them: upright, RGB, first frame, on white."""

import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from explorer.errors import BadDataError

# What Pillow raises for files that are cut short, damaged or not pictures at all.
_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)


def open_picture(path: Path) -> Image.Image:
    """Reads a picture file; `BadDataError` says which one could not be read, and why."""
    try:
        with Image.open(path) as image:
            limit = Image.MAX_IMAGE_PIXELS
            if limit is not None and image.width * image.height > limit:
                raise ValueError(f"{image.width} x {image.height} pixels, more than {limit:,}")
            return as_rgb(ImageOps.exif_transpose(image))
    except FileNotFoundError as error:
        raise BadDataError(f"The picture {path} is not there.") from error
    except _UNREADABLE as error:
        reason = str(error).replace(str(path), path.name) or type(error).__name__
        raise BadDataError(f"The picture {path} cannot be read: {reason}.") from error


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
