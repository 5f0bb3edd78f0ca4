import threading
import time

import pytest

from explorer.engine.ordered import in_order


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_results_come_in_the_order_of_the_items(workers):
    def slow_at_first(n: int) -> int:
        time.sleep(0.02 if n < 2 else 0)
        return n * n

    assert list(in_order(slow_at_first, range(9), workers)) == [n * n for n in range(9)]
    assert list(in_order(slow_at_first, [], workers)) == []


def test_several_workers_work_at_once():
    meeting = threading.Barrier(2, timeout=10)
    assert len(list(in_order(lambda _: meeting.wait(), range(4), 2))) == 4


def test_one_worker_works_in_the_callers_thread():
    assert set(in_order(lambda _: threading.get_ident(), range(3), 1)) == {threading.get_ident()}


def test_items_are_not_taken_long_before_they_are_worked_on():
    taken = []
    items = (taken.append(n) or n for n in range(100))
    next(in_order(lambda n: n, items, 2))
    assert len(taken) <= 4


@pytest.mark.parametrize("workers", [1, 2])
def test_what_goes_wrong_is_raised_and_nothing_more_is_begun(workers):
    begun = []

    def fail(n: int) -> None:
        begun.append(n)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(in_order(fail, range(100), workers))
    assert len(begun) <= 4
