import io
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.data.images import decode_image, open_image
from explorer.errors import BadDataError


def save(path: Path, image: Image.Image, **options) -> Path:
    image.save(path, **options)
    return path


def corner(path: Path) -> tuple[int, int, int]:
    return open_image(path).getpixel((0, 0))


def test_a_turned_photo_comes_upright(tmp_path):
    image = Image.new("RGB", (30, 20))
    exif = image.getexif()
    exif[0x0112] = 6  # turned by a quarter
    assert open_image(save(tmp_path / "a.jpg", image, exif=exif)).size == (20, 30)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_lies_on_white(tmp_path, mode):
    clear = Image.new(mode, (4, 4), (0,) * len(mode))
    assert corner(save(tmp_path / "a.png", clear)) == (255, 255, 255)


def test_a_transparent_colour_of_a_palette_lies_on_white(tmp_path):
    image = Image.new("P", (4, 4), 0)
    image.putpalette([10, 20, 30])
    assert corner(save(tmp_path / "a.gif", image, transparency=0)) == (255, 255, 255)


def test_16_bit_grey_keeps_its_brightness(tmp_path):
    grey = Image.fromarray(np.full((4, 4), 128 << 8, dtype=np.uint16))
    assert corner(save(tmp_path / "a.png", grey)) == (128, 128, 128)


def test_cmyk_becomes_rgb(tmp_path):
    assert corner(save(tmp_path / "a.jpg", Image.new("CMYK", (8, 8), (0, 0, 0, 0)))) == (255,) * 3


def test_names_in_any_script_are_opened(tmp_path):
    path = save(tmp_path / "café 犬 🐕.png", Image.new("RGB", (3, 2)))
    assert open_image(path).size == (3, 2)


@pytest.mark.parametrize("content", [b"", b"<html>not found</html>", b"\x89PNG\r\n\x1a\n123"])
def test_what_is_no_image_is_named(tmp_path, content):
    (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(BadDataError, match=r"a\.jpg cannot be read"):
        open_image(tmp_path / "a.jpg")


def test_an_image_cut_short_is_refused(tmp_path):
    noise = np.random.default_rng(0).integers(255, size=(64, 64, 3), dtype=np.uint8)
    path = save(tmp_path / "a.jpg", Image.fromarray(noise))
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(BadDataError, match="truncated"):
        open_image(path)


def test_a_missing_image_is_refused(tmp_path):
    with pytest.raises(BadDataError, match="is not there"):
        open_image(tmp_path / "a.jpg")


def test_an_image_beyond_the_limit_of_pixels_is_refused(tmp_path, monkeypatch):
    path = save(tmp_path / "a.png", Image.new("RGB", (20, 20)))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 399)
    with (
        pytest.warns(Image.DecompressionBombWarning),
        pytest.raises(BadDataError, match="20 x 20 pixels, more than 399"),
    ):
        open_image(path)


REAL = Path(__file__).parents[3] / "shared" / "data" / "odd"


@pytest.mark.skipif(not REAL.is_dir(), reason="the collection of odd images is not here")
@pytest.mark.filterwarnings("ignore")
def test_odd_images_of_the_world_are_read_or_refused():
    refused = set()
    for path in sorted(each for each in REAL.iterdir() if each.suffix != ".json"):
        try:
            assert open_image(path).mode == "RGB"
        except BadDataError:
            refused.add(path.name)
    assert refused == {
        "empty.jpg",
        "html_error_page.jpg",
        "huge_108mp.jpg",
        "photo.heic",
        "truncated.jpg",
        "truncated_half.jpg",
    }


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "PPM", "AVIF"])
@pytest.mark.filterwarnings("ignore")
def test_damage_anywhere_is_a_bad_image_and_nothing_worse(kind):
    rng = np.random.default_rng(0)
    file = io.BytesIO()
    Image.fromarray(rng.integers(255, size=(20, 30, 3), dtype=np.uint8)).save(file, kind)
    for _ in range(200):
        content = bytearray(file.getvalue())
        for place in rng.integers(len(content), size=3) // rng.choice([1, 20]):
            content[place] = rng.integers(256)
        with suppress(BadDataError):
            assert decode_image(bytes(content), "a").mode == "RGB"
