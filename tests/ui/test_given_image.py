import io
import threading

import pytest
from PIL import Image

from explorer.errors import BadDataError, ConfigError
from explorer.ui import given_image
from explorer.ui.given_image import read_given


def file_of(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def test_a_usual_image_stays_as_it_is():
    image = Image.effect_noise((60, 40), 50).convert("RGB")
    assert read_given(file_of(image), "a").tobytes() == image.tobytes()


def test_all_images_are_decoded_in_one_thread_whichever_asks(monkeypatch):
    content = file_of(Image.new("RGB", (4, 4)))
    used = []
    monkeypatch.setattr(given_image, "decode_image", lambda *_: used.append(threading.get_ident()))
    asking = [threading.Thread(target=read_given, args=(content, "a")) for _ in range(3)]
    for each in asking:
        each.start()
    for each in asking:
        each.join()
    assert len(used) == 3
    assert {*used} == {used[0]}
    assert used[0] not in [each.ident for each in asking]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "CMYK"])
def test_a_large_image_is_reduced_and_looks_the_same(monkeypatch, mode):
    monkeypatch.setattr(given_image, "ENOUGH", 100)
    image = Image.new("RGB", (400, 200), (200, 30, 60)).convert(mode)
    kind = "JPEG" if mode == "CMYK" else "PNG"
    whole = given_image.decode_image(file_of(image, kind, quality=100), "a").getpixel((0, 0))
    small = read_given(file_of(image, kind, quality=100), "a")
    assert small.mode == "RGB"
    assert small.width * small.height < 500
    assert abs(small.width / small.height - 2) < 0.2
    assert max(abs(a - b) for a, b in zip(small.getpixel((0, 0)), whole, strict=True)) <= 3


def test_a_large_photograph_stays_upright(monkeypatch):
    monkeypatch.setattr(given_image, "ENOUGH", 100)
    image = Image.new("RGB", (400, 200), "red")
    exif = image.getexif()
    exif[0x0112] = 6  # turned by a quarter
    small = read_given(file_of(image, "JPEG", exif=exif.tobytes()), "a")
    assert small.height > small.width


def test_what_is_too_large_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(given_image, "MOST_PIXELS", 6000)
    with pytest.raises(ConfigError, match="100 x 100 pixels, more than 6,000"):
        read_given(file_of(Image.new("RGB", (100, 100))), "a")
    with pytest.raises(ConfigError, match="more than 1,000"):  # 16 bits: not reduced
        read_given(file_of(Image.new("I;16", (60, 60))), "a")
    monkeypatch.setattr(given_image, "MOST_BYTES", 10)
    with pytest.raises(ConfigError, match="is larger than"):
        read_given(b"a" * 11, "a")


@pytest.mark.parametrize("content", [b"", b"junk", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_what_is_no_image_is_explained(content):
    with pytest.raises(BadDataError, match="cannot be read"):
        read_given(content, "a")


def test_half_of_a_large_image_is_explained(monkeypatch):
    monkeypatch.setattr(given_image, "ENOUGH", 100)
    content = file_of(Image.effect_noise((200, 200), 90))
    with pytest.raises(BadDataError, match="cannot be read"):
        read_given(content[: len(content) // 2], "a")
