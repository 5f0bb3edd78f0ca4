"""The page can be read, by day and by night."""

import re

import pytest

from explorer.ui.theme import INK, PAPER, make_theme

LEAST, LEAST_OF_CONTROLS = 4.5, 3.0
"""Contrast of text, and of what marks a control, by WCAG 2.1 (1.4.3, 1.4.11)."""
ON = [
    ("body_text_color", "body_background_fill"),
    ("body_text_color", "background_fill_primary"),
    ("body_text_color", "background_fill_secondary"),
    ("body_text_color_subdued", "body_background_fill"),
    ("body_text_color_subdued", "background_fill_primary"),
    ("link_text_color", "body_background_fill"),
    ("link_text_color", "background_fill_primary"),
    ("button_primary_text_color", "button_primary_background_fill"),
    ("button_primary_text_color", "button_primary_background_fill_hover"),
    ("button_secondary_text_color", "button_secondary_background_fill"),
    ("button_secondary_text_color", "button_secondary_background_fill_hover"),
    ("block_title_text_color", "block_background_fill"),
    ("block_info_text_color", "block_background_fill"),
]
MARKS = [
    ("border_color_accent", "body_background_fill"),
    ("slider_color", "block_background_fill"),
    ("input_border_color_focus", "input_background_fill"),
]


@pytest.fixture(scope="module")
def theme():
    return make_theme()


def colour(theme, name: str, mode: str) -> str:
    """What a variable comes to in a mode, as #rrggbb."""
    own = getattr(theme, f"{name}_dark", None) if mode == "dark" else None
    value = own or getattr(theme, name)
    return value if value.startswith("#") else colour(theme, value.removeprefix("*"), mode)


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.1.

    Examples:
        >>> round(contrast("#000000", "#ffffff"), 2), contrast("#123456", "#123456")
        (21.0, 1.0)
    """
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(value: str) -> float:
    levels = [int(value[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in levels]
    return sum(weight * s for weight, s in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_black_on_white_has_the_most_contrast_that_there_is():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # as WebAIM tells


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), ON)
def test_every_text_can_be_read_on_its_ground(theme, text, ground, mode):
    assert contrast(colour(theme, text, mode), colour(theme, ground, mode)) >= LEAST


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_what_marks_a_control_can_be_seen(theme, mark, ground, mode):
    assert contrast(colour(theme, mark, mode), colour(theme, ground, mode)) >= LEAST_OF_CONTROLS


@pytest.mark.parametrize("scale", [INK, PAPER], ids=lambda each: each.name)
def test_a_scale_grows_darker_step_by_step(scale):
    steps = [getattr(scale, f"c{step}") for step in (50, *range(100, 1000, 100), 950)]
    assert all(re.fullmatch("#[0-9a-f]{6}", each) for each in steps)
    levels = [luminance(each) for each in steps]
    assert levels == sorted(levels, reverse=True)


def test_no_font_is_fetched_from_elsewhere(theme):
    assert theme._stylesheets == theme._font_css == []
