import json
from types import SimpleNamespace

import numpy as np
import pytest

from explorer.explore.columns import measuring
from explorer.runs.config import view_of
from explorer.types import Column
from explorer.ui.routes.columns import pack_column

OWN = "/gradio_api/explorer"


@pytest.fixture
def at(service, client, config) -> SimpleNamespace:
    prepared = service.find(view_of(config))
    return SimpleNamespace(prepared=prepared, base=f"{OWN}/prepared/{prepared.key}", client=client)


def unpacked(content: bytes) -> tuple[dict, bytes]:
    length = int(np.frombuffer(content[:4], "<u4")[0])
    assert (4 + length) % 8 == 0
    return json.loads(content[4 : 4 + length]), content[4 + length :]


def test_every_column_is_named_with_what_it_is(at):
    answer = at.client.get(f"{at.base}/columns").json()
    found = {each["name"]: each for each in answer["columns"]}
    assert found["similarity"]["kind"] == "number"
    assert found["caption"]["kind"] == "text"
    assert not found["brightness"]["is_there"]
    assert answer["measuring"]["making"] is None
    assert answer["measuring"]["seconds"] > 0


def test_numbers_travel_as_floats(at):
    answer = at.client.get(f"{at.base}/columns/similarity.bin")
    header, body = unpacked(answer.content)
    assert (header["per"], header["n"]) == ("caption", at.prepared.n_captions)
    assert np.frombuffer(body, "<f4") == pytest.approx(at.prepared.similarity)


def test_words_travel_as_codes(at):
    header, body = unpacked(at.client.get(f"{at.base}/columns/kept.bin").content)
    assert header["names"] == ["dropped", "kept"]
    assert np.frombuffer(body, "<u2").tolist() == at.prepared.is_kept.astype(int).tolist()


def test_lists_travel_with_their_beginnings_and_nothing_as_the_last_code():
    column = Column("image", "list", np.array([1, 0, 1]), ["a", "ö"], np.array([0, 2, 2, 3]))
    header, body = unpacked(pack_column(column))
    assert (header["n"], header["names"]) == (3, ["a", "ö"])
    assert np.frombuffer(body[:16], "<u4").tolist() == [0, 2, 2, 3]
    assert np.frombuffer(body[16:], "<u2").tolist() == [1, 0, 1]
    _, body = unpacked(pack_column(Column("image", "words", np.array([-1, 0]), ["a"])))
    assert np.frombuffer(body, "<u2").tolist() == [0xFFFF, 0]


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("nothing", 422, "There is no column 'nothing' yet"),
        ("brightness", 422, "There is no column 'brightness' yet"),
        ("caption", 404, "too many different words"),
        ("..%2F..%2Fetc%2Fpasswd", 404, ""),
    ],
)
def test_what_is_no_column_is_refused_in_words(at, name, status, said):
    answer = at.client.get(f"{at.base}/columns/{name}.bin")
    assert answer.status_code == status
    assert said in answer.json()["detail"]


def test_images_are_measured_behind_the_page_when_asked(at, service):
    assert at.client.post(f"{at.base}/measures").status_code == 200
    service.store.fetch(measuring(at.prepared))  # waits for it
    status = at.client.get(f"{at.base}/columns").json()
    assert status["measuring"] is None
    missing = {each["name"] for each in status["columns"] if not each["is_there"]}
    assert missing == {"forgotten", "tags"}
    _, body = unpacked(at.client.get(f"{at.base}/columns/width.bin").content)
    assert set(np.frombuffer(body, "<f4")) == {128}


def test_rows_of_a_condition_travel_as_bits(at):
    answer = at.client.get(f"{at.base}/where.bin", params={"condition": "similarity < 0.9"})
    bits = np.unpackbits(np.frombuffer(answer.content, np.uint8), bitorder="little")
    assert bits[: at.prepared.n_captions].tolist() == (at.prepared.similarity < 0.9).tolist()
    answer = at.client.get(f"{at.base}/where.bin", params={"condition": "1 = 1; drop table rows"})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("The condition is not understood")


def test_tags_are_changed_by_rows_that_are_sent(at):
    headers = {"Content-Type": "application/octet-stream"}
    asked = {"params": {"name": "odd", "change": "add"}, "headers": headers}
    body = np.array([0, 3], "<i4").tobytes()
    assert at.client.post(f"{at.base}/tags", content=body, **asked).json() == [
        {"name": "odd", "n": 2}
    ]
    assert at.client.get(f"{at.base}/tags").json() == [{"name": "odd", "n": 2}]
    beyond = np.array([10**6], "<i4").tobytes()
    assert at.client.post(f"{at.base}/tags", content=beyond, **asked).status_code == 404
    asked["params"]["change"] = "drop"
    assert at.client.post(f"{at.base}/tags", content=b"", **asked).json() == []
