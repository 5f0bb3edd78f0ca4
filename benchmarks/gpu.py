"""What a GPU makes of full-size models with random weights: speed, share of its peak, memory.

    python -m benchmarks.gpu --out figures.json

Embeds prepared images with CLIP ViT-L/14 and draws with the architecture of Stable unCLIP 2.1
(small), both as the program opens and calls them. Speed does not depend on what weights know.
`--tiny --device cpu` runs everything in a minute, to see that it works; its figures mean nothing.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import open_clip
import torch
from diffusers import (
    AutoencoderKL,
    DDPMScheduler,
    PNDMScheduler,
    StableUnCLIPImg2ImgPipeline,
    UNet2DConditionModel,
)
from diffusers.pipelines.stable_diffusion.stable_unclip_image_normalizer import (
    StableUnCLIPImageNormalizer,
)
from torch.utils.flop_counter import FlopCounterMode
from torchvision.transforms import Normalize
from transformers import (
    CLIPImageProcessor,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTokenizer,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
)

from explorer.engine.image_pass import BATCH
from explorer.methods.pairs import BATCH as IMAGES_AT_ONCE
from explorer.models.backbones import CLIP_MEAN, CLIP_STD
from explorer.models.bundles import ASSETS, find_bundle
from explorer.models.clip import Encoder, Placed
from explorer.models.devices import half_on_cuda
from explorer.models.stable_unclip import StableUnclip, open_stable_unclip

BUNDLE = find_bundle("vit-l-14")
DIM = 768  # of the embeddings of ViT-L/14
CONTEXT = 77  # tokens


class Size(NamedTuple):
    """Widths of the models; everything else is the same in both sizes."""

    clip: str  # an architecture of open_clip
    matrix: int  # side of the square matrices that the peak is measured with
    unet: tuple[int, ...]  # channels, from fine to coarse
    heads: tuple[int, ...]
    latent: int  # side of what the UNet takes
    vae: tuple[int, ...]
    text: int  # width of the text encoder
    text_layers: int


FULL = Size("ViT-L-14-quickgelu", 8192, (320, 640, 1280, 1280), (5, 10, 20, 20), 96,
            (128, 256, 512, 512), 1024, 23)  # fmt: skip
TINY = Size("ViT-B-32-quickgelu", 256, (32, 32, 64, 64), (2, 2, 4, 4), 8,
            (32, 32, 32, 32), 64, 2)  # fmt: skip


class Bench(NamedTuple):
    device: torch.device
    size: Size
    repeats: int

    def seconds(self, work: Callable[[], Any]) -> float:
        """The median over repeats, after one to warm up."""
        taken = []
        for _ in range(self.repeats + 1):
            self._wait()
            started = time.perf_counter()
            work()
            self._wait()
            taken.append(time.perf_counter() - started)
        return statistics.median(taken[1:])

    def gib(self, work: Callable[[], Any]) -> float:
        """The most memory of the device that was taken at once; 0 on a CPU."""
        if self.device.type != "cuda":
            work()
            return 0.0
        torch.cuda.reset_peak_memory_stats(self.device)
        work()
        return torch.cuda.max_memory_allocated(self.device) / 2**30

    def _wait(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)


def matrix_peak(bench: Bench) -> float:
    """Operations per second of a large matrix product in the precision that models run in."""
    side, dtype = bench.size.matrix, half_on_cuda(bench.device)
    a, b = (torch.randn(side, side, device=bench.device, dtype=dtype) for _ in range(2))
    n_products = 20
    seconds = bench.seconds(lambda: [a @ b for _ in range(n_products)])
    return 2 * side**3 * n_products / seconds


def embedding(bench: Bench, peak: float, batches: tuple[int, ...]) -> list[dict[str, Any]]:
    """Images per second by batch, and the share of the matrix peak."""
    dtype = half_on_cuda(bench.device)
    model = open_clip.create_model(
        bench.size.clip, precision="fp16" if dtype == torch.float16 else "fp32"
    )
    model = model.to(bench.device).eval().requires_grad_(False)
    placed = Placed(model, bench.device, dtype)
    encoder = Encoder([placed], fit=stop, normalize=Normalize(CLIP_MEAN, CLIP_STD), tokenize=stop)
    side = model.visual.image_size[0]
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        model.encode_image(torch.zeros(1, 3, side, side, device=bench.device, dtype=dtype))
    operations = counter.get_total_flops()
    rows = []
    for batch in batches:
        images = torch.randint(256, (batch, side, side, 3), dtype=torch.uint8)

        def work(images: torch.Tensor = images) -> None:
            encoder.embed_images(images)

        rate = batch / bench.seconds(work)
        on_device = torch.randn(batch, 3, side, side, device=bench.device, dtype=dtype)

        @torch.inference_mode()
        def bare(on_device: torch.Tensor = on_device) -> None:
            model.encode_image(on_device)

        bare_rate = batch / bench.seconds(bare)
        rows.append(
            {
                "what": f"{bench.size.clip} at {side}, batch {batch}",
                "per_second": rate,
                "share_of_peak": rate * operations / peak,
                "share_of_peak_without_copies": bare_rate * operations / peak,
                "gib": bench.gib(work),
            }
        )
    return rows


def stop(*arguments: Any) -> Any:
    raise NotImplementedError("This benchmark gives the encoder prepared images.")


def synthesis(bench: Bench, folder: Path) -> list[dict[str, Any]]:
    """Images per second: one at a time in 100 steps of PNDM, and as the program draws."""
    save_unclip(folder, bench.size)
    pipeline = open_stable_unclip(folder, half_on_cuda(bench.device)).to(bench.device)
    decoder, how = StableUnclip(pipeline), BUNDLE.synthesis
    quick = replace(how, steps=20)
    rows = [
        _drawing(bench, decoder, f"{how.steps} steps, {n} at once", how, n)
        for n in (1, IMAGES_AT_ONCE, 4 * IMAGES_AT_ONCE)
    ]
    rows.append(_drawing(bench, decoder, f"20 steps, {IMAGES_AT_ONCE} at once", quick,
                         IMAGES_AT_ONCE))  # fmt: skip
    pipeline.scheduler = PNDMScheduler.from_config(
        pipeline.scheduler.config, timestep_spacing="leading", steps_offset=1, skip_prk_steps=True
    )
    reference = _drawing(bench, decoder, "100 steps of PNDM, one at a time (reference)", how, 1)
    return [
        {**row, "ratio": row["per_second"] / reference["per_second"]} for row in [*rows, reference]
    ]


def _drawing(bench: Bench, decoder: StableUnclip, what: str, how: Any, n: int) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    prototypes = rng.normal(size=(n, DIM)).astype(np.float32)
    captions = ["a man in a red coat walks a dog by the sea"] * n

    def work() -> None:
        decoder.draw(prototypes, captions, list(range(n)), how)

    name = f"{decoder.size} px, {what}"
    return {"what": name, "per_second": n / bench.seconds(work), "gib": bench.gib(work)}


def save_unclip(folder: Path, size: Size) -> None:
    """Writes a Stable unCLIP with random weights in half precision, as the real one is kept."""
    tokenizer = CLIPTokenizer.from_pretrained(
        ASSETS / "unclip" / "tokenizer", model_max_length=CONTEXT
    )
    text = CLIPTextConfig(
        vocab_size=49408,
        hidden_size=size.text,
        intermediate_size=4 * size.text,
        num_hidden_layers=size.text_layers,
        num_attention_heads=size.text // 64,
        max_position_embeddings=CONTEXT,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    vision = CLIPVisionConfig(  # the program never runs it: it draws from prototypes
        hidden_size=64, intermediate_size=64, projection_dim=DIM, num_hidden_layers=1,
        num_attention_heads=1)  # fmt: skip
    unet: Any = UNet2DConditionModel(
        sample_size=size.latent,
        block_out_channels=size.unet,
        attention_head_dim=size.heads,
        cross_attention_dim=size.text,
        use_linear_projection=True,
        class_embed_type="projection",
        projection_class_embeddings_input_dim=2 * DIM,
    )
    vae: Any = AutoencoderKL(
        block_out_channels=size.vae,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=2,
        sample_size=8 * size.latent,
    )
    pipeline: Any = StableUnCLIPImg2ImgPipeline(
        feature_extractor=CLIPImageProcessor(),
        image_encoder=CLIPVisionModelWithProjection(vision).half(),
        image_normalizer=StableUnCLIPImageNormalizer(DIM).half(),
        image_noising_scheduler=DDPMScheduler(beta_schedule="squaredcos_cap_v2"),
        tokenizer=tokenizer,
        text_encoder=CLIPTextModel(text).half(),
        unet=unet.half(),
        scheduler=DDPMScheduler(beta_schedule="scaled_linear", prediction_type="v_prediction"),
        vae=vae.half(),
    )
    pipeline.save_pretrained(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda", help="%(default)s")
    parser.add_argument("--tiny", action="store_true", help="small models, to try the script")
    parser.add_argument("--repeats", type=int, default=3, help="%(default)s")
    parser.add_argument("--only", nargs="+", choices=["embedding", "synthesis"],
                        default=["embedding", "synthesis"])  # fmt: skip
    parser.add_argument("--out", type=Path, help="write the figures here as JSON")
    args = parser.parse_args()
    if args.device.startswith("cuda") and not torch.cuda.is_available():
        sys.exit("This machine has no GPU that PyTorch can use, so there is nothing to measure.")
    bench = Bench(torch.device(args.device), TINY if args.tiny else FULL, args.repeats)
    name = torch.cuda.get_device_name(bench.device) if bench.device.type == "cuda" else "the CPU"
    peak = matrix_peak(bench)
    print(f"{name}: {peak / 1e12:.2f} TFLOP/s in products of {bench.size.matrix} x "
          f"{bench.size.matrix} matrices, PyTorch {torch.__version__}\n")  # fmt: skip
    rows: list[dict[str, Any]] = []
    if "embedding" in args.only:
        rows += embedding(bench, peak, (4,) if args.tiny else (BATCH, 128, 512))
    if "synthesis" in args.only:
        with tempfile.TemporaryDirectory() as scratch:
            rows += synthesis(bench, Path(scratch) / "unclip")
    print("| what | images/s | share of the matrix peak | against the reference | GiB |")
    print("|---|---|---|---|---|")
    print("\n".join(markdown(row) for row in rows))
    if args.out:
        figures = {"device": name, "peak": peak, "torch": torch.__version__, "rows": rows}
        args.out.write_text(json.dumps(figures, indent=2) + "\n")


def markdown(row: dict[str, Any]) -> str:
    share = "–"
    if "share_of_peak" in row:
        bare = row["share_of_peak_without_copies"]
        share = f"{row['share_of_peak']:.0%} ({bare:.0%} without copies to and from it)"
    ratio = f"{row['ratio']:.1f}x" if "ratio" in row else "–"
    return f"| {row['what']} | {row['per_second']:.2f} | {share} | {ratio} | {row['gib']:.2f} |"


if __name__ == "__main__":
    main()
