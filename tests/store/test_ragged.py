import pytest

from explorer.store.ragged import Blobs, Texts, pack, pack_texts


def test_bytes_come_back_one_by_one():
    blobs = Blobs(*pack([b"ab", b"", b"c"]))
    assert list(blobs) == [b"ab", b"", b"c"]
    assert blobs[-1] == b"c"
    with pytest.raises(IndexError):
        blobs[3]


def test_texts_come_back_in_any_script():
    texts = ["a dog", "", "犬が走る 🐕"]
    packed = Texts(*pack_texts(texts))
    assert list(packed) == texts
    assert packed[1:] == texts[1:]
    assert len(packed) == 3


def test_nothing_packs_to_nothing():
    assert list(Texts(*pack_texts([]))) == []
