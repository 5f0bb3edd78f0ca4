"""Which encoder, decoder and backbones fit together. Nothing heavy is imported here.

A model is named by the absolute path of its folder, or by what its library calls it:
`architecture/weights` for open_clip, `owner/name` on the Hugging Face Hub for diffusers, a
model name for timm.
"""

from pathlib import Path
from typing import NamedTuple

from explorer.config import SynthesisConfig
from explorer.errors import UnknownNameError

ASSETS = Path(__file__).resolve().parents[2] / "assets"


class Bundle(NamedTuple):
    """Models that fit together: the decoder takes embeddings of the width the encoder makes."""

    name: str
    label: str  # for people
    dim: int  # D, width of the embeddings, known before any weights are read
    encoder: str  # an open_clip model
    decoder: str  # a Stable unCLIP of diffusers
    backbones: tuple[str, ...]  # timm networks that students are trained on
    knows: str  # one sentence: what the encoder and the decoder were trained on
    synthesis: SynthesisConfig  # how pictures are drawn unless somebody says otherwise


BUNDLES = {
    bundle.name: bundle
    for bundle in (
        Bundle(
            name="scenes",
            label="Scenes (built in)",
            dim=128,
            encoder=str(ASSETS / "clip"),
            decoder=str(ASSETS / "unclip"),
            backbones=(str(ASSETS / "resnet"), str(ASSETS / "vit")),
            knows="Trained on pictures of the built-in world Scenes, and on nothing else.",
            # More guidance paints the main thing larger and the place away.
            synthesis=SynthesisConfig(guidance=2.0),
        ),
        Bundle(
            name="vit-l-14",
            label="CLIP ViT-L/14 and Stable unCLIP 2.1 (photographs)",
            dim=768,
            # "-quickgelu" is the activation that OpenAI trained with: plain ViT-L-14 would open
            # the same weights with another one and give worse embeddings.
            encoder="ViT-L-14-quickgelu/openai",
            # Stability AI took its own copy off the Hub in November 2025.
            decoder="sd2-community/stable-diffusion-2-1-unclip-small",
            backbones=("nf_resnet50", "vit_tiny_patch16_224"),
            knows="Trained on photographs and captions from the web.",
            synthesis=SynthesisConfig(
                steps=100, guidance=5.0, noise_level=10, negative_prompt="text, watermark"
            ),
        ),
    )
}


def find_bundle(name: str) -> Bundle:
    if name not in BUNDLES:
        raise UnknownNameError(f"No bundle {name!r}. Choose one of: {', '.join(BUNDLES)}.")
    return BUNDLES[name]
