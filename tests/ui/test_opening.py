import threading
import time

import pytest

from explorer.data.open import open_dataset
from explorer.errors import ConfigError, MissingDataError
from explorer.explore.view import View
from explorer.ui import opening
from explorer.ui.opening import Openings, StillOpening


def test_what_hangs_blocks_nothing_else_and_is_given_up_in_the_end():
    def opener(data):
        while data == "hangs":
            time.sleep(0.001)
        return data

    openings = Openings(2, opener, longest=0.5)
    with pytest.raises(ConfigError, match="goes on; ask again"):
        openings.get("hangs", patience=0.01)
    assert openings.get("sound", patience=1) == "sound"
    with pytest.raises(ConfigError, match="was not opened within"):
        openings.get("hangs", patience=10)
    assert not openings._going


def test_data_are_opened_once_by_all_who_ask_and_the_last_few_are_kept():
    opened, go_on = [], threading.Event()

    def opener(data):
        go_on.wait(5)
        opened.append(data)
        return data

    openings = Openings(2, opener)
    threads = [threading.Thread(target=openings.get, args=("a",)) for _ in range(5)]
    for thread in threads:
        thread.start()
    go_on.set()
    for thread in threads:
        thread.join()
    assert opened == ["a"]
    for data in ("b", "c", "c", "a"):
        openings.get(data)
    assert opened == ["a", "b", "c", "a"]
    openings.get("a", again=True)
    assert opened[-1] == "a"
    assert len(opened) == 5


def test_an_error_goes_to_whoever_asked_and_is_not_kept():
    answers = iter([MissingDataError("not there"), "there"])

    def opener(data):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    openings = Openings(2, opener)
    with pytest.raises(MissingDataError, match="not there"):
        openings.get("a")
    assert openings.get("a") == "there"


def test_only_so_many_are_opened_at_once(monkeypatch):
    monkeypatch.setattr(opening, "MOST_AT_ONCE", 1)
    go_on = threading.Event()
    openings = Openings(2, lambda data: go_on.wait(5) and data)
    with pytest.raises(ConfigError):
        openings.get("a", patience=0)
    with pytest.raises(ConfigError, match="1 other datasets are being opened"):
        openings.get("b")
    go_on.set()
    assert openings.get("a") == "a"


def test_a_page_that_waits_for_data_to_be_opened_is_told_so(service, config, monkeypatch):
    monkeypatch.setattr("explorer.ui.service.GLANCE", 0.01)
    go_on = threading.Event()
    service._datasets = Openings(2, lambda data: go_on.wait(5) and open_dataset(data))
    view = View(data=config.data, n_prototypes=12)
    answer = service.preparation(view)
    assert (answer["key"], answer["status"]["state"]) == (None, "starting")
    assert answer["status"]["text"] == "Opening the data"
    go_on.set()
    service.open(config.data)
    assert service.preparation(view)["key"]


def test_nobody_is_asked_to_prepare_what_is_about_to_be(service, config, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()

    def prepare(view):
        begun.set()
        go_on.wait(5)
        raise MissingDataError("it went away")

    monkeypatch.setattr(service, "prepare", prepare)
    service.data = config.data
    service.start_default()
    assert begun.wait(5)
    view = View(data=config.data)
    assert service.preparation(view)["status"]["state"] == "starting"
    assert service.preparation(View(data=config.data, n_prototypes=7))["status"] is None
    go_on.set()
    deadline = time.monotonic() + 5
    while service.preparation(view)["status"] and time.monotonic() < deadline:
        time.sleep(0.01)
    assert service.preparation(view)["status"] is None


def test_what_nobody_waits_for_any_more_is_ended():
    began = threading.Event()

    def opener(data):
        began.set()
        while True:
            time.sleep(0.001)

    openings, told = Openings(2, opener), []

    def wait():
        with pytest.raises(StillOpening):
            openings.get("hangs", patience=0.3)
        told.append("goes on")

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert began.wait(5)
    future = openings._going["hangs"]
    openings.give_up("hangs")
    assert not future.done(), "somebody waits for it"
    waiting.join()
    assert told == ["goes on"]
    with pytest.raises(ConfigError, match="nobody waited for it"):
        future.result(timeout=5)
    openings.give_up("hangs")  # which it does not know any more


def test_an_opening_that_somebody_asks_for_anew_is_not_ended():
    go_on = threading.Event()
    openings = Openings(2, lambda data: go_on.wait(5) and data)
    with pytest.raises(StillOpening):
        openings.get("a", patience=0.01)
    threading.Timer(0.05, go_on.set).start()
    waiting = threading.Timer(0.01, openings.give_up, ("a",))
    waiting.start()
    assert openings.get("a", patience=5) == "a"
