import json
import shutil
import subprocess
import sys

import pytest

from explorer.errors import BadDataError, ConfigError, MissingDataError, UnknownNameError
from explorer.models.bundles import BUNDLES, find_bundle
from explorer.models.clip import load_encoder
from explorer.models.parts import (
    check_fit,
    find_decoder,
    find_encoder,
    require_backbones,
    require_decoder,
    require_encoder,
)
from explorer.models.unclip import load_decoder
from tests.tiny_models import make_tiny_karlo, make_tiny_unclip

MAKE = {"unet": make_tiny_unclip, "decoder": make_tiny_karlo}


@pytest.mark.parametrize("load", [load_encoder, load_decoder])
@pytest.mark.parametrize("part", MAKE)
def test_models_that_do_not_fit_are_told_by_both_widths_before_weights_are_read(
    tiny_bundle, tmp_path, load, part
):
    MAKE[part](tmp_path, dim=24)
    (tmp_path / part / "diffusion_pytorch_model.safetensors").unlink()
    with pytest.raises(ConfigError, match=r"embeddings 16 wide.* takes 24"):
        load(tiny_bundle._replace(decoder=str(tmp_path)))


@pytest.mark.parametrize(("name", "width"), [("vit-l-14", 768), ("vit-h-14", 1024)])
def test_the_width_of_an_encoder_that_open_clip_knows_needs_no_weights(
    tiny_karlo, hub_cache, no_network, name, width
):
    bundle = find_bundle(name)._replace(decoder=tiny_karlo.decoder)
    with pytest.raises(ConfigError, match=rf"embeddings {width} wide.* takes 16"):
        check_fit(bundle)


def test_a_decoder_on_the_hub_must_fit_too(tiny_bundle, hub_cache, no_network):
    real = find_bundle("vit-l-14")
    hub_cache(real.decoder, tiny_bundle.decoder)
    with pytest.raises(ConfigError, match=r"embeddings 768 wide.* takes 16"):
        load_encoder(real)


def test_the_parts_of_every_bundle_fit_where_they_are_here():
    for bundle in BUNDLES.values():
        check_fit(bundle)


def test_what_is_missing_is_told_without_loading_anything(tiny_bundle, tmp_path):
    missing = str(tmp_path / "nothing")
    with pytest.raises(MissingDataError, match="nothing is not on this machine"):
        require_encoder(tiny_bundle._replace(encoder=missing))
    with pytest.raises(MissingDataError, match="nothing is not on this machine"):
        require_decoder(tiny_bundle._replace(decoder=missing), tiny_bundle.synthesis)
    with pytest.raises(MissingDataError, match="nothing is not on this machine"):
        require_backbones([tiny_bundle.backbones[0], missing])


def test_asking_for_models_in_folders_needs_no_torch():
    script = (
        "import sys; from explorer.models.bundles import find_bundle;"
        "from explorer.models.parts import *; bundle = find_bundle('scenes');"
        "require_encoder(bundle); require_decoder(bundle, bundle.synthesis);"
        "require_backbones(bundle.backbones); print('torch' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert answer.stdout == "False\n", answer.stderr


def test_karlo_is_asked_for_what_it_can_do_before_it_is_loaded(tiny_karlo, tiny_bundle):
    require_decoder(tiny_karlo, tiny_karlo.synthesis)
    with pytest.raises(ConfigError, match="set noise_level to 0"):
        require_decoder(tiny_karlo, tiny_bundle.synthesis)


def changed_index(bundle, folder, content: str):
    """The bundle with another `model_index.json` in a decoder of its own."""
    shutil.copytree(bundle.decoder, folder)
    (folder / "model_index.json").write_text(content)
    return bundle._replace(decoder=str(folder))


def test_a_karlo_with_a_prior_is_a_karlo(tiny_karlo, tmp_path):
    index = json.dumps({"_class_name": "UnCLIPPipeline"})
    load_decoder(changed_index(tiny_karlo, tmp_path / "decoder", index))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            '{"_class_name": "FluxPipeline"}',
            "is a FluxPipeline; images can be drawn",
        ),
        ("{}", "is a model without a name"),
        ("{", "model_index.json is damaged"),
    ],
)
def test_a_decoder_of_another_kind_is_refused(tiny_bundle, tmp_path, content, message):
    with pytest.raises(BadDataError, match=message):
        find_decoder(changed_index(tiny_bundle, tmp_path / "decoder", content).decoder)


def test_a_tag_whose_tokenizer_is_elsewhere_is_answered_with_its_repository():
    with pytest.raises(UnknownNameError, match="name its repository, timm/ViT-B-16-SigLIP,"):
        find_encoder("ViT-B-16-SigLIP/webli")


def test_weights_that_open_clip_does_not_know_are_answered_with_those_it_does():
    with pytest.raises(UnknownNameError, match=r"no weights 'opnai' for 'ViT-L-14'.*openai"):
        find_encoder("ViT-L-14/opnai")
