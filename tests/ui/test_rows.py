import csv
import io
import json
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from explorer.steps.subset import find_subset
from explorer.ui.given_image import MOST_BYTES
from explorer.ui.rows import search


@pytest.fixture
def prepared(base, service):
    return service.prepared(base.rpartition("/")[2])


def test_a_text_in_captions_is_answered_with_all_rows_and_the_first_results(client, base, prepared):
    answer = client.get(f"{base}/search", params={"by": "text", "query": " A "}).json()
    assert answer["n"] == len(answer["rows"]) == sum("a" in each for each in prepared.captions)
    assert [each["row"] for each in answer["results"]] == answer["rows"][:60]
    similarities = [each["similarity"] for each in answer["results"]]
    assert similarities == sorted(similarities, reverse=True)
    assert len(answer["results"]) + answer["left_out"] == answer["n"]


def test_words_go_through_the_encoder_and_results_tell_the_cosine(
    client, base, prepared, service, monkeypatch
):
    encoder = SimpleNamespace(embed_captions=lambda texts: prepared.image[[len(texts[0])]])
    monkeypatch.setattr(service, "studio", lambda bundle: encoder)
    answer = client.get(f"{base}/search", params={"by": "words", "query": "seven c"}).json()
    assert (answer["n"], len(answer["rows"]), answer["left_out"]) == (40, 200, 0)
    assert answer["classes"] == []
    assert answer["unknown"] == ["seven"]  # each caption has a c
    first = answer["results"][0]
    assert (first["image"], first["similarity"]) == (7, 1)
    own = prepared.caption[35:40]  # of image 7; the one most like the query is shown
    nearest = 35 + int(np.argmax(own @ prepared.image[7] / np.linalg.norm(own, axis=1)))
    assert first["caption"] == prepared.captions[nearest]


def test_words_that_name_a_class_find_its_images_without_an_encoder(prepared, monkeypatch):
    name = prepared.captions[3]
    monkeypatch.setattr(type(prepared), "classes", [name, "another"])
    answer = search(SimpleNamespace(), prepared, "words", f" {name.upper()} ")
    assert answer["classes"] == [name]
    rows = [row for row in range(prepared.n_captions) if prepared.captions[row] == name]
    assert sorted(answer["rows"]) == rows
    assert {each["caption"] for each in answer["results"]} == {name}


@pytest.mark.parametrize(
    ("by", "query", "sentence"),
    [("text", "  ", "Say what to search for."), ("sound", "a", "not by 'sound'")],
)
def test_a_search_that_cannot_be_done_is_explained(client, base, by, query, sentence):
    answer = client.get(f"{base}/search", params={"by": by, "query": query})
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]


def test_an_image_is_searched_for_by_what_its_file_holds(
    client, base, prepared, service, monkeypatch
):
    seen = []

    def embed_images(images):
        seen.extend(images)
        return prepared.image[[7]]

    monkeypatch.setattr(
        service, "studio", lambda bundle: SimpleNamespace(embed_images=embed_images)
    )
    file = io.BytesIO()
    Image.new("RGBA", (8, 6)).save(file, "PNG")
    answer = client.post(f"{base}/search/image", content=file.getvalue()).json()
    assert (seen[0].size, seen[0].mode) == ((8, 6), "RGB")
    assert (answer["n"], len(answer["rows"])) == (40, 200)
    assert (answer["results"][0]["image"], answer["results"][0]["similarity"]) == (7, 1)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "cannot be read: it is empty"),
        (b"abc", "cannot be read: it is in no format"),
        (b"\x89PNG\r\n\x1a\n", "cannot be read"),
        (b"x" * (MOST_BYTES + 1), "is larger than 32 MiB"),
    ],
    ids=["empty", "text", "cut short", "large"],
)
def test_a_file_that_is_no_image_is_explained(client, base, content, reason):
    name = {"name": "boat.png"}
    answer = client.post(f"{base}/search/image", params=name, content=content)
    assert answer.status_code == 422
    assert f"The image boat.png {reason}" in answer.json()["detail"]


def test_the_neighbours_of_a_point_say_what_they_are(client, base, prepared):
    answer = client.get(f"{base}/points/image/7/neighbours").json()
    assert answer["item"]["is_image"]
    assert (answer["item"]["image"], answer["item"]["row"]) == (7, 35)
    images, captions = (answer[kind]["results"] for kind in ("images", "captions"))
    assert 7 not in [each["image"] for each in images]
    assert {each["is_image"] for each in images} == {True}
    assert {each["is_image"] for each in captions} == {False}
    own = [each["row"] for each in captions if each["is_own"]]
    assert set(own) <= set(range(35, 40))
    of_caption = client.get(f"{base}/points/caption/38/neighbours").json()
    assert (of_caption["item"]["row"], of_caption["item"]["is_image"]) == (38, False)
    assert prepared.captions[38] not in [
        each["caption"] for each in of_caption["captions"]["results"]
    ]


@pytest.mark.parametrize("point", ["image/40", "caption/-1", "sound/0"])
def test_there_are_no_neighbours_of_what_is_not_there(client, base, point):
    assert client.get(f"{base}/points/{point}/neighbours").status_code == 404


def test_rows_are_told_in_the_order_asked_for(client, base, prepared):
    found = client.get(f"{base}/rows", params={"which": "38,0"}).json()
    assert [each["row"] for each in found] == [38, 0]
    assert (found[0]["image"], found[0]["caption"]) == (7, prepared.captions[38])
    assert found[0]["prototype"] == prepared.prototype_of_caption[38] + 1
    assert found[1]["prototype"] is None  # a dropped row


@pytest.mark.parametrize("which", ["200", "-1", "", "1;2", "²"])
def test_rows_that_are_not_there_are_not_found(client, base, which):
    assert client.get(f"{base}/rows", params={"which": which}).status_code == 404


def export(client, base, numbers, kind):
    content = np.array(numbers, dtype="<i4").tobytes()
    headers = {"Content-Type": "application/octet-stream"}
    return client.post(f"{base}/rows.{kind}", content=content, headers=headers)


def test_rows_are_exported_with_number_file_caption_prototype_similarity_and_tags(
    client, base, prepared
):
    expected = [
        {
            "row": 38,
            "file": prepared.names[7],
            "caption": prepared.captions[38],
            "prototype": int(prepared.prototype_of_caption[38]) + 1,
            "similarity": round(float(prepared.similarity[38]), 4),
            "tags": "",
        },
        {
            "row": 0,
            "file": prepared.names[0],
            "caption": prepared.captions[0],
            "prototype": None,
            "similarity": round(float(prepared.similarity[0]), 4),
            "tags": "",
        },
    ]
    assert json.loads(export(client, base, [38, 0], "json").text) == expected
    table = list(csv.DictReader(io.StringIO(export(client, base, [38, 0], "csv").text)))
    written = [
        {name: "" if value is None else str(value) for name, value in line.items()}
        for line in expected
    ]
    assert table == written


def test_an_export_of_what_is_not_there_is_refused(client, base):
    assert export(client, base, [200], "csv").status_code == 404
    many = export(client, base, [0] * 201, "csv")
    assert (many.status_code, many.json()["detail"]) == (422, "There are 200 rows, not 201.")
    assert export(client, base, [-1], "json").status_code == 404
    assert export(client, base, [0], "exe").status_code == 404
    headers = {"Content-Type": "application/octet-stream"}
    half = client.post(f"{base}/rows.csv", content=b"abc", headers=headers)
    assert (half.status_code, "four bytes" in half.text) == (422, True)


def test_the_captions_of_each_image_are_packed_as_their_beginnings(client, base):
    packed = np.frombuffer(client.get(f"{base}/captions.bin").content, "<u4")
    assert packed.tolist() == list(range(0, 201, 5))


def test_rows_are_kept_to_be_distilled_alone_or_left_out(client, base, prepared, service, config):
    content = np.array([38, 2], dtype="<i4").tobytes()
    kept = client.post(f"{base}/subsets", content=content).json()
    assert (kept["data"], kept["bundle"]) == (config.data, config.bundle)
    assert kept["text"].startswith("Only 2 of 200 captions")
    pairs = prepared.dataset.splits["train"]
    assert find_subset(service.store, pairs, kept["subset"]).rows.tolist() == [2, 38]
    others = client.post(f"{base}/subsets", params={"leave_out": True}, content=content).json()
    rows_left = find_subset(service.store, pairs, others["subset"]).rows
    assert sorted({*range(200)} - {*rows_left.tolist()}) == [2, 38]


def test_rows_that_are_not_there_cannot_be_kept(client, base):
    content = np.array([200], dtype="<i4").tobytes()
    assert client.post(f"{base}/subsets", content=content).status_code == 404
    everything = np.arange(200, dtype="<i4").tobytes()
    nothing = client.post(f"{base}/subsets", params={"leave_out": True}, content=everything)
    assert (nothing.status_code, "No row would be left" in nothing.text) == (422, True)
