import asyncio
import time

import pytest
from fastapi.testclient import TestClient
from gradio.routes import App

from explorer.errors import ConfigError
from explorer.ui import login
from explorer.ui import page as layout
from explorer.ui.login import Login, checker, find_login, read_login
from explorer.ui.routes import serve


def test_a_login_is_given_in_a_file_or_by_the_environment_or_named(tmp_path, monkeypatch):
    monkeypatch.delenv("EXPLORER_AUTH", raising=False)
    assert find_login(None, None) is None
    monkeypatch.setenv("EXPLORER_AUTH", "ada:from: outside")
    assert find_login(None, None) == ("ada", "from: outside")
    (tmp_path / "login").write_text("ada:in a file\n")
    assert find_login(None, tmp_path / "login") == ("ada", "in a file")
    assert find_login("ada:named", None) == ("ada", "named")


@pytest.mark.parametrize("text", ["", "ada", "ada:", ":secret"])
def test_half_a_login_is_refused(text):
    with pytest.raises(ConfigError, match="USER:PASSWORD"):
        read_login(text)


def test_wrong_passwords_take_time_however_many_are_tried_at_once(monkeypatch):
    monkeypatch.setattr(login, "SECONDS", 0.05)

    async def attempts() -> list[bool]:
        is_right = checker(Login("ada", "secret"))
        tries = [("ada", "wrong"), ("ada", "half \ud83d"), ("bob", "secret"), ("ada", "secret")]
        return await asyncio.gather(*(is_right(*each) for each in tries))

    start = time.monotonic()
    assert asyncio.run(attempts()) == [False, False, False, True]
    assert time.monotonic() - start > 0.15


def test_the_login_of_the_page_is_that_one_and_covers_the_list_of_routes(service, monkeypatch):
    monkeypatch.setattr(login, "SECONDS", 0.01)
    page = layout.build(service)
    page.auth = checker(Login("ada", "secret"))
    client = TestClient(App.create_app(page, app_kwargs=serve.app_kwargs(service)))
    assert client.get("/openapi.json").status_code == 401
    wrong = client.post("/login", data={"username": "ada", "password": "no"})
    assert wrong.status_code == 400
    right = client.post("/login", data={"username": "ada", "password": "secret"})
    assert right.status_code == 200
    cookies = right.headers.get_list("set-cookie")
    assert cookies
    assert all("SameSite=Strict" in each and "HttpOnly" in each for each in cookies)
    assert "paths" in client.get("/openapi.json").json()
