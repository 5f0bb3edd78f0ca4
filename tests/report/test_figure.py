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
