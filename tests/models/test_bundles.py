import subprocess
import sys

import pytest

from explorer.errors import MissingDataError, UnknownNameError
from explorer.models.bundles import BUNDLES, choose_bundle, find_bundle, typed_model


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


def test_a_run_that_names_no_models_has_its_bundles():
    assert choose_bundle("vit-l-14") is BUNDLES["vit-l-14"]


def test_a_run_may_name_another_encoder_or_decoder():
    bundle = BUNDLES["vit-l-14"]
    chosen = choose_bundle("vit-l-14", decoder="someone/unclip@v2")
    assert (chosen.encoder, chosen.decoder) == (bundle.encoder, "someone/unclip@v2")
    assert chosen.label == "ViT-L-14-quickgelu/openai and someone/unclip@v2"
    chosen = choose_bundle("vit-l-14", encoder="/models/my-clip")
    assert (chosen.encoder, chosen.decoder) == ("/models/my-clip", bundle.decoder)
    assert chosen.label.startswith("my-clip and ")


def test_a_folder_that_is_typed_becomes_its_absolute_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-clip").mkdir()
    assert typed_model("my-clip") == typed_model("./my-clip") == str(tmp_path / "my-clip")
    assert typed_model("owner/name") == "owner/name"


@pytest.mark.parametrize("name", ["./nothing", "/no/such/folder", "../nothing"])
def test_a_folder_that_is_not_there_is_not_looked_for_on_the_hub(name):
    with pytest.raises(MissingDataError, match="There is no folder"):
        typed_model(name)
