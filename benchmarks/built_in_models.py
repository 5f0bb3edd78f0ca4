"""Scores of the built-in models on Scenes' test split: what the model card says.

python -m benchmarks.built_in_models [--others a/decoder another]

Other decoders in the format of the built-in one are scored beside it, by the same readers.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL
from PIL import Image

from benchmarks.scenes_folder import pairs_of
from benchmarks.things_reader import read_things, right_of_thing, trained_reader
from explorer.core.geometry import unit_rows
from explorer.core.retrieval import recall_from_scores
from explorer.models.backbones import Backbone, load_backbone
from explorer.models.batches import stack
from explorer.models.bundles import find_bundle
from explorer.models.clip import Encoder, load_encoder
from explorer.models.unclip import Decoder, load_decoder
from explorer.scenes.labels import CHOICES, read_answers, true_answers
from explorer.scenes.world import N_CAPTIONS, open_scenes
from explorer.types import Pairs

_BATCH = 50
SETTINGS = find_bundle("scenes").synthesis


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decoded", type=int, default=500, help="images to decode")
    parser.add_argument("--others", nargs="*", default=[], help="folders of other decoders")
    parser.add_argument("--sheet", type=Path, help="write fifty images of each here as a PNG")
    args = parser.parse_args()

    bundle = find_bundle("scenes")
    test = pairs_of(open_scenes(n_train=1), "test")
    images = [test.open_image(index) for index in range(test.n_images)]
    encoder = load_encoder(bundle)
    image = in_batches(images, encoder.prepare, encoder.embed_images)
    scores: dict[str, object] = {"clip": clip_recall(encoder, image, test)}
    scores["vae_psnr_db"] = vae_psnr(Path(bundle.decoder) / "vae", images)
    backbones = {Path(name).name: load_backbone(name) for name in bundle.backbones}
    looked_at: dict[str, Sequence[Image.Image]] = {"real": images}
    for folder in (bundle.decoder, *args.others):
        decoder = load_decoder(bundle._replace(decoder=folder))
        looked_at[f"decoded by {Path(folder).name}"] = decode(decoder, image[: args.decoded], test)
        scores[f"{Path(folder).name} one image, seconds"] = seconds_per_image(decoder, image, test)
    for name, backbone in backbones.items():
        for what, seen in looked_at.items():
            scores[f"{name} reads {what}, percent"] = right_answers(backbone, seen, test)
    scores |= things_right({what: seen[: args.decoded] for what, seen in looked_at.items()}, test)
    if args.sheet:
        looked_at.pop("real")
        contact_sheet([each for seen in looked_at.values() for each in seen[:50]]).save(args.sheet)
    print(json.dumps(scores, indent=2))


def in_batches(
    images: Sequence[Image.Image],
    prepare: Callable[[Image.Image], torch.Tensor],
    run: Callable[[torch.Tensor], np.ndarray],
) -> np.ndarray:
    return np.concatenate(
        [
            run(stack([prepare(image) for image in images[start : start + _BATCH]]))
            for start in range(0, len(images), _BATCH)
        ]
    )


def clip_recall(encoder: Encoder, image: np.ndarray, test: Pairs) -> dict[str, float]:
    """Recall in percent of each image's most detailed caption among all images."""
    captions = list(test.captions[N_CAPTIONS - 1 :: N_CAPTIONS])
    similarity = unit_rows(image) @ unit_rows(encoder.embed_captions(captions)).T
    recall = recall_from_scores(similarity, np.arange(len(image)))
    return {f"IR@{k}": round(value, 1) for k, value in recall.text_to_image.items()}


def vae_psnr(folder: Path, images: Sequence[Image.Image]) -> float:
    """Mean peak signal-to-noise ratio of reconstructions, in dB."""
    vae = AutoencoderKL.from_pretrained(folder, use_safetensors=True).float().eval()
    values = []
    for image in images:
        true = torch.from_numpy(np.array(image)).permute(2, 0, 1)[None].float() / 127.5 - 1
        with torch.inference_mode():
            made = vae.decode(vae.encode(true).latent_dist.mode()).sample.clamp(-1, 1)
        values.append(-10 * float(((made - true) / 2).square().mean().log10()))
    return round(statistics.fmean(values), 2)


def decode(decoder: Decoder, image: np.ndarray, test: Pairs) -> list[Image.Image]:
    """Each image drawn from its own embedding and its most detailed caption."""
    captions = list(test.captions[N_CAPTIONS - 1 :: N_CAPTIONS])
    drawn: list[Image.Image] = []
    for start in range(0, len(image), _BATCH):
        rows = range(start, min(start + _BATCH, len(image)))
        chosen = [captions[row] for row in rows]
        drawn += decoder.draw(image[rows.start : rows.stop], chosen, list(rows), SETTINGS)
    return drawn


def right_answers(
    backbone: Backbone, images: Sequence[Image.Image], test: Pairs
) -> dict[str, float]:
    """How often a backbone reads from an image what was to be in it, in percent."""
    assert test.attributes is not None
    read = read_answers(in_batches(images, backbone.prepare, backbone.features))
    true = [true_answers(attributes) for attributes in test.attributes[: len(images)]]
    return {
        question: round(100 * float(np.mean(read[question] == [t[question] for t in true])), 1)
        for question in CHOICES
    }


def things_right(
    looked_at: Mapping[str, Sequence[Image.Image]], test: Pairs
) -> dict[str, dict[str, float]]:
    """The same of the main and the second thing, as a reader of every third sees them."""
    assert test.attributes is not None
    reader = trained_reader(tell=lambda line: print(line, file=sys.stderr))
    scores = {}
    for what, images in looked_at.items():
        answers = read_things(reader, np.stack([np.asarray(image) for image in images]))
        for place, thing in enumerate(("main", "second")):
            right = right_of_thing(answers, test.attributes[: len(images)], place)
            scores[f"{thing} thing {what}, percent"] = right
    return scores


def seconds_per_image(decoder: Decoder, image: np.ndarray, test: Pairs) -> float:
    """Median of five single images with the default settings, after one to warm up."""
    seconds = []
    for row in range(6):
        started = time.perf_counter()
        decoder.draw(image[row : row + 1], [test.captions[0]], [row], SETTINGS)
        seconds.append(time.perf_counter() - started)
    return round(statistics.median(seconds[1:]), 2)


def contact_sheet(images: Sequence[Image.Image], columns: int = 10) -> Image.Image:
    side, gap = images[0].width, 4
    rows = -(-len(images) // columns)
    sheet = Image.new("RGB", (columns * (side + gap) - gap, rows * (side + gap) - gap), "white")
    for number, image in enumerate(images):
        sheet.paste(image, (number % columns * (side + gap), number // columns * (side + gap)))
    return sheet


if __name__ == "__main__":
    main()
