"""Trains the VAE of the built-in decoder: 128 px images to 16 x 16 x 4 latents and back.

First on crops of half the side, which show the network four times as many different places for
the same work; then on whole images, whose statistics the group norms need. From then on only the
decoder learns: latents no longer change, so that the UNet can be trained at the same time. Last,
the decoder learns from the kept latents alone, for the squared error that PSNR measures.
"""

import logging
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL
from torch.nn import functional

from explorer.scenes.pen import SIZE
from explorer.scenes.training.draws import N_TRAIN, N_VAL, load_draws
from explorer.scenes.training.loop import Step, arguments, begin, half, train

logger = logging.getLogger(__name__)

KL_WEIGHT = 1e-4
WHOLE_FROM = 0.6
"""Share of training after which images are whole and the encoder is frozen."""


def make_vae() -> AutoencoderKL:
    """An untrained VAE; no attention, so that it runs on crops and images alike."""
    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(16, 32, 64, 64),
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=8,
        sample_size=SIZE,
        mid_block_add_attention=False,
    )


def as_input(images: np.ndarray) -> torch.Tensor:
    """(B, H, W, 3) uint8 to (B, 3, H, W) float in [-1, 1]."""
    return torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2).float() / 127.5 - 1


def reconstruction_loss(made: torch.Tensor, true: torch.Tensor) -> torch.Tensor:
    """Absolute and squared error of pixels and of their differences, which keeps edges sharp."""
    error = made - true
    across, down = error.diff(dim=3), error.diff(dim=2)
    return (
        error.abs().mean() + error.square().mean() + 0.5 * (across.abs().mean() + down.abs().mean())
    )


def main() -> None:
    parser = arguments(__doc__, minutes=62, batch_size=24)
    parser.add_argument("--decoder-minutes", type=float, default=30)
    args = begin(parser)
    images = load_draws(args.folder).images
    vae = make_vae().to(args.device)
    log = train("vae", vae, whole_step(vae, images, args.batch_size), folder=args.folder,
                minutes=args.minutes, learning_rate=1e-3)  # fmt: skip
    logger.info("done: %s, %.2f dB", log, psnr(vae, images[-N_VAL:]))
    latents = torch.from_numpy(latents_of(vae, images, args.folder / "latents.npy"))
    log = train("decoder", vae, decoder_step(vae, images, latents, args.batch_size // 3),
                folder=args.folder, minutes=args.decoder_minutes, learning_rate=5e-4)  # fmt: skip
    logger.info("done: %s, %.2f dB", log, psnr(vae, images[-N_VAL:]))


def whole_step(vae: AutoencoderKL, images: np.ndarray, batch_size: int) -> Step:
    """Learns on `batch_size` crops, later on a fourth as many images with the encoder frozen."""

    def forward(x: torch.Tensor, noise: torch.Tensor) -> tuple[torch.Tensor, ...]:
        moments = vae.encode(x).latent_dist
        made = vae.decode(moments.mean + moments.std * noise).sample
        return made, moments.mean, moments.logvar

    compiled = torch.compile(forward, dynamic=False)  # two shapes, each compiled for itself

    def step(number: int, share: float) -> torch.Tensor:
        whole = share >= WHOLE_FROM
        _freeze_encoder(vae, whole)
        side, n_rows = (SIZE, batch_size // 4) if whole else (SIZE // 2, batch_size)
        x = _crops(images, np.random.default_rng([number, 1]), n_rows, side).to(vae.device)
        generator = torch.Generator().manual_seed(number)
        noise = torch.randn(len(x), 4, side // 8, side // 8, generator=generator)
        with half(vae.device):
            made, mean, logvar = compiled(x, noise.to(vae.device))
        mean, logvar = mean.float(), logvar.float()
        kl = 0.5 * (mean.square() + logvar.exp() - 1 - logvar).mean()
        return reconstruction_loss(made.float(), x) + KL_WEIGHT * kl

    return step


def decoder_step(
    vae: AutoencoderKL, images: np.ndarray, latents: torch.Tensor, batch_size: int
) -> Step:
    """Learns to decode kept latents; the rest of the VAE stays as it is."""
    _freeze_encoder(vae, True)
    decode = torch.compile(lambda z: vae.decode(z).sample, dynamic=False)

    def step(number: int, share: float) -> torch.Tensor:
        rows = np.sort(np.random.default_rng([number, 5]).integers(N_TRAIN, size=batch_size))
        with half(vae.device):
            made = decode(latents[rows].to(vae.device))
        return 10 * functional.mse_loss(made.float(), as_input(images[rows]).to(vae.device))

    return step


def _freeze_encoder(vae: AutoencoderKL, frozen: bool) -> None:
    vae.encoder.requires_grad_(not frozen)
    vae.quant_conv.requires_grad_(not frozen)


def _crops(images: np.ndarray, rng: np.random.Generator, n_rows: int, side: int) -> torch.Tensor:
    """(n_rows, 3, side, side) in [-1, 1], from random places of random images."""
    rows = np.sort(rng.integers(N_TRAIN, size=n_rows))
    corners = rng.integers(SIZE - side + 1, size=(n_rows, 2))
    places = zip(rows, corners, strict=True)
    return as_input(np.stack([images[r, y : y + side, x : x + side] for r, (y, x) in places]))


def latents_of(vae: AutoencoderKL, images: np.ndarray, path: Path) -> np.ndarray:
    """(N, 4, 16, 16) float32 latents of all images, kept in `path`."""
    if not path.exists():
        parts = []
        with torch.inference_mode(), half(vae.device):
            for start in range(0, len(images), 100):
                moments = vae.encode(
                    as_input(images[start : start + 100]).to(vae.device)
                ).latent_dist
                parts.append(moments.mode().float().cpu().numpy())
        np.save(path, np.concatenate(parts))
    latents: np.ndarray = np.load(path)
    return latents


@torch.inference_mode()
def psnr(vae: AutoencoderKL, images: np.ndarray) -> float:
    """Mean over images of the peak signal-to-noise ratio of reconstructions, in dB."""
    values = []
    for start in range(0, len(images), 50):
        true = as_input(images[start : start + 50]).to(vae.device)
        made = vae.decode(vae.encode(true).latent_dist.mode()).sample.clamp(-1, 1)
        error = functional.mse_loss(made, true, reduction="none").mean(dim=(1, 2, 3)) / 4
        values.append(-10 * error.log10())
    return float(torch.cat(values).mean())


if __name__ == "__main__":
    main()
