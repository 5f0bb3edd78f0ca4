"""Files of different names that hold the same."""

import pytest

from explorer.data.reading.same_files import first_different


@pytest.fixture
def root(tmp_path):
    """Two folders of a hundred files of a byte each that are called alike and are alike."""
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        for number in range(100):
            (tmp_path / folder / f"{number}.png").write_bytes(bytes([number]))
    return tmp_path


PAIRS = [(f"one/{number}.png", f"two/{number}.png") for number in range(100)]


def test_files_that_are_alike_have_no_difference(root):
    assert first_different(root, PAIRS) is None
    assert first_different(root, []) is None


def test_a_file_of_another_size_is_found_wherever_it_is(root):
    for number in (99, 37):
        (root / f"two/{number}.png").write_bytes(b"longer")
        assert first_different(root, PAIRS) == PAIRS[number]


def test_of_few_pairs_every_byte_is_compared(root):
    (root / "two/5.png").write_bytes(b"x")
    assert first_different(root, PAIRS[:20]) == PAIRS[5]


def test_a_file_is_never_another_than_itself(root):
    assert first_different(root, [("one/none.png", "one/none.png")]) is None


def test_a_file_that_is_not_there_is_like_none(root):
    (root / "two/3.png").unlink()
    assert first_different(root, PAIRS) == PAIRS[3]


def test_a_link_to_a_file_holds_what_that_holds(root):
    (root / "two/4.png").unlink()
    (root / "two/4.png").symlink_to(root / "one/4.png")
    assert first_different(root, PAIRS) is None
