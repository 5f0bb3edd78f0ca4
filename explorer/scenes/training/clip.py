"""Trains the built-in CLIP and its tokenizer, and writes them as open_clip opens a local folder."""

import json
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import open_clip
import torch
from open_clip.model import CLIP
from open_clip.transformer import PatchDropout
from safetensors.torch import save_file
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from torch import nn
from torch.nn import functional
from transformers import CLIPTokenizer

from explorer.core.retrieval import recall_from_scores
from explorer.scenes.pen import SIZE
from explorer.scenes.training.draws import N_TRAIN, N_VAL, load_draws, write_json
from explorer.scenes.training.loop import Step, arguments, begin, half, train
from explorer.scenes.world import N_CAPTIONS

logger = logging.getLogger(__name__)

CONTEXT = 40
"""Tokens per caption; the longest of Scenes has 31 with its two marks."""
DIM = 128
MEAN, STD = open_clip.OPENAI_DATASET_MEAN, open_clip.OPENAI_DATASET_STD
_WORDS = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
"""How CLIP cuts a caption into words."""
OTHER_WEIGHTS = (0.1, 0.15, 0.3, 0.45)
"""An image is seen with its most detailed caption and one of the others, this often each."""
DROPPED_PATCHES, WHOLE_FROM = 0.5, 0.65
"""Half of the patches are hidden until this share of training: twice the images for the time,
after Li et al., Scaling Language-Image Pre-training via Masking (2023)."""


def model_config(vocab_size: int) -> dict[str, object]:
    return {
        "embed_dim": DIM,
        "vision_cfg": {
            "image_size": SIZE,
            "patch_size": 16,
            "width": 192,
            "head_width": 48,
            "layers": 6,
        },
        "text_cfg": {
            "context_length": CONTEXT,
            "vocab_size": vocab_size,
            "hf_tokenizer_name": "tokenizer",
            "width": 128,
            "heads": 4,
            "layers": 4,
        },
    }


def make_clip(vocab_size: int) -> CLIP:
    config = model_config(vocab_size)
    config["text_cfg"].pop("hf_tokenizer_name")
    return CLIP(**config)


def make_tokenizer(captions: Sequence[str]) -> CLIPTokenizer:
    """CLIP's own kind of tokenizer, byte pairs with an end-of-word mark, learned from `captions`.

    The end mark has the highest number, because CLIP reads a caption at its highest token.
    """
    learned = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    learned.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    learned.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_WORDS), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    learned.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    learned.train_from_iterator(
        captions,
        trainers.BpeTrainer(vocab_size=900, initial_alphabet=alphabet, end_of_word_suffix="</w>"),
    )
    trained = json.loads(learned.to_str())["model"]
    merges = [tuple(merge) for merge in trained["merges"]]
    letters = sorted(alphabet)
    words = [
        *letters,
        *(f"{letter}</w>" for letter in letters),
        *("".join(merge) for merge in merges),
    ]
    vocab = {word: number for number, word in enumerate(dict.fromkeys(words))}
    vocab |= {"<|startoftext|>": len(vocab), "<|endoftext|>": len(vocab) + 1}
    return CLIPTokenizer(vocab=vocab, merges=merges, model_max_length=CONTEXT)


def as_tokens(tokenizer: CLIPTokenizer, captions: Sequence[str]) -> torch.Tensor:
    """(B, CONTEXT) int64, as open_clip's HFTokenizer makes them."""
    tokens: torch.Tensor = tokenizer(
        list(captions),
        max_length=CONTEXT,
        padding="max_length",
        truncation=True,
        return_tensors="pt",
    ).input_ids
    return tokens


def as_input(images: np.ndarray) -> torch.Tensor:
    """(B, H, W, 3) uint8 to (B, 3, H, W) float with CLIP's mean and deviation."""
    x = torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2).float() / 255
    return (x - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(STD).view(3, 1, 1)


def main() -> None:
    parser = arguments(__doc__, minutes=32, batch_size=256)
    parser.add_argument("--out", type=Path, default=Path("assets/clip"))
    args = begin(parser)
    draws = load_draws(args.folder)
    tokenizer = make_tokenizer([caption for five in draws.captions[:5000] for caption in five])
    tokens = torch.stack([as_tokens(tokenizer, five) for five in draws.captions])  # (N, 5, CONTEXT)
    model = make_clip(len(tokenizer)).to(args.device)
    log = train("clip", model, contrastive_step(model, draws.images, tokens, args.batch_size),
                folder=args.folder, minutes=args.minutes, learning_rate=1e-3,
                weight_decay=0.1)  # fmt: skip
    recall = val_recall(model, draws.images[-N_VAL:], tokens[-N_VAL:, -1])
    logger.info("done: %s, val IR@10 %.1f %%", log, recall)
    save(args.out, model, tokenizer)


def contrastive_step(
    model: CLIP, images: np.ndarray, tokens: torch.Tensor, batch_size: int
) -> Step:
    """Each image against the batch's captions, two of its own: the most detailed and another."""
    device = next(model.parameters()).device
    dropout = PatchDropout(DROPPED_PATCHES, exclude_first_token=True)
    encode_image = torch.compile(model.encode_image, dynamic=False)
    encode_text = torch.compile(model.encode_text, dynamic=False)
    target = torch.arange(batch_size, device=device)

    def step(number: int, share: float) -> torch.Tensor:
        rng = np.random.default_rng([number, 2])
        rows = np.sort(rng.choice(N_TRAIN, batch_size, replace=False))
        other = rng.choice(N_CAPTIONS - 1, batch_size, p=OTHER_WEIGHTS)
        model.visual.patch_dropout = dropout if share < WHOLE_FROM else nn.Identity()
        chosen = torch.cat([tokens[rows, N_CAPTIONS - 1], tokens[rows, other]]).to(device)
        with half(device):
            image = encode_image(as_input(images[rows]).to(device), normalize=True).float()
            text = encode_text(chosen, normalize=True).float()
        scores = model.logit_scale.exp().clamp(max=100) * image @ text.T
        halves = scores.chunk(2, dim=1)
        losses = [functional.cross_entropy(part, target) for part in halves]
        losses += [functional.cross_entropy(part.T, target) for part in halves]
        return torch.stack(losses).mean()

    return step


@torch.inference_mode()
def val_recall(model: CLIP, images: np.ndarray, tokens: torch.Tensor) -> float:
    """Text to image recall at 10 of the most detailed captions, in percent."""
    device = next(model.eval().parameters()).device
    image = torch.cat([
        model.encode_image(as_input(images[i : i + 100]).to(device), normalize=True)
        for i in range(0, len(images), 100)
    ])  # fmt: skip
    text = model.encode_text(tokens.to(device), normalize=True)
    scores = (image @ text.T).cpu().numpy()
    return recall_from_scores(scores, np.arange(len(images))).text_to_image[10]


def save(out: Path, model: CLIP, tokenizer: CLIPTokenizer) -> None:
    """Writes half-precision weights, the configuration and the tokenizer."""
    out.mkdir(parents=True, exist_ok=True)
    weights = {name: value.half().cpu().contiguous() for name, value in model.state_dict().items()}
    save_file(weights, out / "open_clip_model.safetensors")
    preprocess = {
        "mean": list(MEAN),
        "std": list(STD),
        "interpolation": "bicubic",
        "resize_mode": "shortest",
    }
    write_json(
        out / "open_clip_config.json",
        {"model_cfg": model_config(len(tokenizer)), "preprocess_cfg": preprocess},
    )
    tokenizer.save_pretrained(out)


if __name__ == "__main__":
    main()
