import re

import pytest

from explorer.ui import wire
from explorer.ui.routes import static
from tests.wire_twin import TWIN, script_type, twin


def test_the_scripts_know_the_shapes_that_go_to_the_page():
    assert TWIN.read_text(encoding="utf-8") == twin(), "run python -m tests.wire_twin"


def test_scripts_name_only_shapes_that_there_are():
    for name, text in static.scripts().items():
        for shape in re.findall(r"\bWire\.(\w+)", text.decode()):
            assert f"interface {shape} " in twin(), f"{name} names Wire.{shape}"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (list[int | None], "(number | null)[]"),
        (dict[str, list[tuple[int, float]]], "Record<string, [number, number][]>"),
        (wire.Card | None, "Card | null"),
    ],
)
def test_types_are_written_as_the_scripts_checker_reads_them(kind, expected):
    assert script_type(kind) == expected
