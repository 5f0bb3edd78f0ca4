"""Uploads, against a stand-in of the Hub's API on this machine."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from explorer.errors import ConfigError
from explorer.sets.hub import publish, require_token


class Hub(ThreadingHTTPServer):
    """Keeps what is uploaded to it; every file is sent within the commit."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.made: list[dict] = []
        self.files: dict[str, bytes] = {}
        self.tokens: set[str] = set()
        self.refuses = False

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.tokens.add(self.headers["Authorization"])
        path = self.path.partition("?")[0]
        if self.server.refuses:
            return self._answer(403, {"error": "You may not write here."})
        if path == "/api/repos/create":
            self.server.made.append(json.loads(body))
            return self._answer(200, {"url": f"{self.server.endpoint}/datasets/me/mine"})
        if path == "/api/validate-yaml":
            return self._answer(200, {"errors": [], "warnings": []})
        if path == "/api/datasets/me/mine/preupload/main":
            names = [each["path"] for each in json.loads(body)["files"]]
            files = [{"path": n, "uploadMode": "regular", "shouldIgnore": False} for n in names]
            return self._answer(200, {"files": files})
        if path == "/api/datasets/me/mine/commit/main":
            lines = [json.loads(line) for line in body.splitlines()]
            for value in (line["value"] for line in lines if line["key"] == "file"):
                self.server.files[value["path"]] = base64.b64decode(value["content"])
            for value in (line["value"] for line in lines if line["key"] == "deletedFile"):
                del self.server.files[value["path"]]
            url = f"{self.server.endpoint}/datasets/me/mine/commit/abc"
            return self._answer(200, {"commitUrl": url, "commitOid": "abc"})
        return self._answer(404, {"error": path})

    def do_GET(self) -> None:
        if self.server.refuses:
            return self._answer(403, {"error": "You may not look here."})
        files = self.server.files.items()
        listed = [{"type": "file", "path": n, "size": len(c), "oid": n} for n, c in files]
        return self._answer(200, listed)

    def _answer(self, code: int, values: dict) -> None:
        content = json.dumps(values).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as hub:
        thread = threading.Thread(target=hub.serve_forever, daemon=True)
        thread.start()
        yield hub
        hub.shutdown()


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "set" / "train").mkdir(parents=True)
    (tmp_path / "set" / "README.md").write_text("---\nlicense: unknown\n---\n# A set\n")
    (tmp_path / "set" / "train" / "000000.png").write_bytes(bytes(range(256)))
    return tmp_path / "set"


@pytest.fixture(autouse=True)
def token(monkeypatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")


def test_every_file_arrives_in_a_private_dataset(hub, folder):
    assert publish(folder, "me/mine", hub.endpoint) == f"{hub.endpoint}/datasets/me/mine"
    (made,) = hub.made
    assert (made["name"], made["organization"], made["type"]) == ("mine", "me", "dataset")
    assert made.get("private") or made.get("visibility") == "private"
    paths = [path for path in folder.rglob("*") if path.is_file()]
    assert hub.files == {str(path.relative_to(folder)): path.read_bytes() for path in paths}
    assert hub.tokens == {"Bearer hf_secret"}


def test_a_smaller_set_takes_the_place_of_a_larger_one(hub, folder):
    second = folder / "train" / "000001.png"
    second.write_bytes(b"second")
    publish(folder, "me/mine", hub.endpoint)
    assert "train/000001.png" in hub.files
    second.unlink()
    publish(folder, "me/mine", hub.endpoint)
    assert set(hub.files) == {"README.md", "train/000000.png"}


def test_a_refusal_is_one_sentence_without_the_token(hub, folder):
    hub.refuses = True
    with pytest.raises(ConfigError, match="was not uploaded to me/mine: ") as caught:
        publish(folder, "me/mine", hub.endpoint)
    assert "\n" not in str(caught.value)
    assert "hf_secret" not in str(caught.value)


def test_nobody_there_is_one_sentence(folder):
    with pytest.raises(ConfigError, match="was not uploaded to me/mine: "):
        publish(folder, "me/mine", "http://127.0.0.1:9")


@pytest.mark.parametrize("name", ["mine", "me/../mine", "me/mi ne", "a/b/c", ""])
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(ConfigError, match=r"owner/name|is no name on the Hub"):
        require_token(name)


def test_without_a_token_it_is_said_how_to_get_one(monkeypatch):
    monkeypatch.setattr("huggingface_hub.get_token", lambda: None)
    with pytest.raises(ConfigError, match="set HF_TOKEN to one from"):
        require_token("me/mine")
