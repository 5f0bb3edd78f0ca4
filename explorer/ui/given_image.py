"""An image that a visitor gives, in bounded memory: a small file may become a huge image."""

import io
import math

from PIL import Image

from explorer.data.images import decode_image
from explorer.errors import ConfigError
from explorer.ui.decoder import alone

MOST_BYTES = 32 << 20
"""Of its file."""
MOST_PIXELS = 90_000_000
"""Of an image that can be reduced while it is read; others may have a sixth."""
ENOUGH = 4_000_000
"""Pixels, many times what an encoder sees."""
_REDUCED = ("L", "LA", "RGB", "RGBA", "CMYK")


def read_given(content: bytes, name: str) -> Image.Image:
    """The image, RGB, reduced where it is far larger than what an encoder sees.

    Raises:
        ConfigError: It is larger than `MOST_BYTES`, or has too many pixels.
        BadDataError: It cannot be read.
    """
    if len(content) > MOST_BYTES:
        raise ConfigError(f"The image {name} is larger than {MOST_BYTES >> 20} MiB.")
    return alone(lambda: _decoded(content, name))


def _decoded(content: bytes, name: str) -> Image.Image:
    return decode_image(_reduced(content, name), name)


def _reduced(content: bytes, name: str) -> bytes:
    """The file as it is, or that of a smaller image."""
    try:
        image = Image.open(io.BytesIO(content))
    except Exception:  # of any kind: what cannot be read is explained where it is decoded
        return content
    with image:
        most = MOST_PIXELS if image.mode in _REDUCED else MOST_PIXELS // 6
        width, height = image.size
        if width * height > most:
            raise ConfigError(
                f"The image {name} has {width:,} x {height:,} pixels, more than {most:,}; give a "
                "smaller one."
            )
        if width * height <= ENOUGH or image.mode not in _REDUCED:
            return content
        image.draft(None, _fitting(width, height))  # a JPEG is read at an eighth of its size
        file = io.BytesIO()
        try:
            small = image.reduce(_factor(*image.size))
        except (OSError, SyntaxError, ValueError):
            return content
        small = small.convert("RGB") if small.mode == "CMYK" else small
        small.save(file, "PNG", exif=image.info.get("exif", b""), compress_level=1)
    return file.getvalue()


def _factor(width: int, height: int) -> int:
    """By which both sides are divided, so that about `ENOUGH` pixels are left.

    Examples:
        >>> _factor(9400, 9400), _factor(640, 480)
        (4, 1)
    """
    return max(1, math.isqrt(width * height // ENOUGH))


def _fitting(width: int, height: int) -> tuple[int, int]:
    factor = _factor(width, height)
    return width // factor, height // factor
