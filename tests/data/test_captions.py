"""Captions as the program reads them."""

import pytest

from explorer.data.captions import clean_caption


@pytest.mark.parametrize(
    ("caption", "clean"),
    [
        ("  Two\u2028DOGS ", "two dogs"),
        ('"Wait!" (no)', "wait no"),
        ("word " * 40, " ".join(["word"] * 30)),
        ("\ud83d sea", r"\ud83d sea"),
        ("...", ""),
    ],
)
def test_captions_are_cleaned_as_the_reference_does(caption, clean):
    assert clean_caption(caption) == clean
