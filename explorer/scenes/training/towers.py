"""Writes the towers of an open_clip model as the transformers classes that diffusers needs.

The same weights under other names, so a decoder's text encoder and image encoder see what the
encoder saw. Only for the plain ViT and text transformer that Scenes uses.
"""

import re

import torch
from open_clip.model import CLIP
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
)

_BLOCK_NAMES = {
    "ln_1": "layer_norm1",
    "ln_2": "layer_norm2",
    "mlp.c_fc": "mlp.fc1",
    "mlp.c_proj": "mlp.fc2",
    "attn.out_proj": "self_attn.out_proj",
}


def text_tower(clip: CLIP, context: int, end_token: int) -> CLIPTextModel:
    """The text encoder; its last hidden state, (B, T, width), is what the UNet attends to."""
    width, layers = clip.transformer.width, clip.transformer.layers
    config = CLIPTextConfig(
        vocab_size=clip.vocab_size,
        hidden_size=width,
        intermediate_size=4 * width,
        num_hidden_layers=layers,
        num_attention_heads=clip.transformer.resblocks[0].attn.num_heads,
        max_position_embeddings=context,
        hidden_act="gelu",
        bos_token_id=end_token - 1,
        eos_token_id=end_token,
        pad_token_id=end_token,
        projection_dim=clip.text_projection.shape[1],
    )
    model = CLIPTextModel(config)
    weights = clip.state_dict()
    renamed = {
        "embeddings.token_embedding.weight": weights["token_embedding.weight"],
        "embeddings.position_embedding.weight": weights["positional_embedding"],
        "final_layer_norm.weight": weights["ln_final.weight"],
        "final_layer_norm.bias": weights["ln_final.bias"],
        **_blocks(weights, "transformer.resblocks.", "encoder.layers."),
    }
    _load(model, renamed, "text_model.")
    model.eval()
    return model


def image_tower(clip: CLIP, size: int, patch: int, heads: int) -> CLIPVisionModelWithProjection:
    """The image encoder with its projection, as `StableUnCLIPImg2ImgPipeline` carries one."""
    weights = clip.visual.state_dict()
    width, dim = weights["proj"].shape
    layers = len(clip.visual.transformer.resblocks)
    config = CLIPVisionConfig(
        hidden_size=width,
        intermediate_size=4 * width,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        image_size=size,
        patch_size=patch,
        hidden_act="gelu",
        projection_dim=dim,
    )
    model = CLIPVisionModelWithProjection(config)
    renamed = {
        "vision_model.embeddings.class_embedding": weights["class_embedding"],
        "vision_model.embeddings.patch_embedding.weight": weights["conv1.weight"],
        "vision_model.embeddings.position_embedding.weight": weights["positional_embedding"],
        "vision_model.pre_layrnorm.weight": weights["ln_pre.weight"],
        "vision_model.pre_layrnorm.bias": weights["ln_pre.bias"],
        "vision_model.post_layernorm.weight": weights["ln_post.weight"],
        "vision_model.post_layernorm.bias": weights["ln_post.bias"],
        "visual_projection.weight": weights["proj"].T,
        **_blocks(weights, "transformer.resblocks.", "vision_model.encoder.layers."),
    }
    _load(model, renamed, "")
    model.eval()
    return model


def _blocks(weights: dict[str, torch.Tensor], old: str, new: str) -> dict[str, torch.Tensor]:
    renamed = {}
    for name, value in weights.items():
        if not (match := re.fullmatch(rf"{re.escape(old)}(\d+)\.(.+)\.?(weight|bias)", name)):
            continue
        number, part, kind = match[1], match[2].rstrip("."), match[3]
        if part == "attn.in_proj_":
            for letter, third in zip("qkv", value.chunk(3), strict=True):
                renamed[f"{new}{number}.self_attn.{letter}_proj.{kind}"] = third
        else:
            renamed[f"{new}{number}.{_BLOCK_NAMES[part]}.{kind}"] = value
    return renamed


def _load(model: torch.nn.Module, renamed: dict[str, torch.Tensor], prefix: str) -> None:
    """Fills the model and insists that nothing is left over on either side."""
    names = set(model.state_dict())
    if prefix and any(name.startswith(prefix) for name in names):
        renamed = {f"{prefix}{name}": value for name, value in renamed.items()}
    model.load_state_dict({k: v.contiguous() for k, v in renamed.items()})
