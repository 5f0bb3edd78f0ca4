import subprocess
import sys

BIG = 200 << 20
CHILD = "from explorer.runs.memory import peak_memory; print(peak_memory())"


def measured(before: str = "") -> int:
    done = subprocess.run(
        [sys.executable, "-c", before + CHILD], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def test_the_peak_is_counted_even_when_the_memory_was_given_back():
    plain = measured()
    assert plain < measured(f"held = b'1' * {BIG}; del held; ") - 0.9 * BIG


def test_memory_of_the_program_that_started_it_does_not_count():
    held = b"1" * BIG
    assert measured() < len(held)
