import io
import time

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def atlas(base) -> str:
    return f"{base}/atlas"


def test_small_images_are_made_when_they_are_asked_for(client, atlas, service):
    assert client.get(atlas).json() == {"side": 2048, "levels": {}, "making": None}
    assert client.get(f"{atlas}/places.bin").status_code == 404
    assert client.post(atlas).status_code == 200
    end = time.monotonic() + 120
    while not (about := client.get(atlas).json())["levels"]:
        assert time.monotonic() < end
        assert not about["making"] or not about["making"]["problem"]
    assert about == {"side": 2048, "levels": {"16": 1, "32": 1}, "making": None}
    places = np.frombuffer(client.get(f"{atlas}/places.bin").content, "<u4")
    assert sorted(places.tolist()) == list(range(40))
    page = client.get(f"{atlas}/32/0.webp")
    assert page.headers["content-type"] == "image/webp"
    assert Image.open(io.BytesIO(page.content)).size == (2048, 32)
    assert client.get(f"{atlas}/32/1.webp").status_code == 404
    assert client.get(f"{atlas}/33/0.webp").status_code == 404
