"""open_clip and transformers must agree on one set of weights.

Decoders were trained on the embeddings of one library and are fed by the other, and the reference
implementation embeds with transformers: only where both agree do prototypes fit the decoder.
"""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from transformers import AutoTokenizer, CLIPConfig, CLIPImageProcessorPil, CLIPModel

from explorer.models.clip import Encoder, load_encoder
from explorer.models.pixels import to_input
from tests.tiny_models import CONTEXT, DIM, SIZE

CAPTIONS = ["a red boat", "", "The sea, and a tree!", "boat " * 60]


@pytest.fixture(scope="module")
def encoder(tiny_bundle):
    return load_encoder(tiny_bundle, "cpu")


@pytest.fixture(scope="module")
def tokenizer(tiny_bundle):
    return AutoTokenizer.from_pretrained(tiny_bundle.encoder)


@pytest.fixture(scope="module")
def model(tiny_bundle, tokenizer) -> CLIPModel:
    """The encoder of the tiny bundle as transformers has it."""
    tower = {
        "hidden_size": 32,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "hidden_act": "quick_gelu",
    }
    text = {
        "vocab_size": len(tokenizer),
        "max_position_embeddings": CONTEXT,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
    }
    vision = {"image_size": SIZE, "patch_size": 8}
    config = CLIPConfig(
        text_config={**tower, **text}, vision_config={**tower, **vision}, projection_dim=DIM
    )
    weights = load_file(Path(tiny_bundle.encoder, "open_clip_model.safetensors"))
    model = CLIPModel(config).eval()
    model.load_state_dict(as_transformers_calls_them(weights), strict=True)
    return model


NAMES = {
    "visual.class_embedding": "vision_model.embeddings.class_embedding",
    "visual.positional_embedding": "vision_model.embeddings.position_embedding.weight",
    "visual.conv1.weight": "vision_model.embeddings.patch_embedding.weight",
    "visual.proj": "visual_projection.weight",
    "positional_embedding": "text_model.embeddings.position_embedding.weight",
    "token_embedding.weight": "text_model.embeddings.token_embedding.weight",
    "text_projection": "text_projection.weight",
    "logit_scale": "logit_scale",
}
PARTS = {
    "visual.ln_pre": "vision_model.pre_layrnorm",
    "visual.ln_post": "vision_model.post_layernorm",
    "ln_final": "text_model.final_layer_norm",
    "visual.transformer.resblocks": "vision_model.encoder.layers",
    "transformer.resblocks": "text_model.encoder.layers",
    "attn.out_proj": "self_attn.out_proj",
    "ln_1": "layer_norm1",
    "ln_2": "layer_norm2",
    "mlp.c_fc": "mlp.fc1",
    "mlp.c_proj": "mlp.fc2",
}


def as_transformers_calls_them(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    renamed = {}
    for name, value in weights.items():
        value = value.float()
        if name in NAMES:
            projects = NAMES[name].endswith("projection.weight")
            renamed[NAMES[name]] = value.T if projects else value
            continue
        for part, called in PARTS.items():
            name = name.replace(part, called)
        if "attn.in_proj_" not in name:
            renamed[name] = value
            continue
        layer, kind = name.split("attn.in_proj_")
        for part, rows in zip("qkv", value.chunk(3), strict=True):
            renamed[f"{layer}self_attn.{part}_proj.{kind}"] = rows
    return renamed


def photo(width: int, height: int) -> Image.Image:
    """Smooth colours with sharp edges in them."""
    down, right = np.mgrid[0:height, 0:width]
    waves = np.stack([np.sin(right / 9), np.cos(down / 7), np.sin((right + down) / 5)], axis=-1)
    edges = ((right // 13 + down // 11) % 2)[..., None] * 60
    return Image.fromarray(np.clip(127 + 90 * waves + edges, 0, 255).astype(np.uint8))


def scaled(encoder: Encoder, *images: Image.Image) -> torch.Tensor:
    """(B, 3, H, W) as the encoder's network sees images."""
    prepared = torch.stack([encoder.prepare(each) for each in images])
    return to_input(prepared, encoder._normalize, torch.device("cpu"))


@pytest.mark.parametrize(
    "size", [(90, 61), (50, 120), (SIZE, SIZE), (20, 24), (31, 47), (640, 427)]
)
def test_images_are_prepared_alike(encoder, size):
    prepare = CLIPImageProcessorPil(size={"shortest_edge": SIZE}, crop_size=SIZE)
    theirs = prepare(photo(*size), return_tensors="pt").pixel_values[0]
    ours = scaled(encoder, photo(*size))[0]
    step = 1 / 255 / 0.26  # one of 256 levels, after scaling
    assert (ours - theirs).abs().max() <= 1.01 * step


@torch.no_grad()
def test_images_are_embedded_alike(encoder, model):
    photos = photo(90, 61), photo(50, 120)
    prepared = torch.stack([encoder.prepare(each) for each in photos])
    theirs = model.get_image_features(pixel_values=scaled(encoder, *photos)).pooler_output
    np.testing.assert_allclose(encoder.embed_images(prepared), theirs, atol=1e-5)


@torch.no_grad()
def test_captions_are_embedded_alike(encoder, model, tokenizer):
    tokens = tokenizer(
        CAPTIONS, padding="max_length", max_length=CONTEXT, truncation=True, return_tensors="pt"
    )
    theirs = model.get_text_features(input_ids=tokens.input_ids).pooler_output
    np.testing.assert_allclose(encoder.embed_captions(CAPTIONS), theirs, atol=1e-5)
