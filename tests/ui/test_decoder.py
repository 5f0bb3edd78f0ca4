import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from explorer.errors import BadDataError
from explorer.ui.decoder import alone


def test_all_is_made_in_one_thread_whichever_asks():
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda _: alone(threading.get_ident), range(20)))
        asking = {each.ident for each in threading.enumerate()} - made
    assert len(made) == 1
    assert threading.get_ident() in asking


def test_what_cannot_be_read_is_told_to_whoever_asked():
    def fail():
        raise BadDataError("It is empty.")

    with pytest.raises(BadDataError, match="It is empty"):
        alone(fail)
    assert alone(lambda: 1) == 1
