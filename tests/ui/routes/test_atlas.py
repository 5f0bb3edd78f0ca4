import io
import time

import numpy as np
import pytest
from PIL import Image

from explorer.ui.routes.serve import PREFIX


@pytest.fixture
def base(client, asked) -> str:
    key = client.get(f"{PREFIX}/preparation", params=asked).json()["key"]
    return f"{PREFIX}/prepared/{key}/atlas"


def test_small_images_are_made_when_they_are_asked_for(client, base, service):
    assert client.get(base).json() == {"side": 2048, "levels": {}, "making": None}
    assert client.get(f"{base}/places.bin").status_code == 404
    assert client.post(base).status_code == 200
    end = time.monotonic() + 30
    while not (about := client.get(base).json())["levels"]:
        assert time.monotonic() < end
        assert not about["making"] or not about["making"]["problem"]
    assert about == {"side": 2048, "levels": {"16": 1, "32": 1}, "making": None}
    places = np.frombuffer(client.get(f"{base}/places.bin").content, "<u4")
    assert sorted(places.tolist()) == list(range(40))
    page = client.get(f"{base}/32/0.webp")
    assert page.headers["content-type"] == "image/webp"
    assert Image.open(io.BytesIO(page.content)).size == (2048, 32)
    assert client.get(f"{base}/32/1.webp").status_code == 404
    assert client.get(f"{base}/33/0.webp").status_code == 404
