"""The reference protocol of PDS, stage by stage, in plain words: what this program is held against.

After what the published code does (junhyeok9712/PDS), on the models and the data of this program.
Nothing of it is used elsewhere.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import open_clip
import timm
import torch
from diffusers import PNDMScheduler
from PIL import Image
from torch.nn import functional
from torchvision import transforms

from explorer.config import SynthesisConfig
from explorer.core.geometry import unit_rows
from explorer.learn.students.student import MOMENTUM, WEIGHT_DECAY, ProjectionHead, contrastive_loss
from explorer.models.backbones import CLIP_MEAN, CLIP_STD
from explorer.models.stable_unclip import open_stable_unclip
from explorer.types import Pairs

_IMAGE_BATCH = 128
_TEXT_CHUNK = 2000
PUBLISHED_STEPS = 100
_THREADS = 4  # the reference has loader processes


class ReferenceEncoder:
    """Opens, prepares and encodes an image once for each of its captions."""

    def __init__(self, folder: str) -> None:
        name = f"local-dir:{folder}"
        self._model, self._prepare = open_clip.create_model_from_pretrained(name)
        self._tokenize = open_clip.get_tokenizer(name)
        self._model.eval()

    @torch.no_grad()
    def embed(self, pairs: Pairs) -> tuple[np.ndarray, np.ndarray]:
        """(M, D) image and caption rows, one of each per caption."""
        texts = []
        for start in range(0, pairs.n_captions, _TEXT_CHUNK):
            texts.append(self._encode(list(pairs.captions[start : start + _TEXT_CHUNK])))
        images = [
            self._model.encode_image(batch)
            for batch in prepared_batches(pairs, pairs.image_of_caption, self._prepare)
        ]
        return torch.cat(images).numpy(), torch.cat(texts).numpy()

    def _encode(self, captions: list[str]) -> torch.Tensor:
        """(B, D), padded to the longest of the captions, as the reference's tokenizer does."""
        model, tokens = self._model, self._tokenize(captions)
        ends = tokens.argmax(dim=1)
        length = int(ends.max()) + 1
        x = model.token_embedding(tokens[:, :length]) + model.positional_embedding[:length]
        x = model.ln_final(model.transformer(x, attn_mask=model.attn_mask[:length, :length]))
        embedded: torch.Tensor = x[torch.arange(len(x)), ends] @ model.text_projection
        return embedded


def prepared_batches(
    pairs: Pairs, images: Sequence[int] | np.ndarray, prepare: Any
) -> Iterator[torch.Tensor]:
    """Opens and prepares images, batch by batch, whether or not they were opened before."""
    with ThreadPoolExecutor(_THREADS) as pool:
        for start in range(0, len(images), _IMAGE_BATCH):
            batch = images[start : start + _IMAGE_BATCH]
            yield torch.stack(list(pool.map(lambda i: prepare(pairs.open_image(int(i))), batch)))


def cluster(rows: np.ndarray, n_clusters: int, seed: int) -> np.ndarray:
    """(M,) labels: trial starts on mini-batches, then mini-batches until nothing improves."""
    from sklearn.cluster import MiniBatchKMeans

    model = MiniBatchKMeans(n_clusters, random_state=seed, batch_size=10_000, n_init=20)
    labels: np.ndarray = model.fit_predict(rows)
    return labels


def cluster_plainly(rows: np.ndarray, n_clusters: int, seed: int) -> np.ndarray:
    """(M,) labels of scikit-learn's Lloyd from one k-means++ start: what one would write today."""
    from sklearn.cluster import KMeans

    labels: np.ndarray = KMeans(n_clusters, random_state=seed, n_init=1).fit_predict(rows)
    return labels


class ReferenceDecoder:
    """Draws one image per call with PNDM, the solver of the published models."""

    def __init__(self, folder: Any) -> None:
        self._pipeline = open_stable_unclip(folder, torch.float32)
        config = self._pipeline.scheduler.config
        self._pipeline.scheduler = PNDMScheduler.from_config(
            config, timestep_spacing="leading", steps_offset=1, skip_prk_steps=True
        )

    def draw(
        self,
        image: np.ndarray,
        captions: Sequence[str],
        seeds: Sequence[int],
        how: SynthesisConfig,
        steps: int,
    ) -> list[Image.Image]:
        """An image for each image prototype (K, D); all else as `how` says."""
        return [
            self._pipeline(
                prompt=caption,
                negative_prompt=how.negative_prompt,
                image_embeds=torch.tensor(prototype[None]),
                generator=[torch.Generator().manual_seed(seed)],
                num_inference_steps=steps,
                guidance_scale=how.guidance,
                noise_level=how.noise_level,
            ).images[0]
            for prototype, caption, seed in zip(image, captions, seeds, strict=True)
        ]


class ReferenceBackbone:
    """A frozen timm network as timm opens it, and the reference's preparation of images."""

    def __init__(self, folder: str) -> None:
        self._network = timm.create_model(f"local-dir:{folder}", pretrained=True).eval()
        config: Any = self._network.pretrained_cfg
        side = config["input_size"][-1]
        bicubic = transforms.InterpolationMode.BICUBIC
        self.prepare = transforms.Compose(
            [
                transforms.Resize((side, side), bicubic),
                transforms.ToTensor(),
                transforms.Normalize(CLIP_MEAN, CLIP_STD),
            ]
        )

    @torch.no_grad()
    def features(self, images: torch.Tensor) -> np.ndarray:
        """(B, F) of (B, 3, H, W) prepared images."""
        features: np.ndarray = self._network(images).numpy()
        return features


def best_recall(
    backbone: ReferenceBackbone,
    distilled: Pairs,
    text: np.ndarray,
    test: Pairs,
    test_text: np.ndarray,
    *,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    seed: int,
) -> float:
    """Trains one student and looks at test eleven times; the best mean recall, in percent.

    The images of the set are prepared once but pass through the frozen network in every step;
    those of the test split are opened, prepared and passed through it in every look.
    """
    every = range(distilled.n_images)
    images = torch.cat(list(prepared_batches(distilled, every, backbone.prepare)))
    texts = torch.tensor(text)
    rng = torch.Generator().manual_seed(seed)
    head = ProjectionHead(texts.shape[1], backbone.features(images[:1]).shape[1], rng)
    optimizer = torch.optim.SGD(
        head.parameters(), learning_rate, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY
    )
    best = 0.0
    for epoch in range(epochs + 1):
        if epoch == epochs // 2 + 1:
            optimizer.param_groups[0]["lr"] = 0.1 * learning_rate
        for rows in torch.randperm(len(texts), generator=rng).split(batch_size):
            seen = functional.normalize(torch.tensor(backbone.features(images[rows])))
            loss = contrastive_loss(seen, functional.normalize(head(texts[rows], rng)))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        if epoch % (epochs // 10) == 0:
            best = max(best, _look(backbone, head, test, test_text))
    return best


def _look(
    backbone: ReferenceBackbone, head: ProjectionHead, test: Pairs, text: np.ndarray
) -> float:
    """Mean recall at 1, 5 and 10 in both directions, in percent, by sorting every row."""
    images = range(test.n_images)
    parts = [backbone.features(batch) for batch in prepared_batches(test, images, backbone.prepare)]
    with torch.no_grad():
        texts = functional.normalize(head(torch.tensor(text))).numpy()
    scores = unit_rows(np.concatenate(parts)) @ texts.T
    caption_ranks, image_ranks = [], []
    for image, row in enumerate(scores):
        order = np.argsort(-row)
        caption_ranks.append(np.flatnonzero(test.image_of_caption[order] == image)[0])
    for caption, column in enumerate(scores.T):
        order = np.argsort(-column)
        image_ranks.append(np.flatnonzero(order == test.image_of_caption[caption])[0])
    found = [
        np.mean(np.array(ranks) < k) for ranks in (caption_ranks, image_ranks) for k in (1, 5, 10)
    ]
    return 100 * float(np.mean(found))
