"""The parts of a bundle on this machine: which files each needs, and whether they fit together.

Only names and small JSON files are looked at, so that a long piece of work can ask before it
begins.
"""

from collections.abc import Sequence
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

from safetensors import safe_open

from explorer.config import SynthesisConfig
from explorer.errors import BadDataError, ConfigError, ExplorerError, UnknownNameError
from explorer.models.bundles import Bundle, split_version
from explorer.models.weights import find_weights, model_folder, read_json

OPEN_CLIP_WEIGHTS = "open_clip_model.safetensors"
STABLE_UNCLIP = "StableUnCLIPImg2ImgPipeline"
KARLO = ("UnCLIPImageVariationPipeline", "UnCLIPPipeline")
"""The second one also has a prior that makes embeddings of words; it is not looked at."""

_OPEN_CLIP = ("open_clip_config.json", OPEN_CLIP_WEIGHTS, "tokenizer.json", "tokenizer_config.json")
_TIMM = ("config.json", "model.safetensors")
_STABLE_UNCLIP_FILES = (
    "image_normalizer/config.json",
    "image_normalizer/diffusion_pytorch_model.safetensors",
    "image_encoder/model.safetensors",
    "text_encoder/model.safetensors",
    "unet/diffusion_pytorch_model.safetensors",
    "vae/diffusion_pytorch_model.safetensors",
)
_KARLO_FILES = (
    "text_proj/config.json",
    "text_proj/diffusion_pytorch_model.safetensors",
    "text_encoder/model.safetensors",
    "decoder/diffusion_pytorch_model.safetensors",
    "super_res_first/diffusion_pytorch_model.safetensors",
    "super_res_last/diffusion_pytorch_model.safetensors",
)
_STATISTICS = ("running_mean", "running_var", "num_batches_tracked")
_DIFFUSERS = {STABLE_UNCLIP: _STABLE_UNCLIP_FILES, **dict.fromkeys(KARLO, _KARLO_FILES)}
_DOWNLOAD = (
    "--include '*.json'",
    "--include '*.txt'",
    "--include '*.safetensors'",
    "--exclude '*.fp16.*'",  # the same weights once more
)


def require_encoder(bundle: Bundle) -> None:
    """Raises what loading the encoder would raise for want of files."""
    check_fit(bundle)
    find_encoder(bundle.encoder)


def require_decoder(bundle: Bundle, config: SynthesisConfig, from_prototypes: bool = True) -> None:
    """Raises what loading the decoder and drawing so would raise for want of files or of sense."""
    check_fit(bundle)
    if decoder_kind(find_decoder(bundle.decoder)) in KARLO:
        check_karlo(config, from_prototypes)


def require_backbones(names: Sequence[str]) -> None:
    """Raises what loading these backbones would raise for want of files."""
    for name in names:
        find_backbone(name)


def find_encoder(encoder: str) -> Path:
    """The folder of a CLIP for open_clip."""
    tag = find_tag(encoder)
    if tag:
        return find_weights(tag.repository, [OPEN_CLIP_WEIGHTS], [OPEN_CLIP_WEIGHTS])
    return find_weights(encoder, _OPEN_CLIP, _OPEN_CLIP)


def find_decoder(decoder: str) -> Path:
    """The folder of an unCLIP decoder for diffusers."""
    folder = find_weights(decoder, ["model_index.json"], _DOWNLOAD)
    kind = decoder_kind(folder)
    if kind not in _DIFFUSERS:
        raise BadDataError(
            f"The decoder {decoder} is a {kind or 'model without a name'}; images can be drawn "
            f"with a {' or a '.join(_DIFFUSERS)}."
        )
    return find_weights(decoder, ["model_index.json", *_DIFFUSERS[kind]], _DOWNLOAD)


def decoder_kind(folder: Path) -> str:
    """The diffusers class that a decoder was saved by; "" where nothing says so."""
    kind: str = read_json(folder / "model_index.json").get("_class_name", "")
    return kind


def find_backbone(name: str) -> Path:
    """The folder of a timm network."""
    return find_weights(name if Path(name).is_absolute() else _timm_repository(name), _TIMM, _TIMM)


def n_weights(backbone: str, encoder: str) -> int:
    """Weights of a timm network and of a head from an encoder's embeddings into its scores.

    Without running statistics; 0 where the network is not here, which opening it says better.
    """
    try:
        folder = find_backbone(backbone)
    except ExplorerError:
        return 0
    with safe_open(folder / "model.safetensors", "np") as file:
        shapes = {name: file.get_slice(name).get_shape() for name in file.keys()}  # noqa: SIM118
    n_own: int = sum(
        prod(shape) for name, shape in shapes.items() if not name.endswith(_STATISTICS)
    )
    width: int = read_json(folder / "config.json").get("num_classes", 0)
    return n_own + width * (width + (_encoder_width(encoder) or 0) + 4)


def check_karlo(config: SynthesisConfig, from_prototypes: bool = True) -> None:
    """Raises `ConfigError` where Karlo cannot draw as it is asked to."""
    if not from_prototypes:
        raise ConfigError(
            "Karlo reads no captions, so it cannot draw from them alone; choose a Stable unCLIP."
        )
    if config.noise_level or config.negative_prompt:
        raise ConfigError(
            "Karlo draws from the image prototype as it is and from no words: set noise_level to "
            f"0 (it is {config.noise_level}) and negative_prompt to nothing "
            f"(it is {config.negative_prompt!r})."
        )
    if config.steps < 2:  # the first is at the highest noise level, the last at the lowest
        raise ConfigError(f"Karlo takes at least 2 steps, got {config.steps}.")


class Tag(NamedTuple):
    """Weights that open_clip knows as `architecture/tag`."""

    architecture: str
    repository: str  # on the Hub
    images: dict[str, Any]  # how images are prepared


def find_tag(encoder: str) -> Tag | None:
    """What open_clip knows of a name; None where it is a folder, or a repository on the Hub."""
    if Path(encoder).is_absolute():
        return None
    import open_clip  # late: it imports torch, which a folder does not need

    name, version = split_version(encoder)
    architecture, _, tag = name.partition("/")
    config = open_clip.get_model_config(architecture)
    if config is None:
        return None
    known = open_clip.get_pretrained_cfg(architecture, tag)
    if not known.get("hf_hub"):
        raise UnknownNameError(
            f"open_clip has no weights {tag!r} for {architecture!r} on the Hugging Face Hub. "
            f"Those it knows: {', '.join(open_clip.list_pretrained_tags_by_model(architecture))}."
        )
    repository = known["hf_hub"].rstrip("/")
    if config["text_cfg"].get("hf_tokenizer_name"):
        raise UnknownNameError(
            f"{architecture} has a tokenizer of its own, which the tag {tag!r} does not bring: "
            f"name its repository, {repository}, as the encoder."
        )
    return Tag(
        architecture,
        f"{repository}@{version}" if version else repository,
        {
            "image_mean": known["mean"],
            "image_std": known["std"],
            "image_interpolation": known["interpolation"],
            "image_resize_mode": known["resize_mode"],
        },
    )


def check_fit(bundle: Bundle) -> None:
    """Raises `ConfigError` unless the decoder takes embeddings of the width the encoder makes.

    A width that is not known, because the model's configuration is not on this machine, is passed
    over: opening that model says so better.
    """
    makes, takes = _encoder_width(bundle.encoder), _decoder_width(bundle.decoder)
    if makes and takes and makes != takes:
        raise ConfigError(
            f"The encoder {bundle.encoder} makes embeddings {makes} wide, but the decoder "
            f"{bundle.decoder} takes {takes}: choose two that fit together."
        )


def require_tokens(encoder: str) -> None:
    """Raises `ConfigError` unless texts can be learned as embeddings of their tokens.

    That takes a causal tower of open_clip that is read at the end mark, as OpenAI's is.
    """
    config = _model_config(encoder)
    text = config.get("text_cfg", {})
    is_other = config.get("custom_text") or text.get("hf_model_name") or text.get("no_causal_mask")
    if is_other or text.get("pool_type", "argmax") != "argmax":
        raise ConfigError(
            f"The encoder {encoder} reads texts by a network that takes no embeddings of tokens; "
            "leave `tokens` off, or choose an encoder of OpenAI's kind."
        )


def _encoder_width(encoder: str) -> int | None:
    width: int | None = _model_config(encoder).get("embed_dim")
    return width


def _model_config(encoder: str) -> dict[str, Any]:
    """What open_clip builds an encoder by; empty where that is not on this machine."""
    tag = find_tag(encoder)
    if tag is None:
        known = read_json(model_folder(encoder) / "open_clip_config.json").get("model_cfg", {})
    else:
        import open_clip

        known = open_clip.get_model_config(tag.architecture)
    config: dict[str, Any] = known
    return config


def _decoder_width(decoder: str) -> int | None:
    folder = model_folder(decoder)
    if decoder_kind(folder) in KARLO:
        return read_json(folder / "text_proj" / "config.json").get("clip_embeddings_dim")
    return read_json(folder / "image_normalizer" / "config.json").get("embedding_dim")


def _timm_repository(name: str) -> str:
    import timm  # late: it imports torch, which a folder does not need

    known = timm.models.get_pretrained_cfg(name) if timm.is_model(name) else None
    if known is None or not known.hf_hub_id:
        raise UnknownNameError(
            f"timm has no pretrained network {name!r}. Choose a name that "
            "timm.list_models(pretrained=True) lists, or the folder of a network."
        )
    return known.hf_hub_id
