"""Text files of any system hold the same text, or are refused with what they are."""

import bz2
import gzip
import lzma

import pytest

from explorer.data.reading.text import decoded, read_text
from explorer.errors import BadDataError

TEXT = "image,caption\n0.png,a café\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_marks_and_line_ends_do_not_matter(encoding, end):
    assert decoded(TEXT.replace("\n", end).encode(encoding)) == TEXT


def test_a_file_may_have_line_ends_of_several_kinds():
    assert decoded(b"a\rb\nc\r\nd\r") == "a\nb\nc\nd\n"


def test_the_mark_of_a_file_that_was_joined_to_another_is_no_text():
    assert decoded(b"\xef\xbb\xbf\xef\xbb\xbfa\n\xef\xbb\xbfb") == "a\nb"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
def test_utf_16_without_its_mark_is_told(tmp_path, encoding):
    (tmp_path / "a.csv").write_bytes("image,caption\n0.png,a dog\n".encode(encoding))
    with pytest.raises(BadDataError, match=r"a\.csv is not UTF-8 text: .* as in UTF-16 or UTF-32"):
        read_text(tmp_path / "a.csv")


def test_a_single_zero_byte_costs_no_file():
    assert decoded(b"0.png,a d\0og\n" * 9).count("\n") == 9


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (gzip.compress(TEXT.encode()), "gzip"),
        (bz2.compress(TEXT.encode()), "bzip2"),
        (lzma.compress(TEXT.encode()), "xz"),
        (b"PK\x03\x04\x14\0\x06\xff", "zip, as Excel's workbooks are"),
    ],
    ids=["gzip", "bzip2", "xz", "zip"],
)
def test_a_compressed_file_is_told_whatever_it_is_called(tmp_path, content, kind):
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(BadDataError, match=rf"a\.csv is compressed \({kind}.*unpack it"):
        read_text(tmp_path / "a.csv")
