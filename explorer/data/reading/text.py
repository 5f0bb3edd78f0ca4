"""What text files hold, whatever system or program wrote them."""

from pathlib import Path

from explorer.errors import BadDataError

_HEAD = 1 << 16  # bytes that say what a file is
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_ZEROS = 1 / 4
"""Share of characters that are zero from which on a text is taken for UTF-16 without its mark."""
_PACKED = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x03\x04": "zip, as Excel's workbooks are, too",
}


def read_text(path: Path) -> str:
    """A UTF-8 file, with or without the mark that some editors put first, or UTF-16 with it."""
    try:
        content = path.read_bytes()
        return decoded(content)
    except UnicodeDecodeError as error:
        if kind := compression(content):
            raise BadDataError(
                f"{path} is compressed ({kind}); unpack it, or save it as plain text."
            ) from error
        raise BadDataError(
            f"{path} is not UTF-8 text: {error.reason}; save it as UTF-8."
        ) from error
    except OSError as error:
        raise BadDataError(f"{path} cannot be read: {error.strerror}.") from error


def head(path: Path) -> str:
    """The beginning of a file, "" where it cannot be read; what is no text is replaced."""
    try:
        with path.open("rb") as file:
            return decoded(file.read(_HEAD), errors="replace")
    except OSError:
        return ""


def tail(path: Path) -> str:
    """The end of a file, "" where it cannot be read; what is no text is replaced."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _HEAD))
            return decoded(file.read(_HEAD), errors="replace")
    except OSError:
        return ""


def decoded(content: bytes, errors: str = "strict") -> str:
    """UTF-8, or UTF-16 with its mark; all lines end at line feeds. UnicodeDecodeError if it is not.

    The mark may come again where files were joined.
    """
    text = content.decode("utf-16" if content[:2] in _UTF_16 else "utf-8-sig", errors)
    if errors == "strict" and text.count("\0") > _ZEROS * len(text):
        at = content.index(b"\0")
        reason = "every other byte or more is zero, as in UTF-16 or UTF-32 without its mark"
        raise UnicodeDecodeError("utf-8", content, at, at + 1, reason)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\n\ufeff", "\n").lstrip("\ufeff") if "\ufeff" in text else text


def compression(content: bytes) -> str:
    """How a file is compressed that begins so; "" where it is not."""
    return next((kind for begin, kind in _PACKED.items() if content.startswith(begin)), "")
