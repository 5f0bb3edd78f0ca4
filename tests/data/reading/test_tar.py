"""Samples are found in tars of any make, and a tar that lies about its lengths is refused."""

import io
import tarfile
from pathlib import Path

import pytest
from PIL import Image

from explorer.data.found import read_splits
from explorer.data.open import open_dataset
from explorer.errors import BadDataError
from tests.data.layouts import write_tar


def image(level: int, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (4, 4), (level, level, level)).save(file, kind)
    return file.getvalue()


def read(folder: Path) -> dict[str, int]:
    """The level of grey by caption; images of all captions must be there."""
    pairs = read_splits(str(folder))[1]["train"]
    return {
        caption: pairs.open_image(int(i)).getpixel((0, 0))[0]
        for caption, i in zip(pairs.captions, pairs.image_of_caption, strict=True)
    }


def sample(name: str, level: int, end: str = ".png") -> list[tuple[str, bytes]]:
    return [(f"{name}{end}", image(level)), (f"{name}.txt", f"level {level}".encode())]


WANTED = {f"level {level}": level for level in (10, 20, 30)}
LAYOUTS = {
    "dots in names": [*sample("a v1.0", 10), *sample("a v1.1", 20), *sample("a v1.2", 30)],
    "a version in front": [*sample("1.5 a", 10), *sample("2.5 a", 20), *sample("2.6 a", 30)],
    "depth before the photo": [
        ("0.depth.png", image(99)),
        *sample("0", 10),
        ("1.depth.png", image(99)),
        *sample("1", 20),
        *sample("2", 30),
        ("2.mask.png", image(99)),
    ],
    "jpg before png": [
        ("0.png", image(99)),
        *sample("0", 10, ".jpg"),
        *sample("1", 20),
        *sample("2", 30),
    ],
    "apart": [s[k] for k in (0, 1) for s in (sample("0", 10), sample("1", 20), sample("2", 30))],
    "apart, with dots": [
        s[k] for k in (1, 0) for s in (sample("a.0", 10), sample("a.1", 20), sample("a.2", 30))
    ],
    "mac": [
        (f"./{prefix}{name}", b"\0\5\x16\7" if prefix else content)
        for name, content in [*sample("0", 10), *sample("1", 20), *sample("2", 30)]
        for prefix in ("._", "")
    ]
    + [("__MACOSX/0.png", b"\0"), ("__MACOSX/0.txt", b"no"), (".DS_Store", b"\0")],
    "upper case": [
        (name.upper(), content)
        for name, content in [*sample("0", 10), *sample("1", 20), *sample("2", 30)]
    ],
    "one name twice": [*sample("0", 10), *sample("0", 20), *sample("1", 30)],
    "called by what they are": [
        (f"{n}.{end}", content)
        for n in range(3)
        for end, content in (
            ("photo.png", image(10 * n + 10)),
            ("caption.txt", f"level {10 * n + 10}".encode()),
        )
    ],
}


@pytest.mark.parametrize("files", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_each_caption_stands_with_its_own_image(tmp_path, files):
    write_tar(tmp_path / "0.tar", files)
    assert read(tmp_path) == WANTED


@pytest.mark.parametrize("names", ["012", "000"])
def test_tars_that_were_joined_are_read_to_their_end(tmp_path, names):
    parts = []
    for name, level in zip(names, (10, 20, 30), strict=True):
        write_tar(tmp_path / "part", sample(name, level))
        parts.append((tmp_path / "part").read_bytes())
    (tmp_path / "0.tar").write_bytes(b"".join(parts))
    assert read(tmp_path) == WANTED


def test_what_stands_behind_the_end_is_counted(tmp_path):
    write_tar(tmp_path / "0.tar", [*sample("0", 10), *sample("1", 20)])
    with (tmp_path / "0.tar").open("ab") as file:
        file.write(b"left from before" * 100)
    assert "something else behind their end (1)" in open_dataset(str(tmp_path)).found


def test_what_belongs_to_no_sample_is_counted(tmp_path):
    files = [("0.depth.png", image(99)), *sample("0", 10), *sample("1", 20)]
    files += [("2.left.png", image(1)), ("2.right.png", image(2)), ("2.txt", b"two")]
    write_tar(tmp_path / "0.tar", files)
    found = open_dataset(str(tmp_path)).found
    assert "further images of a sample (1)" in found
    assert "images without a caption (2), samples without an image (1)" in found


CAPTIONS = {
    "one with a line break": ({"txt": b"a\nb", "json": b'{"caption": "a\\nb"}'}, ["a b"]),
    "a line each": ({"txt": "a\u2028b\r\nc\x0bd".encode()}, ["a b", "c d"]),
    "a key in upper case": ({"json": b'{"TEXT": "a", "URL": "x"}'}, ["a"]),
    "a list says more": ({"txt": b"a", "json": b'{"captions": ["a", null, "b"]}'}, ["a", "b"]),
    "not a number": ({"txt": b"a", "json": b'{"caption": NaN}'}, ["a"]),
    ".caption": ({"caption": b"a"}, ["a"]),
    "the same twice": ({"caption": b"a", "txt": b"a"}, ["a"]),
}


@pytest.mark.parametrize(("texts", "wanted"), CAPTIONS.values(), ids=CAPTIONS.keys())
def test_what_one_caption_is(tmp_path, texts, wanted):
    for n in range(2):
        (tmp_path / f"{n}.png").write_bytes(image(n))
        for end, content in texts.items():
            (tmp_path / f"{n}.{end}").write_bytes(content)
    assert read_splits(str(tmp_path))[1]["train"].captions == wanted * 2


def pax(content: bytes, path: Path) -> Path:
    """A tar with a header of that content before a file."""
    with tarfile.open(path, "w") as tar:
        header = tarfile.TarInfo("x")
        header.type, header.size = tarfile.XHDTYPE, len(content)
        tar.addfile(header, io.BytesIO(content))
        for name, data in sample("0", 10):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


RECORDS = [b"-5 ab", b"0 a=b\n", b"5", b"x", b"3 a=b\n", b"99 a=b\n", b" a=b\n", b"1" * 600]
RECORDS += [b"10 size=x\n", b"11 size=-5\n", "٣ a=b\n".encode(), b"9" * 5000 + b" a=b\n"]


@pytest.mark.parametrize("content", RECORDS)
def test_a_header_that_lies_about_its_length_is_damage(tmp_path, content):
    pax(content, tmp_path / "0.tar")
    with pytest.raises(BadDataError, match=r"0\.tar is damaged"):
        open_dataset(str(tmp_path))


def test_headers_about_links_and_about_all_files_change_nothing(tmp_path):
    about = {"comment": "of all files"}
    with tarfile.open(tmp_path / "0.tar", "w", format=tarfile.PAX_FORMAT, pax_headers=about) as tar:
        for name, data in sample("long/" * 40 + "0", 10):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("1.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    assert read(tmp_path) == {"level 10": 10}
    assert "links in tars (1)" in open_dataset(str(tmp_path)).found


def test_folders_within_a_tar_may_be_called_as_splits(tmp_path):
    write_tar(tmp_path / "0.tar", [*sample("train/0", 10), *sample("a/test/0", 20)])
    splits = read_splits(str(tmp_path))[1]
    assert {name: split.captions for name, split in splits.items()} == {
        "train": ["level 10"],
        "test": ["level 20"],
    }


def test_files_that_are_stored_in_a_way_of_their_own_are_counted(tmp_path):
    with tarfile.open(tmp_path / "0.tar", "w") as tar:
        for name, data in [*sample("0", 10), ("1.png", b"")]:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            info.type = tarfile.GNUTYPE_SPARSE if name == "1.png" else tarfile.REGTYPE
            tar.addfile(info, io.BytesIO(data))
    assert "in a way of their own (1)" in open_dataset(str(tmp_path)).found
