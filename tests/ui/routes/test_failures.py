"""How test fared at one prototype, in the newest run."""

import numpy as np
import pytest

from explorer.runs.config import view_of
from tests.ui.worlds import embed_test, fared_run

OLD, NEW = "20261120-101112-345-aaaa", "20261120-101113-345-bbbb"


@pytest.fixture
def at(service, client, config):
    prepared = service.find(view_of(config))
    base = f"/gradio_api/explorer/prepared/{prepared.key}"

    def get(k: int):
        return client.get(f"{base}/prototypes/{k}/fared")

    get.prepared = prepared
    return get


def test_recall_at_each_prototype_is_over_the_items_most_like_it(at, service, config):
    assert at(0).json() is None
    fared_run(service, config, OLD, np.full(10, 30))
    fared_run(service, config, NEW, np.arange(10) % 2)
    assert not at(0).json()["is_there"]
    embed_test(service, at.prepared)
    found = [at(k).json() for k in range(at.prepared.n_prototypes)]
    assert {each["run"]["id"] for each in found} == {NEW}
    images, captions = zip(*(each["recall"] for each in found), strict=True)
    assert sum(each["n"] for each in images) == 10
    assert sum(each["n"] * each["first"] for each in images) == pytest.approx(5, abs=0.01)
    assert {each["first_of_all"] for each in images} == {0.5}
    assert [each["n"] for each in captions] == [5 * each["n"] for each in images]
    assert {each["first"] for each in captions} <= {0.0, 1.0}
    assert at(at.prepared.n_prototypes).status_code == 404
