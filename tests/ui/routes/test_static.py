"""The page's own scripts and plotly.js, from memory."""

import gzip

from explorer.ui.routes.serve import PREFIX, static


def test_scripts_are_served_under_their_version_and_nothing_else(client):
    at = f"{PREFIX}/static/{static.version()}"
    answer = client.get(f"{at}/map/map.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.content == (static.FOLDER / "map/map.js").read_bytes()
    for name in ("common/style.css", "map/other.js", "..%2F..%2Fapp.py"):
        assert client.get(f"{at}/{name}").status_code == 404


def test_plotly_comes_compressed_from_this_machine(client):
    with client.stream("GET", f"{PREFIX}/static/{static.version()}/plotly.min.js") as answer:
        assert answer.headers["content-encoding"] == "gzip"
        assert gzip.decompress(b"".join(answer.iter_raw()))[:9] == b"/**\n* plo"
