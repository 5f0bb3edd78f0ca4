import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import open_clip
import pytest
from PIL import Image

from explorer.errors import BadDataError, MissingDataError
from explorer.models.backbones import load_backbone
from explorer.models.bundles import find_bundle
from explorer.models.clip import load_encoder
from explorer.models.unclip import load_decoder
from tests.tiny_models import DIM


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


def test_missing_built_in_weights_come_back_with_git(tiny_bundle, monkeypatch, tmp_path):
    monkeypatch.setattr("explorer.models.weights.ASSETS", tmp_path)
    with pytest.raises(MissingDataError, match="git restore assets"):
        load_encoder(tiny_bundle._replace(encoder=str(tmp_path / "clip")))


CONFIG = {
    "clip/open_clip_config.json": (load_encoder, '"layers": 2', '"layers": 3'),
    "unclip/unet/config.json": (
        load_decoder,
        '"cross_attention_dim": 16',
        '"cross_attention_dim": 8',
    ),
}


@pytest.mark.parametrize("file", CONFIG)
def test_weights_of_another_network_are_one_sentence(tiny_bundle, tmp_path, file):
    bundle = copied(tiny_bundle, tmp_path)
    load, says, should_say = CONFIG[file]
    config = (tmp_path / file).read_text()
    assert says in config
    (tmp_path / file).write_text(config.replace(says, should_say))
    with pytest.raises(BadDataError, match="cannot be opened"):
        load(bundle)


MISSING = [
    (
        load_encoder,
        "vit-l-14",
        "timm/vit_large_patch14_clip_224.openai open_clip_model.safetensors",
    ),
    (load_encoder, "vit-h-14", "laion/CLIP-ViT-H-14-laion2B-s32B-b79K open_clip_model"),
    (
        load_decoder,
        "vit-l-14",
        "sd2-community/stable-diffusion-2-1-unclip-small --include",
    ),
    (load_decoder, "vit-h-14", "sd2-community/stable-diffusion-2-1-unclip --include '*.json'"),
    (
        load_decoder,
        "karlo",
        "kakaobrain/karlo-v1-alpha-image-variations --revision refs/pr/2 --include '*.json'",
    ),
    (
        lambda bundle: load_backbone(bundle.backbones[0]),
        "vit-l-14",
        "timm/nf_resnet50.ra2_in1k config.json model.safetensors",
    ),
]


@pytest.mark.parametrize(
    ("load", "name", "download"), MISSING, ids=[text for _, _, text in MISSING]
)
def test_weights_not_on_this_machine_are_answered_with_the_command(
    hub_cache, no_network, load, name, download
):
    with pytest.raises(MissingDataError, match=re.escape(f"Bring it with: hf download {download}")):
        load(find_bundle(name))


def test_a_version_is_looked_for_by_its_name(tiny_karlo, hub_cache, no_network):
    hub_cache("someone/karlo", tiny_karlo.decoder, version="refs/pr/2")
    assert load_decoder(tiny_karlo._replace(decoder="someone/karlo@refs/pr/2")).size == 32
    with pytest.raises(MissingDataError, match="someone/karlo is not on this machine"):
        load_decoder(tiny_karlo._replace(decoder="someone/karlo"))


def test_an_encoder_with_its_own_configuration_opens_from_the_cache(
    tiny_bundle, hub_cache, no_network
):
    hub_cache("someone/clip", tiny_bundle.encoder)
    encoder = load_encoder(tiny_bundle._replace(encoder="someone/clip"))
    assert encoder.embed_captions(["a boat"]).shape == (1, DIM)


@pytest.mark.parametrize(
    ("decoder", "part"),
    [("tiny_bundle", "unet/diffusion_pytorch_model"), ("tiny_karlo", "text_encoder/model")],
)
def test_weights_that_are_pickles_are_never_opened(request, tmp_path, decoder, part):
    bundle = request.getfixturevalue(decoder)
    folder = shutil.copytree(bundle.decoder, tmp_path / "decoder")
    (folder / f"{part}.safetensors").rename((folder / part).with_name("pytorch_model.bin"))
    with pytest.raises(BadDataError, match=rf"has no {part}.safetensors, only .bin files"):
        load_decoder(bundle._replace(decoder=str(folder)))


def test_the_hubs_cache_is_where_its_variables_say(tiny_karlo, tmp_path):
    repository = tmp_path / "hub" / "models--someone--karlo"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text("0" * 40)
    (repository / "snapshots").mkdir()
    (repository / "snapshots" / ("0" * 40)).symlink_to(tiny_karlo.decoder)
    script = "from explorer.models.parts import find_decoder; print(find_decoder('someone/karlo'))"
    answer = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
    )
    assert answer.stdout.startswith(str(repository)), answer.stderr


def test_a_model_named_on_the_hub_opens_from_its_cache(tiny_bundle, hub_cache, no_network):
    real = find_bundle("vit-l-14")
    hub_cache(real.decoder, tiny_bundle.decoder)
    hub_cache("timm/nf_resnet50.ra2_in1k", tiny_bundle.backbones[0])
    assert load_decoder(tiny_bundle._replace(decoder=real.decoder)).size == 32
    assert load_backbone("nf_resnet50").name == "nf_resnet50"


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
    assert wide.shape == (32, 32, 3)
    assert wide.unique().tolist() == [255]
    assert (encoder._normalize.mean, encoder._normalize.std) == ((0.5,) * 3, (0.25,) * 3)
