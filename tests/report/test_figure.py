import re

from explorer.report.figure import Drawn, Point, line_figure


def test_points_lie_where_their_values_are_and_whiskers_reach_their_ends():
    line = Drawn("a <b>", 2, [Point(0, 0.0), Point(10, 50.0, 10.0)])
    svg = line_figure([line], "pairs", "recall")
    # The frame goes from 52 to 608 for 0 to 10, and from 260 up to 12 for 0 to 60.
    assert 'points="52.0,260.0 608.0,53.3"' in svg
    assert '<line x1="608.0" x2="608.0" y1="94.7" y2="12.0"/>' in svg
    assert '<g class="colour-2"><title>a &lt;b&gt;</title>' in svg
    assert re.findall('class="of-y"[^>]*>([^<]*)<', svg) == ["0", "20", "40", "60"]


def test_one_point_is_seen_and_no_point_is_no_figure():
    assert "<circle" in line_figure([Drawn("one", 0, [Point(20, 31.5)])], "pairs", "recall")
    assert line_figure([Drawn("none", 0, [])], "pairs", "recall") == ""


def test_values_that_fall_by_far_are_drawn_by_their_logarithms():
    line = Drawn("loss", 0, [Point(0, 1000.0), Point(5, 10.0), Point(10, 1.0)])
    svg = line_figure([line], "step", "loss", is_steep=True)
    # From 260 for 1 up to 12 for 1,000: of 248 units a third is a power of ten.
    assert 'points="52.0,12.0 330.0,177.3 608.0,260.0"' in svg
    assert re.findall('class="of-y"[^>]*>([^<]*)<', svg) == ["1", "10", "100", "1,000"]


def test_values_that_fall_little_or_to_nothing_are_drawn_as_they_are():
    for last in (100.0, 0.0, -1.0):
        line = Drawn("loss", 0, [Point(0, 1000.0), Point(10, last)])
        steep = line_figure([line], "step", "loss", is_steep=True)
        assert steep == line_figure([line], "step", "loss")


def test_of_many_powers_of_ten_some_are_ticks():
    line = Drawn("loss", 0, [Point(0, 1.0), Point(10, 1e-11)])
    svg = line_figure([line], "step", "loss", is_steep=True)
    assert re.findall('class="of-y"[^>]*>([^<]*)<', svg) == ["1e-11", "1e-08", "1e-05", "0.01"]
