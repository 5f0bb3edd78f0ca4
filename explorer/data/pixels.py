"""Values of pixels as eight bits a channel, by one rule for all files, or a reason why not.

White is the least of 255 and 65,535 that no value exceeds; of 1, too, for floats, and 32,767
instead of 65,535 for signed values. An image of 16 bits among others that need them has their
white, however dark it is: images of one dataset must not differ 256 times. Where white would leave
an image nearly black it is refused, for its values may have been meant otherwise; so are negative
ones, and what is no number. Floats above 1 have no white of their own, in images of high dynamic
range for one: they are refused, too, where nearly all of them would be black and a few light spots
decide. Transparent pixels lie on white.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

_SAMPLE_FORMAT, _BITS, _KIND_OF_PAGE = 339, 258, 254  # tags of TIFF
_PHOTOMETRIC = 262
_SIGNED = 2
_WHITE_IS_ZERO = 0
_NO_IMAGE = 1 | 4  # a page that is a small copy, or a mask
_NEARLY_BLACK = 1 / 16
_NEARLY_ALL = 0.99
_MOST_PAGES = 100


class Depth(NamedTuple):
    """What a file says of its values, and Pillow forgets once it has read them."""

    is_signed: bool  # 8 or 16 bits that may be negative
    is_negative: bool  # black is the greatest value
    is_deep: bool  # 16 bits, of which Pillow keeps the upper byte where there are several channels


def depth_of(image: Image.Image) -> Depth:
    """Of an image that was opened and not read yet."""
    signed = _tag(image, _SAMPLE_FORMAT, (1,))[0] == _SIGNED
    is_short = _tag(image, _BITS, (0,))[0] < 32
    negative = _tag(image, _PHOTOMETRIC, 1) == _WHITE_IS_ZERO
    return Depth(signed and is_short, negative, ";16" in str(getattr(image, "tile", "")))


def as_rgb(image: Image.Image, depth: Depth, is_among_deep: Callable[[], bool]) -> Image.Image:
    """An image with eight bits a channel; ValueError says why there is none.

    `is_among_deep` is asked where 16 bits hold values that eight could: whether other images of
    the dataset need 16.
    """
    if _is_grey(image):
        return _grey(image, depth, is_among_deep)
    if depth.is_signed:
        raise ValueError("its values are signed; save it with unsigned ones")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        rgb = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    else:
        rgb = image.convert("RGB")
    if depth.is_deep and np.asarray(rgb).max() < 255 * _NEARLY_BLACK:
        raise ValueError("its 16-bit values are so small that it would be nearly black")
    return rgb


def needs_16_bits(image: Image.Image) -> bool:
    """Whether an image of one channel has a value that eight bits cannot hold."""
    return _is_grey(image) and bool(np.asarray(image).max() > 255)


def _is_grey(image: Image.Image) -> bool:
    return image.mode in ("I", "F") or image.mode.startswith("I;16")


def as_mask(image: Image.Image) -> Image.Image:
    """White where an image is more than a tenth as light as at its lightest, and black elsewhere.

    Masks may hold 0 and 1, or the colours of classes.
    """
    grey = np.asarray(image.convert("L"))
    white = grey > grey.max() / 10
    return Image.fromarray(np.where(white, 255, 0).astype(np.uint8)).convert("RGB")


def main_page(image: Image.Image) -> None:
    """Turns a file of several pages to the first that is no small copy and no mask of another."""
    pages = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
    for page in range(min(pages, _MOST_PAGES) if pages > 1 else 0):
        image.seek(page)
        if not int(_tag(image, _KIND_OF_PAGE, 0)) & _NO_IMAGE:
            return
    if pages > 1:
        image.seek(0)


def _grey(image: Image.Image, depth: Depth, is_among_deep: Callable[[], bool]) -> Image.Image:
    values = np.asarray(image)
    least, most = float(values.min()), float(values.max())
    if not (np.isfinite(least) and np.isfinite(most)):
        raise ValueError("it holds values that are no numbers")
    if least < 0:
        raise ValueError(f"it holds negative values, down to {least:,.6g}")
    white = _white(image, depth, most)
    if depth.is_deep and 0 < most <= 255 and is_among_deep():
        white = 32_767 if depth.is_signed else 65_535
    if white is None:
        raise ValueError(f"it holds values up to {most:,.6g}; scale them to 8 or 16 bits")
    if white > 255 and most < white * _NEARLY_BLACK:
        raise ValueError(
            f"its values reach {most:,.6g} of {white:,} and would be nearly black; scale them to 8 "
            "or 16 bits"
        )
    if white > 1 and image.mode == "F":
        _check_floats(values, most, white)
    scaled = values >> 8 if white == 65_535 and image.mode != "F" else values * (255 / white)
    levels = np.rint(scaled).clip(0, 255).astype(np.uint8)
    if depth.is_negative:
        levels = 255 - levels
    clear = image.info.get("transparency")
    if isinstance(clear, int):
        levels[values == clear] = 255
    return Image.fromarray(levels).convert("RGB")


def _check_floats(values: np.ndarray, most: float, white: int) -> None:
    reached = float(np.quantile(values, _NEARLY_ALL))
    if most > 0 and reached < white * _NEARLY_BLACK:
        raise ValueError(
            f"its values are floats up to {most:,.6g}, and 99 of 100 are below {reached:,.6g}, as "
            "in images of high dynamic range; map its tones to 8 or 16 bits, or its values to 0 "
            "to 1"
        )


def _white(image: Image.Image, depth: Depth, most: float) -> int | None:
    whites = [1] if image.mode == "F" else []
    whites += [255, 32_767 if depth.is_signed else 65_535]
    return next((white for white in whites if most <= white), None)


def _tag(image: Image.Image, number: int, otherwise: Any) -> Any:
    tags = getattr(image, "tag_v2", {})
    return tags.get(number, otherwise)
