"""What people are told of what went wrong."""

import errno
import os

import pytest

from explorer.errors import CONTROLS, NO_ROOM, TOLD, ConfigError, sentence


def refused(number: int, name: str | None = "/home/ada/cache/a.npy") -> OSError:
    return OSError(number, os.strerror(number), name)


def test_our_own_sentences_are_told_as_they_are():
    assert sentence(ConfigError("seed must be a number.")) == "seed must be a number."


@pytest.mark.parametrize("control", [*CONTROLS, "\u2028", "\u2029"])
def test_what_breaks_lines_or_moves_a_terminal_is_a_blank(control):
    told = sentence(ConfigError(f"a{control}{control}b{control}"))
    assert told == "a b"


@pytest.mark.parametrize("length", [1999, 2000, 2001, 100_000])
def test_a_long_one_keeps_its_beginning_and_its_end(length):
    text = "begin" + "x" * (length - 8) + "end"
    told = sentence(ConfigError(text))
    assert len(told) <= 2000
    assert (told == text) == (length <= 2000)
    assert told.startswith("begin")
    assert told.endswith("end")


@pytest.mark.parametrize("number", sorted(NO_ROOM))
def test_where_nothing_can_be_written_there_is_something_to_do(number):
    told = sentence(refused(number))
    assert told.endswith((".", "here; name another folder."))
    assert "; " in told
    assert "ada" not in told


def test_the_terminal_is_told_which_file_it_is_and_the_page_is_not():
    full = refused(errno.ENOSPC)
    assert sentence(full) == "The disk is full; free some space and ask again."
    assert sentence(full, with_names=True).endswith("ask again: /home/ada/cache/a.npy.")
    assert sentence(refused(errno.ENOSPC, None), with_names=True) == sentence(full)


def test_an_array_that_was_written_in_part_says_that_the_disk_is_full():
    half = OSError("768000 requested and 249824 written")  # as numpy raises it
    assert sentence(half) == "The disk is full; free some space and ask again."
    assert sentence(OSError("2 requested and 1 written by hand")).endswith("by hand.")


def test_other_words_of_the_system_become_a_sentence():
    assert sentence(refused(errno.ECONNREFUSED)) == "Connection refused."
    assert sentence(OSError("no such device.")) == "No such device."
    assert sentence(OSError()) == "OSError."


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), "not Unicode in UTF-8"),
        (UnicodeError("odd"), "UTF-8: odd."),
        (RecursionError("maximum depth"), "nested too deeply."),
        (MemoryError(), "The memory of this machine does not suffice"),
    ],
)
def test_faults_of_what_was_given_are_explained(error, words):
    assert isinstance(error, TOLD)
    assert words in sentence(error)


def test_faults_of_ours_are_no_sentences():
    assert not isinstance(KeyError("x"), TOLD)
