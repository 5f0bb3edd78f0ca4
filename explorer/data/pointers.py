"""Files of which Git LFS left the pointers only, as `git clone` does where it is not installed."""

_BEGINS = b"version https://git-lfs.github.com/spec/"
LONGEST = 1024
"""Bytes of a pointer, at most."""
FETCH = "fetch what it stands for with `git lfs pull`"


def is_pointer(content: bytes) -> bool:
    """Whether what a file begins with says that its content lies elsewhere."""
    return content.startswith(_BEGINS)
