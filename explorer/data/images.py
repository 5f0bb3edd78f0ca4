"""Opens images the way a person would see them: upright, RGB, first frame, on white."""

import io
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

from explorer.data.left_out import shortened
from explorer.data.pixels import as_rgb, depth_of, main_page, needs_16_bits
from explorer.data.pointers import FETCH, is_pointer
from explorer.errors import BadDataError

_SUFFIXES = (
    "jpg jpeg jpe jfif png apng webp gif bmp tif tiff ppm pgm pbm pnm tga jp2 j2k jxl avif heic "
    "heif"
)
SUFFIXES = frozenset(f".{each}" for each in _SUFFIXES.split())
"""What the names of image files end with."""
DEEP = frozenset({".png", ".tif", ".tiff", ".pgm", ".jp2"})
"""Those of files that may hold values of 16 bits."""
_LONGEST = 300
_PREFERRED = (".jpg", ".jpeg", ".png", ".webp")
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def is_image_name(name: str) -> bool:
    """Whether a name ends as that of an image file does, in upper or lower case."""
    return PurePosixPath(name).suffix.lower() in SUFFIXES


def preference(suffix: str) -> int:
    """The lower, the likelier is a file the image itself, among others that are called alike.

    Photographs are JPEG as a rule, and depth maps and masks of them are PNG.
    """
    suffix = suffix.lower()
    return _PREFERRED.index(suffix) if suffix in _PREFERRED else len(_PREFERRED)


def open_image(path: Path, is_among_deep: Callable[[], bool] = lambda: False) -> Image.Image:
    """Reads an image file; `BadDataError` says which one could not be read, and why.

    `is_among_deep` is as `as_rgb` asks it.
    """
    try:
        with path.open("rb") as file:
            return _decode(file, str(path), is_among_deep)
    except FileNotFoundError as error:
        raise BadDataError(f"The image {_brief(path)} is not there.") from error
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte in it
        reason = getattr(error, "strerror", None) or error
        raise BadDataError(f"The image {_brief(path)} cannot be read: {reason}.") from error


def decode_image(
    content: bytes, name: str, is_among_deep: Callable[[], bool] = lambda: False
) -> Image.Image:
    """Reads an image from what its file holds; `name` is for the message of `BadDataError`.

    `is_among_deep` is as `as_rgb` asks it.
    """
    return _decode(io.BytesIO(content), name, is_among_deep)


def has_deep_values(file: Path | BinaryIO) -> bool:
    """Whether a file is of one channel of 16 bits, and has values that eight bits cannot hold."""
    try:
        with Image.open(file) as image:
            main_page(image)
            is_small = image.width * image.height <= (Image.MAX_IMAGE_PIXELS or 0)
            return is_small and depth_of(image).is_deep and needs_16_bits(image)
    except Exception:  # as damaged files make Pillow raise; whoever opens it as an image tells why
        return False


def _decode(file: BinaryIO, name: str, is_among_deep: Callable[[], bool]) -> Image.Image:
    try:
        with Image.open(file) as image:
            main_page(image)
            limit = Image.MAX_IMAGE_PIXELS
            if limit is not None and image.width * image.height > limit:
                raise ValueError(f"{image.width} x {image.height} pixels, more than {limit:,}")
            depth = depth_of(image)
            return as_rgb(ImageOps.exif_transpose(image), depth, is_among_deep)
    except UnidentifiedImageError as error:
        raise BadDataError(f"The image {_brief(name)} cannot be read: {_kind(file)}.") from error
    except Exception as error:  # damaged files make Pillow raise nearly anything
        reason = str(error) or type(error).__name__
        raise BadDataError(f"The image {_brief(name)} cannot be read: {reason}.") from error


def _brief(name: object) -> str:
    """A name that may be anything that a cell of a table holds, in a few words."""
    return shortened(str(name), _LONGEST)


def _kind(file: BinaryIO) -> str:
    """What a file is that Pillow does not know."""
    file.seek(0)
    head = file.read(64)
    if not head:
        return "it is empty"
    if is_pointer(head):
        return f"it is a pointer of Git LFS; {FETCH}"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return "it is HEIC, which Pillow does not know; save it as JPEG"
    if head.lstrip()[:1] == b"<":
        return "it is a web page or other text, no image"
    if head[:4] in _TIFF:
        return (
            "it is a TIFF of a kind that Pillow does not know, such as one with several channels "
            "of floats; save it with 8 or 16 bits"
        )
    return "it is in no format of images that Pillow knows"
