import subprocess
import sys

import pytest

from explorer.errors import UnknownNameError
from explorer.models.bundles import BUNDLES, find_bundle


def test_an_unknown_bundle_is_answered_with_the_known_ones():
    with pytest.raises(UnknownNameError, match=r"No bundle 'vit'.*scenes, vit-l-14"):
        find_bundle("vit")


def test_bundles_are_known_without_torch():
    script = "import sys, explorer.models.bundles; print('torch' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert answer.stdout == "False\n", answer.stderr


@pytest.mark.parametrize("name", BUNDLES)
def test_every_bundle_says_what_it_knows_in_one_sentence(name):
    assert BUNDLES[name].name == name
    assert BUNDLES[name].knows.endswith(".")
