"""What of a dataset cannot be used: how many, for which reason, and which."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

_EXAMPLES = 3
_LONGEST = 80


class LeftOut(Counter[str]):
    """Counts by reason, a plural such as "rows without an image"; and the first of each."""

    def __init__(self, *found: dict[str, int]) -> None:
        super().__init__(*found)
        self.examples: dict[str, list[str]] = {}

    def add(self, reason: str, which: object, count: int = 1) -> None:
        """Counts something, and remembers which it is if it is among the first."""
        self[reason] += count
        known = self.examples.setdefault(reason, [])
        if len(known) < _EXAMPLES:
            known.append(shortened(str(which)))

    def add_all(self, reason: str, which: Sequence[object]) -> None:
        """Counts many."""
        for each in which[:_EXAMPLES]:
            self.add(reason, each)
        self[reason] += len(which[_EXAMPLES:])

    def told(self, most: int = 20) -> str:
        """The reasons with their counts; "" where there are none."""
        reasons = [(reason, count) for reason, count in self.items() if count]
        said = [f"{reason} ({count:,})" for reason, count in reasons[:most]]
        if len(reasons) > most:
            said.append(f"and for {len(reasons) - most} other reasons")
        return ", ".join(said)

    def why(self) -> str:
        """The commonest reasons with counts and an example each; "" where there are none."""
        common = [each for each in self.most_common(3) if each[1]]
        return "; ".join(self._why(reason, count) for reason, count in common)

    def _why(self, reason: str, count: int) -> str:
        first = self.examples.get(reason)
        return f"{reason} ({count:,})" + (f", the first is {first[0]}" if first else "")


def place_of(path: Path) -> str:
    """A file, for an example: its name and its folder's."""
    return Path(*path.parts[-2:]).as_posix()


def encodable(text: str) -> str:
    """Spells out half characters, which JSON and names of files can hold, but UTF-8 cannot."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def shortened(text: str, longest: int = _LONGEST) -> str:
    """A text in one line, its middle left out where it is long.

    Examples:
        >>> shortened("0123456789", 7)
        '012…789'
    """
    line = " ".join(encodable(text).split())
    half = longest // 2
    return line if len(line) <= longest else f"{line[:half]}…{line[-half:]}"
