import os
from types import SimpleNamespace

import pytest

from explorer.errors import ConfigError
from explorer.ui.access import Access, limited, visitor_of
from explorer.ui.service import Service


@pytest.fixture
def places(tmp_path):
    for name in ("named", "allowed/inner", "other"):
        (tmp_path / name).mkdir(parents=True)
    os.symlink(tmp_path / "other", tmp_path / "allowed" / "link")
    return tmp_path


@pytest.fixture
def access(places) -> Access:
    return limited(str(places / "named"), [str(places / "allowed")], hub=False)


def test_what_the_owner_named_is_open_and_nothing_else(access, places):
    for name in ("named", "allowed", "allowed/inner", "allowed/../named", "named/."):
        access.require(str(places / name))
    access.require("scenes")
    access.require("digits")
    said = set()
    for name in ("other", "not-there", "allowed/link", "allowed/../other", "named-too", "", "~"):
        with pytest.raises(ConfigError) as refused:
            access.require(str(places / name) if name != "~" else "~")
        said.add(str(refused.value))
    assert len(said) == 1, "the answers tell which folders are there"
    assert str(places) not in said.pop()


def test_nothing_is_fetched_for_visitors_unless_the_owner_allows_it(access):
    with pytest.raises(ConfigError, match="--allow-hub"):
        access.require("hf:owner/name")
    limited("scenes", [], hub=True).require("hf:owner/name")
    limited("hf:owner/name", [], hub=False).require("hf:owner/name")


def test_on_this_machine_everything_is_open():
    Access().require("/")


def test_a_service_opens_only_what_its_access_allows(places, access, tmp_path):
    service = Service(tmp_path / "cache", access=access)
    for ask in (service.open, service.look):
        with pytest.raises(ConfigError, match="This server opens"):
            ask(str(places / "other"))


def test_a_look_has_nothing_fetched(tmp_path, monkeypatch):
    service = Service(tmp_path / "cache")
    monkeypatch.setattr(service._datasets, "_opener", lambda data: pytest.fail("it was opened"))
    with pytest.raises(ConfigError, match="Prepare opens it"):
        service.look("hf:owner/name")
    assert service.task("hf:owner/name") is None


def test_visitors_start_only_so_much(access):
    access.require_room(9, 2, n_sets=100, size=2000)
    for room in ((10, 0, 1, 1), (3, 3, 1, 1), (0, 0, 101, 1), (0, 0, 1, 2001)):
        with pytest.raises(ConfigError, match="This server makes at most"):
            access.require_room(*room)
        Access().require_room(*room)


def test_a_visitor_is_the_address_that_asks():
    assert visitor_of(SimpleNamespace(client=SimpleNamespace(host="10.0.0.7"))) == "10.0.0.7"
    assert visitor_of(None) == visitor_of(SimpleNamespace(client=None)) == ""
