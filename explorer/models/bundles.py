"""Which encoder, decoder and backbones fit together. Nothing heavy is imported here.

A model is named by the absolute path of its folder, or by what its library calls it:
`architecture/tag` for open_clip, `owner/name` on the Hugging Face Hub for open_clip and diffusers,
a model name for timm. `name@version` is a branch, a tag or a commit of the Hub's repository.
"""

import os
from pathlib import Path
from typing import NamedTuple

from explorer.config import SynthesisConfig
from explorer.errors import MissingDataError, UnknownNameError

ASSETS = Path(__file__).resolve().parents[2] / "assets"


class Bundle(NamedTuple):
    """Models that fit together: the decoder takes embeddings of the width the encoder makes."""

    name: str
    label: str  # for people
    encoder: str  # an open_clip model
    decoder: str  # a Stable unCLIP or a Karlo of diffusers
    backbones: tuple[str, ...]  # timm networks that students are trained on
    knows: str  # one sentence: what the encoder and the decoder were trained on
    synthesis: SynthesisConfig  # how images are drawn unless somebody says otherwise


_PHOTOGRAPHS = "Trained on photographs and captions from the web."
_LIKE_PDS = SynthesisConfig(
    steps=100, guidance=5.0, noise_level=10, negative_prompt="text, watermark"
)
_TIMM = ("nf_resnet50", "vit_tiny_patch16_224")

BUNDLES = {
    bundle.name: bundle
    for bundle in (
        Bundle(
            name="scenes",
            label="Scenes (built in)",
            encoder=str(ASSETS / "clip"),
            decoder=str(ASSETS / "unclip"),
            backbones=(str(ASSETS / "resnet"), str(ASSETS / "vit")),
            knows="Trained on images of the built-in world Scenes, and on nothing else.",
            # More steps change nothing beyond the intervals (docs/figures.md); more guidance
            # paints the main thing larger and the place away.
            synthesis=SynthesisConfig(steps=12, guidance=2.0),
        ),
        Bundle(
            name="vit-l-14",
            label="CLIP ViT-L/14 and Stable unCLIP 2.1 (photographs)",
            # "-quickgelu" is the activation that OpenAI trained with: plain ViT-L-14 would open
            # the same weights with another one and give worse embeddings.
            encoder="ViT-L-14-quickgelu/openai",
            # Stability AI took its own copy off the Hub in November 2025.
            decoder="sd2-community/stable-diffusion-2-1-unclip-small",
            backbones=_TIMM,
            knows=_PHOTOGRAPHS,
            synthesis=_LIKE_PDS,
        ),
        Bundle(
            name="vit-h-14",
            label="CLIP ViT-H/14 and Stable unCLIP 2.1, large (photographs)",
            encoder="ViT-H-14/laion2b_s32b_b79k",
            decoder="sd2-community/stable-diffusion-2-1-unclip",
            backbones=_TIMM,
            knows=_PHOTOGRAPHS,
            synthesis=_LIKE_PDS,
        ),
        Bundle(
            name="karlo",
            label="CLIP ViT-L/14 and Karlo (photographs, prototypes alone)",
            encoder="ViT-L-14-quickgelu/openai",
            # The main version has its weights as pickles only; this one added safetensors.
            decoder="kakaobrain/karlo-v1-alpha-image-variations@refs/pr/2",
            backbones=_TIMM,
            knows=_PHOTOGRAPHS,
            synthesis=SynthesisConfig(steps=25, guidance=8.0, noise_level=0),
        ),
    )
}


def find_bundle(name: str) -> Bundle:
    if name not in BUNDLES:
        raise UnknownNameError(f"No bundle {name!r}. Choose one of: {', '.join(BUNDLES)}.")
    return BUNDLES[name]


def choose_bundle(name: str, encoder: str = "", decoder: str = "") -> Bundle:
    """A bundle, with an encoder and a decoder that are named instead of its own."""
    bundle = find_bundle(name)
    if not (encoder or decoder):
        return bundle
    encoder, decoder = encoder or bundle.encoder, decoder or bundle.decoder
    return bundle._replace(
        label=f"{short_name(encoder)} and {short_name(decoder)}",
        encoder=encoder,
        decoder=decoder,
        knows="Its models were chosen one by one.",
    )


def bundle_advice(data: str, bundle: Bundle, *, for_terminal: bool = False) -> str:
    """A sentence or two where the built-in encoder meets data that is not Scenes, else "".

    The page has a field of this name for the models, the command line an option.
    """
    if bundle.encoder != BUNDLES["scenes"].encoder or data.partition(":")[0] == "scenes":
        return ""
    return (
        "The built-in encoder knows only Scenes, so prototypes, images and scores of other data "
        f"mean little. For photographs choose the models {BUNDLES['vit-l-14'].label}"
        f"{' (--bundle vit-l-14)' if for_terminal else ''}."
    )


def typed_model(text: str) -> str:
    """The name of a model that a person typed: a folder by its absolute path, anything else as is.

    Raises:
        MissingDataError: It looks like a folder, but there is none.
    """
    folder = Path(os.path.expanduser(text))  # which leaves the name of a user who is none
    if folder.is_dir():
        return str(folder.resolve())
    if folder.is_absolute() or text.startswith((".", "~")):
        raise MissingDataError(f"There is no folder {text!r} with a model in it.")
    return text


def split_version(model: str) -> tuple[str, str]:
    """The name of a model and its version, "" where none is named.

    Examples:
        >>> split_version("owner/name@refs/pr/2"), split_version("owner/name")
        (('owner/name', 'refs/pr/2'), ('owner/name', ''))
    """
    name, _, version = model.partition("@")
    return name, version


def short_name(model: str) -> str:
    """A model's name for people: of a folder, whole or shortened, only the last part."""
    return Path(model).name if Path(model).is_absolute() or model.startswith(".../") else model
