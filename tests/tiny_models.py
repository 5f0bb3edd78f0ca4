"""A bundle of tiny, untrained models, saved in the formats of the real ones.

Every class is the real one, so that whatever opens, prepares, embeds, draws and scores real
weights runs here unchanged in a second. Nothing was learned: an image is noise.
"""

import json
from pathlib import Path

import open_clip
import timm
import torch
from diffusers import (
    AutoencoderKL,
    DDPMScheduler,
    StableUnCLIPImg2ImgPipeline,
    UnCLIPImageVariationPipeline,
    UnCLIPScheduler,
    UNet2DConditionModel,
    UNet2DModel,
)
from diffusers.pipelines.deprecated.unclip.text_proj import UnCLIPTextProjModel
from diffusers.pipelines.stable_diffusion.stable_unclip_image_normalizer import (
    StableUnCLIPImageNormalizer,
)
from safetensors.torch import save_file
from transformers import (
    CLIPImageProcessor,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
)

from explorer.config import SynthesisConfig
from explorer.models.bundles import Bundle

DIM = 16
SIZE = 32  # px, of the images that go in and come out
N_CLASSES = 12  # of the backbones
CONTEXT = 24  # tokens

_WORDS = ["red", "boat", "tree", "sea"]


def make_tiny_bundle(folder: Path) -> Bundle:
    """Writes an encoder, a decoder and two backbones under `folder`; the same ones every time."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        _save_clip(folder / "clip")
        make_tiny_unclip(folder / "unclip", DIM)
        _save_backbone(folder / "resnet", "resnet18", layers=[1, 1, 1, 1], channels=[8, 8, 16, 16])
        _save_backbone(
            folder / "vit", "vit_tiny_patch16_224", patch_size=8, embed_dim=16, depth=1, num_heads=2
        )
    return Bundle(
        name="tiny",
        label="Tiny, untrained",
        encoder=str(folder / "clip"),
        decoder=str(folder / "unclip"),
        backbones=(str(folder / "resnet"), str(folder / "vit")),
        knows="Knows nothing: its weights are random.",
        synthesis=SynthesisConfig(steps=2, guidance=2.0),
    )


def make_tiny_karlo_bundle(bundle: Bundle, folder: Path) -> Bundle:
    """The same models with a Karlo, written to `folder`, that draws."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        make_tiny_karlo(folder, DIM)
    return bundle._replace(
        name="tiny-karlo",
        label="Tiny Karlo, untrained",
        decoder=str(folder),
        synthesis=SynthesisConfig(steps=2, guidance=2.0, noise_level=0),
    )


def make_tokenizer() -> CLIPTokenizer:
    """A real byte-level CLIP vocabulary: all bytes, a few merged words, start and end."""
    letters = sorted(set(_byte_letters()))
    tokens = letters + [f"{letter}</w>" for letter in letters]
    merges = []
    for word in _WORDS:
        parts = [*word[:-1], f"{word[-1]}</w>"]
        while len(parts) > 1:
            merge = (parts[0], parts[1])
            parts = ["".join(merge), *parts[2:]]
            if merge not in merges:
                merges.append(merge)
                tokens.append("".join(merge))
    tokens += ["<|startoftext|>", "<|endoftext|>"]  # the end must be last: open_clip looks for it
    vocabulary = {token: number for number, token in enumerate(tokens)}
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=CONTEXT)


def make_tiny_unclip(folder: Path, dim: int) -> None:
    """Writes a Stable unCLIP that takes embeddings `dim` wide."""
    tokenizer = make_tokenizer()
    StableUnCLIPImg2ImgPipeline(
        feature_extractor=CLIPImageProcessor(size={"shortest_edge": SIZE}, crop_size=SIZE),
        image_encoder=_vision_tower(dim).half(),
        image_normalizer=StableUnCLIPImageNormalizer(dim).half(),
        image_noising_scheduler=DDPMScheduler(beta_schedule="squaredcos_cap_v2"),
        tokenizer=tokenizer,
        text_encoder=_text_tower(tokenizer, 16, CLIPTextModel).half(),
        unet=_denoiser(dim).half(),
        scheduler=DDPMScheduler(beta_schedule="scaled_linear", prediction_type="v_prediction"),
        vae=_autoencoder().half(),
    ).save_pretrained(folder)


def make_tiny_karlo(folder: Path, dim: int) -> None:
    """Writes a Karlo that takes embeddings `dim` wide."""
    tokenizer = make_tokenizer()
    width = 16
    UnCLIPImageVariationPipeline(
        decoder=UNet2DConditionModel(
            sample_size=SIZE // 2,
            in_channels=3,
            out_channels=6,  # the noise, and how sure the network is of it
            down_block_types=("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"),
            up_block_types=("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"),
            mid_block_type="UNetMidBlock2DSimpleCrossAttn",
            block_out_channels=(width, 2 * width),
            layers_per_block=1,
            norm_num_groups=8,
            cross_attention_dim=width,
            attention_head_dim=4,
            resnet_time_scale_shift="scale_shift",
            class_embed_type="identity",
        ).half(),
        text_encoder=_text_tower(tokenizer, dim, CLIPTextModelWithProjection).half(),
        tokenizer=tokenizer,
        text_proj=UnCLIPTextProjModel(
            clip_embeddings_dim=dim, time_embed_dim=4 * width, cross_attention_dim=width
        ).half(),
        feature_extractor=CLIPImageProcessor(size={"shortest_edge": SIZE}, crop_size=SIZE),
        image_encoder=_vision_tower(dim).half(),
        super_res_first=_enlarger().half(),
        super_res_last=_enlarger().half(),
        decoder_scheduler=UnCLIPScheduler(variance_type="learned_range"),
        super_res_scheduler=UnCLIPScheduler(variance_type="fixed_small_log"),
    ).save_pretrained(folder)
    index = json.loads((folder / "model_index.json").read_text())
    index["text_proj"] = ["unclip", "UnCLIPTextProjModel"]  # what Kakao Brain's file says
    _save_json(folder / "model_index.json", index)


def _enlarger() -> UNet2DModel:
    return UNet2DModel(
        sample_size=SIZE,
        in_channels=6,  # the noisy image, and the small one enlarged
        out_channels=3,
        down_block_types=("ResnetDownsampleBlock2D",) * 2,
        up_block_types=("ResnetUpsampleBlock2D",) * 2,
        block_out_channels=(8, 16),
        layers_per_block=1,
        norm_num_groups=4,
    )


def _vision_tower(dim: int) -> CLIPVisionModelWithProjection:
    return CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            hidden_size=16,
            intermediate_size=16,
            projection_dim=dim,
            num_hidden_layers=1,
            num_attention_heads=2,
            image_size=SIZE,
            patch_size=16,
        )
    )


def _text_tower(tokenizer: CLIPTokenizer, dim: int, kind: type) -> torch.nn.Module:
    return kind(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=dim,
            projection_dim=dim,
            intermediate_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            max_position_embeddings=CONTEXT,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )


def _denoiser(dim: int) -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=SIZE // 2,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        block_out_channels=(16, 32),
        layers_per_block=1,
        norm_num_groups=8,
        attention_head_dim=8,
        cross_attention_dim=16,
        class_embed_type="projection",
        projection_class_embeddings_input_dim=2 * dim,  # the embedding, and its noise level
    )


def _autoencoder() -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=(8, 16),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        norm_num_groups=4,
        sample_size=SIZE,
    )


def _save_clip(folder: Path) -> None:
    tokenizer = make_tokenizer()
    tokenizer.save_pretrained(folder)
    config = {
        "embed_dim": DIM,
        "quick_gelu": True,  # as OpenAI's weights want it
        "vision_cfg": {
            "image_size": SIZE,
            "layers": 2,
            "width": 32,
            "head_width": 16,
            "patch_size": 8,
        },
        "text_cfg": {
            "context_length": CONTEXT,
            "vocab_size": len(tokenizer),
            "width": 32,
            "heads": 2,
            "layers": 2,
            "hf_tokenizer_name": "local",
        },
    }
    _save_json(folder / "open_clip_config.json", {"model_cfg": config, "preprocess_cfg": {}})
    _save_weights(folder / "open_clip_model.safetensors", open_clip.model.CLIP(**config))


def _save_backbone(folder: Path, architecture: str, **model_args) -> None:
    folder.mkdir(parents=True)
    config = {"num_classes": N_CLASSES, "input_size": [3, SIZE, SIZE]}
    if architecture.startswith("vit"):
        model_args["img_size"] = SIZE
    model = timm.create_model(architecture, num_classes=N_CLASSES, **model_args)
    _save_json(
        folder / "config.json",
        {
            "architecture": architecture,
            "num_classes": N_CLASSES,
            "model_args": model_args,
            "pretrained_cfg": config,
        },
    )
    _save_weights(folder / "model.safetensors", model)


def _save_json(path: Path, values: dict) -> None:
    path.write_text(json.dumps(values, indent=2) + "\n")


def _save_weights(path: Path, model: torch.nn.Module) -> None:
    half = {
        name: value.half() if value.is_floating_point() else value
        for name, value in model.state_dict().items()
    }
    save_file({name: value.contiguous() for name, value in half.items()}, path)


def _byte_letters() -> list[str]:
    """The letter that stands for each byte, as in GPT-2: printable ones for themselves."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return [chr(byte) for byte in printable] + [chr(256 + n) for n in range(len(others))]
