import json

import pytest
from fastapi.testclient import TestClient
from gradio.routes import App

from explorer.ui import guard
from explorer.ui import page as layout
from explorer.ui.guard import rules_for
from explorer.ui.routes import serve
from explorer.ui.routes.serve import PREFIX

HEALTH = f"{PREFIX}/health"
JOIN = "/gradio_api/queue/join"


@pytest.fixture(scope="module")
def client(world) -> TestClient:
    """A server on loopback, asked by its own name."""
    service = serve.Service(world[0])
    kwargs = serve.app_kwargs(service, rules_for("127.0.0.1", ["proxy.example"]))
    return TestClient(App.create_app(layout.build(service), app_kwargs=kwargs), "http://localhost")


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:7860", "127.0.0.1:80", "[::1]:7860", "LOCALHOST", "proxy.example"],
)
def test_a_server_on_loopback_answers_to_its_names(client, host):
    assert client.get(HEALTH, headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "",
        "[",
        "a b",
        "10.0.0.1",
    ],
)
@pytest.mark.parametrize("path", [HEALTH, "/", "/config", f"{PREFIX}/runs", "/openapi.json"])
def test_a_server_on_loopback_does_not_answer_to_other_names(client, host, path):
    answer = client.get(path, headers={"host": host})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


def test_a_server_for_others_answers_to_any_name():
    assert rules_for("0.0.0.0").hosts == frozenset()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:9", "x"])
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", HEALTH), ("PUT", f"{PREFIX}/runs/a/label"), ("POST", JOIN), ("POST", "/login")],
)
def test_pages_of_other_origins_are_refused(client, origin, method, path):
    for headers in ({}, {"access-control-request-method": method}):
        asked = "OPTIONS" if headers else method
        answer = client.request(asked, path, headers={"origin": origin, **headers})
        assert answer.status_code == 403
        assert not [name for name in answer.headers if name.startswith("access-control")]


def test_the_page_itself_may_ask(client):
    headers = {"origin": "http://localhost", "sec-fetch-site": "same-origin"}
    assert client.get(HEALTH, headers=headers).status_code == 200
    proxied = {
        "host": "inner",
        "x-forwarded-host": "outer.example",
        "origin": "https://outer.example",
    }
    assert guard.urlsplit(proxied["origin"]).netloc == "outer.example"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_foreign_page_can_link_to_the_page_and_do_nothing_else(client, site):
    link = {"sec-fetch-site": site, "sec-fetch-mode": "navigate"}
    assert client.get("/config", headers=link).status_code == 200
    assert client.get(HEALTH, headers=link).status_code == 403
    assert client.post("/login", headers=link).status_code == 403
    image = {"sec-fetch-site": site, "sec-fetch-mode": "no-cors"}
    assert client.get("/config", headers=image).status_code == 403
    assert client.get(f"{PREFIX}/preparation?data=hf:evil/big", headers=image).status_code == 403


@pytest.mark.parametrize(
    "path", ["/config", HEALTH, "/nothing", "/theme.css", f"{PREFIX}/runs/none"]
)
def test_every_answer_tells_browsers_what_they_may(client, path):
    headers = client.get(path).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"


def test_a_space_is_framed_by_its_site_only(monkeypatch):
    monkeypatch.setenv("SPACE_ID", "owner/name")
    headers = guard._headers(rules_for("0.0.0.0"))
    assert "frame-ancestors https://huggingface.co" in headers["content-security-policy"]
    assert "x-frame-options" not in headers


def test_cookies_are_sent_by_no_other_page():
    given = "a=b; HttpOnly; Path=/; SameSite=none; Secure"
    assert guard._strict(given) == "a=b; HttpOnly; Path=/; Secure; SameSite=Strict"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'"\\ud800"', "application/json"),
        (b'{"data": [NaN], "fn_index": 0}', "application/json"),
        (b"[" * 100_000, "application/json; charset=utf-8"),
        (b'{"data": ' + b"9" * 5000 + b"}", "application/json"),
        (b'{"data": 1e999}', "application/json"),
        (b"\xff", "application/problem+json"),
        (b"{", "application/json"),
    ],
)
@pytest.mark.parametrize("path", [JOIN, "/gradio_api/run/predict", f"{PREFIX}/runs/a/label"])
def test_json_that_could_not_be_answered_is_refused_at_the_door(client, path, body, kind):
    method = "PUT" if path.endswith("label") else "POST"
    answer = client.request(method, path, content=body, headers={"content-type": kind})
    assert answer.status_code == 422
    assert "The request is not JSON as it must be" in answer.json()["detail"]


def test_a_body_that_is_too_long_is_refused_before_it_is_read(client, monkeypatch):
    monkeypatch.setattr(guard, "MOST_BODY", 1000)
    monkeypatch.setattr(guard, "MOST_JSON", 1000)

    def never():
        raise AssertionError("it was read")
        yield b""

    path = f"{PREFIX}/prepared/a/search/image"
    for kind in ("application/json", "application/octet-stream"):
        headers = {"content-type": kind, "content-length": "1001"}
        assert client.post(path, content=never(), headers=headers).status_code == 413
        piecewise = (b"a" * 100 for _ in range(11))  # of no stated length
        answer = client.post(path, content=piecewise, headers={"content-type": kind})
        assert answer.status_code == 413
    assert client.post(path, headers={"content-length": "9" * 20}).status_code == 400


@pytest.mark.parametrize("path", [JOIN, "/gradio_api/run/predict", "/gradio_api/call/v2/none"])
def test_what_gradio_does_not_have_is_no_failure_of_the_server(client, path, caplog):
    for number in (12345, None):
        asked = {"fn_index": number, "data": [], "session_hash": "a"}
        assert 400 <= client.post(path, json=asked).status_code < 500
    assert not [each for each in caplog.records if each.exc_info]


@pytest.mark.parametrize("kind", [{"content-type": "application/json"}, {}])
@pytest.mark.parametrize("place", ["/etc/passwd", "http://off.example/pixel.png"])
def test_no_request_has_a_file_copied_or_fetched(client, place, kind):
    file = {"path": place, "url": place, "meta": {"_type": "gradio.FileData"}}
    body = json.dumps({"fn_index": 0, "data": [[{"a": file}]], "session_hash": "a"})
    for path in (JOIN, "/gradio_api/run/predict", "/gradio_api/component_server"):
        content = body.replace("FileData", "File\\u0044ata").encode()
        answer = client.post(path, content=content, headers=kind)
        assert (answer.status_code, "takes a file" in answer.text) == (422, True)


def test_the_page_takes_no_files(client):
    files = {"files": ("a.tar", b"x")}
    assert client.post("/gradio_api/upload", files=files).status_code == 403


def test_a_failure_of_the_server_is_one_sentence_and_stands_in_its_log(client, monkeypatch, caplog):
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(serve.Service, "preparation", fail)
    asked = {"data": "scenes", "bundle": "scenes", "n_prototypes": 3}
    answer = client.get(f"{PREFIX}/preparation", params=asked)
    assert (answer.status_code, answer.json()["error"]) == (500, "InternalError")
    assert "secret" not in answer.text
    assert "ZeroDivisionError" in caplog.text
