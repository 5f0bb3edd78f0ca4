import json
import shutil
from pathlib import Path

import open_clip
import pytest
from PIL import Image

from explorer.errors import BadDataError, ConfigError, MissingDataError
from explorer.models.backbones import load_backbone
from explorer.models.bundles import BUNDLES, find_bundle
from explorer.models.clip import load_encoder
from explorer.models.parts import check_fit
from explorer.models.unclip import load_decoder
from tests.tiny_models import make_tiny_unclip


def copied(bundle, folder: Path):
    """The bundle with files of its own, which a test may spoil."""
    for part in ("clip", "unclip", "resnet"):
        shutil.copytree(Path(bundle.encoder).parent / part, folder / part)
    return bundle._replace(
        encoder=str(folder / "clip"),
        decoder=str(folder / "unclip"),
        backbones=(str(folder / "resnet"),),
    )


OPEN = {
    "clip/open_clip_model.safetensors": load_encoder,
    "unclip/unet/diffusion_pytorch_model.safetensors": load_decoder,
    "resnet/model.safetensors": lambda bundle: load_backbone(bundle.backbones[0]),
}


@pytest.mark.parametrize("file", OPEN)
def test_a_missing_file_is_named(tiny_bundle, tmp_path, file):
    bundle = copied(tiny_bundle, tmp_path)
    (tmp_path / file).unlink()
    with pytest.raises(MissingDataError, match=Path(file).name):
        OPEN[file](bundle)


@pytest.mark.parametrize("file", OPEN)
def test_a_git_lfs_pointer_is_not_taken_for_weights(tiny_bundle, tmp_path, file):
    bundle = copied(tiny_bundle, tmp_path)
    (tmp_path / file).write_text("version https://git-lfs.github.com/spec/v1\nsize 1\n")
    with pytest.raises(MissingDataError, match="git lfs pull"):
        OPEN[file](bundle)


@pytest.mark.parametrize("file", OPEN)
def test_damaged_weights_are_one_sentence(tiny_bundle, tmp_path, file):
    bundle = copied(tiny_bundle, tmp_path)
    (tmp_path / file).write_bytes((tmp_path / file).read_bytes()[:200])
    with pytest.raises(BadDataError):
        OPEN[file](bundle)


@pytest.mark.parametrize("load", [load_encoder, load_decoder])
def test_models_that_do_not_fit_are_told_by_both_widths_before_weights_are_read(
    tiny_bundle, tmp_path, load
):
    make_tiny_unclip(tmp_path, dim=24)
    (tmp_path / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    with pytest.raises(ConfigError, match=r"embeddings 16 wide.* takes 24"):
        load(tiny_bundle._replace(decoder=str(tmp_path)))


def test_the_parts_of_every_bundle_here_fit():
    for bundle in BUNDLES.values():
        check_fit(bundle)


def test_missing_built_in_weights_come_back_with_git(tiny_bundle, monkeypatch, tmp_path):
    monkeypatch.setattr("explorer.models.weights.ASSETS", tmp_path)
    with pytest.raises(MissingDataError, match="git restore assets"):
        load_encoder(tiny_bundle._replace(encoder=str(tmp_path / "clip")))


def test_weights_not_on_this_machine_are_answered_with_the_command(hub_cache, no_network):
    real = find_bundle("vit-l-14")
    clip = "hf download timm/vit_large_patch14_clip_224.openai open_clip_model.safetensors"
    with pytest.raises(MissingDataError, match=clip):
        load_encoder(real)
    decoder = r"hf download sd2-community/stable-diffusion-2-1-unclip-small --include '\*.json'"
    with pytest.raises(MissingDataError, match=decoder):
        load_decoder(real)
    resnet = "hf download timm/nf_resnet50.ra2_in1k config.json model.safetensors"
    with pytest.raises(MissingDataError, match=resnet):
        load_backbone(real.backbones[0])


def test_a_model_named_on_the_hub_opens_from_its_cache(tiny_bundle, hub_cache, no_network):
    real = find_bundle("vit-l-14")
    hub_cache(real.decoder, tiny_bundle.decoder)
    hub_cache("timm/nf_resnet50.ra2_in1k", tiny_bundle.backbones[0])
    assert load_decoder(tiny_bundle._replace(decoder=real.decoder)).size == 32
    assert load_backbone("nf_resnet50").name == "nf_resnet50"


def test_a_decoder_on_the_hub_must_fit_too(tiny_bundle, hub_cache, no_network):
    real = find_bundle("vit-l-14")
    hub_cache(real.decoder, tiny_bundle.decoder)
    with pytest.raises(ConfigError, match=r"embeddings 768 wide.* takes 16"):
        load_encoder(real)


def test_an_encoder_named_in_open_clip_opens_from_the_cache_as_its_tag_says(
    tiny_bundle, hub_cache, no_network, monkeypatch
):
    config = json.loads(Path(tiny_bundle.encoder, "open_clip_config.json").read_text())["model_cfg"]
    config["text_cfg"].pop("hf_tokenizer_name")
    tag = {
        "hf_hub": "someone/tiny-clip/",
        "mean": (0.5, 0.5, 0.5),
        "std": (0.25, 0.25, 0.25),
        "interpolation": "bilinear",
        "resize_mode": "squash",
    }
    monkeypatch.setitem(open_clip.factory._MODEL_CONFIGS, "tiny", config)
    monkeypatch.setitem(open_clip.pretrained._PRETRAINED, "tiny", {"drawn": tag})
    hub_cache("someone/tiny-clip", tiny_bundle.encoder)
    encoder = load_encoder(tiny_bundle._replace(encoder="tiny/drawn"))
    wide = encoder.prepare(Image.new("RGB", (80, 40), "white"))
    assert wide.shape == (3, 32, 32)
    assert wide.unique().tolist() == [2.0]  # (1 - 0.5) / 0.25
