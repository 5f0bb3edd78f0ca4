from explorer.runs.telling import Telling
from tests.watching import Memory


def test_the_time_left_is_told_by_later_sets_than_the_first(monkeypatch):
    clock = iter([0.0, 90.0, 91.0, 100.0])
    monkeypatch.setattr("explorer.runs.telling.time.monotonic", lambda: next(clock))
    memory = Memory()
    telling = Telling(memory, "sweep", "Sets", 10)
    telling.end(1)  # with all that sets share: 91 s
    telling.end(2)  # 10 s
    assert memory.lines == ["Sets: 1 of 10, 13 min 39 s left", "Sets: 2 of 10, 1 min 20 s left"]
