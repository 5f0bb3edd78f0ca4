"""The same image looks the same, however many bits its values have, or is refused."""

import io

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from explorer.data.images import decode_image
from explorer.errors import BadDataError

RAMP = np.linspace(0, 255, 64).reshape(8, 8).round()


def decoded(image: Image.Image, kind: str = "TIFF", **options: object) -> np.ndarray:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return np.asarray(decode_image(file.getvalue(), "a"))


DEEP = {
    "8 bits": RAMP.astype(np.uint8),
    "16 bits": (RAMP * 257).astype(np.uint16),
    "8 bits in 16": RAMP.astype(np.uint16),
    "floats to 1": (RAMP / 255).astype(np.float32),
    "floats to 255": RAMP.astype(np.float32),
    "floats to 65,535": (RAMP * 257).astype(np.float32),
    "32 bits to 255": RAMP.astype(np.int32),
    "32 bits to 65,535": (RAMP * 257).astype(np.int32),
}


@pytest.mark.parametrize("values", DEEP.values(), ids=DEEP.keys())
def test_a_ramp_of_greys_looks_the_same_in_any_depth(values):
    levels = decoded(Image.fromarray(values))
    assert np.abs(levels - RAMP[..., None]).max() <= 1


@pytest.mark.parametrize("values", [DEEP["16 bits"], DEEP["8 bits in 16"]])
def test_a_png_of_16_bits_does_so_too(values):
    assert np.abs(decoded(Image.fromarray(values), "PNG") - RAMP[..., None]).max() <= 1


REFUSED = {
    "negative": ((RAMP - 100).astype(np.float32), "negative values, down to -100"),
    "negative integers": ((RAMP - 100).astype(np.int32), "negative values"),
    "no numbers": (np.where(RAMP > 9, np.nan, RAMP).astype(np.float32), "no numbers"),
    "infinite": (np.where(RAMP > 9, np.inf, RAMP).astype(np.float32), "no numbers"),
    "too much": ((RAMP * 1e6).astype(np.float32), "values up to 2.55e+08"),
    "high dynamic range": ((RAMP / 100).astype(np.float32), "floats up to 2.55"),
    "a light spot": (
        np.where(np.arange(400) == 7, 40, np.linspace(0, 1, 400)).astype(np.float32)[None],
        "map its tones to 8 or 16 bits",
    ),
    "12 bits": ((RAMP * 16).astype(np.uint16), "reach 4,080 of 65,535 and would be nearly black"),
}


@pytest.mark.parametrize(("values", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_no_rule_fits_is_refused_with_its_reason(values, reason):
    with pytest.raises(BadDataError) as caught:
        decoded(Image.fromarray(values))
    assert reason in str(caught.value)


def test_a_black_image_is_black():
    for kind in (np.uint8, np.uint16, np.float32, np.int32):
        assert not decoded(Image.fromarray(np.zeros((4, 4), kind))).any()


def tagged(**tags: object) -> TiffImagePlugin.ImageFileDirectory_v2:
    found = TiffImagePlugin.ImageFileDirectory_v2()
    for number, value in tags.items():
        found[int(number.removeprefix("t"))] = value
    return found


def test_signed_bytes_are_refused():
    with pytest.raises(BadDataError, match="its values are signed"):
        decoded(Image.fromarray(DEEP["8 bits"]), tiffinfo=tagged(t339=2))


def test_signed_values_of_16_bits_have_a_white_of_their_own():
    values = np.round(RAMP / 255 * 32_767).astype(np.uint16)
    levels = decoded(Image.fromarray(values), tiffinfo=tagged(t339=2))
    assert np.abs(levels - RAMP[..., None]).max() <= 1


def test_of_several_pages_the_first_that_is_an_image_is_taken():
    pages = [Image.new("L", (4, 4), level) for level in (10, 20)]
    assert decoded(pages[0], save_all=True, append_images=pages[1:]).max() == 10
    small = Image.new("L", (2, 2), 99)
    small.encoderinfo = {"tiffinfo": tagged(t254=1)}
    file = io.BytesIO()
    with TiffImagePlugin.AppendingTiffWriter(file) as writer:
        small.save(writer, "TIFF", tiffinfo=tagged(t254=1))
        writer.newFrame()
        pages[1].save(writer, "TIFF")
        writer.newFrame()
    assert np.asarray(decode_image(file.getvalue(), "a")).max() == 20


def test_a_tiff_that_pillow_cannot_read_says_what_to_do():
    with pytest.raises(BadDataError, match=r"a TIFF of a kind .* save it with 8 or 16 bits"):
        decode_image(b"II*\0" + bytes(60), "a")


def palette(alphas: bytes | int, turned: bool = False) -> np.ndarray:
    image = Image.new("P", (2, 1))
    image.putpalette([200, 10, 10, 10, 10, 200])
    image.putpixel((1, 0), 1)
    exif = Image.Exif()
    exif[0x0112] = 3 if turned else 1  # upside down
    return decoded(image, "PNG", transparency=alphas, exif=exif)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("alphas", [bytes([0, 255]), 0])
def test_transparent_colours_of_a_palette_lie_on_white(alphas, turned):
    colours = palette(alphas, turned)[0, :: -1 if turned else 1]
    assert colours.tolist() == [[255, 255, 255], [10, 10, 200]]


def test_colours_of_16_bits_that_would_be_black_are_refused():
    file = io.BytesIO()
    Image.new("RGB", (4, 4), (9, 9, 9)).save(file, "PNG")
    assert np.asarray(decode_image(file.getvalue(), "a")).max() == 9
    with pytest.raises(BadDataError, match="nearly black"):
        decode_image(deep_png(9), "a")
    assert np.asarray(decode_image(deep_png(200 * 257), "a")).max() == 200


def deep_png(value: int) -> bytes:
    """A pixel of three channels of 16 bits, by hand: Pillow writes none."""
    import zlib

    def chunk(name: bytes, content: bytes) -> bytes:
        body = name + content
        return len(content).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    size = (1).to_bytes(4, "big")
    pixel = b"\0" + value.to_bytes(2, "big") * 3
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", size + size + bytes([16, 2, 0, 0, 0]))
        + chunk(b"IDAT", zlib.compress(pixel))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["16 bits", "floats to 1"])
def test_where_white_is_zero_the_image_is_turned_round(kind):
    levels = decoded(Image.fromarray(DEEP[kind]), tiffinfo=tagged(t262=0))
    assert np.abs(levels - (255 - RAMP)[..., None]).max() <= 1


def test_16_bits_of_either_order_look_the_same():
    values = DEEP["16 bits"].astype(">u2")
    swapped = Image.frombytes("I;16B", (8, 8), values.tobytes())
    assert np.abs(decoded(swapped) - RAMP[..., None]).max() <= 1
