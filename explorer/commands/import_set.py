"""The command that opens a set made by another program, so that it is scored like ours."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from explorer.commands.options import add_cache, add_command, add_models, models_named, typed_folder
from explorer.commands.terminal import Terminal, answer
from explorer.data.found import read_splits
from explorer.data.open import open_dataset
from explorer.errors import BadDataError, ConfigError, MissingDataError
from explorer.models.bundles import choose_bundle
from explorer.models.loaded import Models
from explorer.runs.config import RunConfig
from explorer.runs.opening import resolve
from explorer.sets.card import make_card
from explorer.sets.elsewhere import Elsewhere, read_elsewhere, sentences_beside, tensor_files
from explorer.sets.folder import IMPORTED, DistilledSet, Row, as_image
from explorer.steps.context import Context
from explorer.steps.embeddings import nearest_texts
from explorer.store.digests import file_digest
from explorer.store.store import Store
from explorer.types import Pairs, Samples

_TASK = RunConfig.task


def add(commands: Any) -> None:
    """Adds `import`."""
    about = "open a set that another program made, to score it like ours"
    each = add_command(commands, "import", _import, about)
    what = "tensors (.pt) of MTT-VL, LoRS, RepBlend, PTM-ST or MDM; or a folder of images"
    each.add_argument("paths", type=Path, nargs="+", metavar="PATH", help=what)
    each.add_argument("--out", type=typed_folder, required=True, metavar="SET", help="a new folder")
    each.add_argument("--captions", type=Path, metavar="FILE", help="one caption a line, per pair")
    nearest = "take its captions nearest to the set's embeddings, of the same encoder"
    each.add_argument("--data", default="", help=nearest)
    add_cache(each)
    add_models(each)
    each.add_argument("--device", default="auto", help="auto, cpu, cuda, mps")


def _import(options: argparse.Namespace) -> int:
    """Writes the set; what is not in it is said."""
    if missing := [path for path in options.paths if not path.exists()]:
        raise MissingDataError(f"There is no {missing[0]}.")
    files = tensor_files(options.paths)
    if files:
        found = read_elsewhere(files, _captions(options, files))
        if found.samples.texts is None:
            found = found._replace(samples=_with_nearest(options, found.samples))
        kept = found.samples
    else:
        found, kept = _of_dataset(options.paths[0]), Samples()
    rows = _write(options, found, kept, files)
    told = {"n_pairs": len(rows), "out": str(options.out), "told": found.told}
    return answer(options, f"{found.told}\n{len(rows):,} pairs are in {options.out}.", told)


def _captions(options: argparse.Namespace, files: Sequence[Path]) -> list[str] | None:
    """The captions that somebody names, or that lie beside the tensors; None where none do."""
    if options.captions:
        return list(options.captions.read_text("utf-8").splitlines())
    return None if options.data else sentences_beside(files)


def _with_nearest(options: argparse.Namespace, samples: Samples) -> Samples:
    """The set with the captions of a dataset that are nearest to its embeddings."""
    if not options.data:
        raise ConfigError(
            "The set has embeddings of texts and no captions. Name a file with one caption per "
            "pair (--captions), or the data it was made of (--data) with the bundle of the same "
            "text encoder."
        )
    with Terminal() as terminal:
        own = RunConfig(data=options.data, bundle=options.bundle)
        bundle = choose_bundle(options.bundle, *models_named(options))
        opened = Context(
            store=Store(options.cache),
            dataset=open_dataset(options.data),
            models=Models(bundle, options.device),
            watcher=terminal,
        )
        embedded = resolve(opened, own).embedded()
    texts = samples.text_embeddings
    assert texts is not None
    if texts.shape[1] != embedded.caption.shape[1]:
        raise ConfigError(
            f"The set's text embeddings are {texts.shape[1]} wide, but those of {bundle.name} "
            f"{embedded.caption.shape[1]}; name the bundle of the encoder they were made with, or "
            "the captions themselves (--captions)."
        )
    return replace(samples, texts=nearest_texts(texts, embedded))


def _of_dataset(path: Path) -> Elsewhere:
    """The first caption of each image of a dataset's train split."""
    name, splits = read_splits(str(path))
    pairs = splits["train"]
    if not isinstance(pairs, Pairs):
        raise ConfigError(f"{path} has classes; a set of pairs has captions.")
    firsts = np.searchsorted(pairs.image_of_caption, np.arange(pairs.n_images))
    captions = [pairs.captions[int(m)] for m in firsts]
    more = len(pairs.captions) - len(captions)
    told = f"{len(captions):,} images with their first captions, read as {name}"
    left = f"; {more:,} further captions are left out" if more else ""
    images = [pairs.open_image(i) for i in range(pairs.n_images)]
    return Elsewhere(Samples(images=images, texts=captions), f"{told}{left}.")


def _write(
    options: argparse.Namespace, found: Elsewhere, kept: Samples, files: Sequence[Path]
) -> list[Row]:
    captions, images = found.samples.texts, found.samples.images
    assert captions is not None
    assert images is not None
    if blank := [k for k, caption in enumerate(captions) if not caption.strip()]:
        raise BadDataError(f"Pair {blank[0] + 1} has no caption.")
    rows = [Row(f"{k:06d}.png", text, k, 1, 0, 0.0) for k, text in enumerate(captions)]
    target = DistilledSet(options.out)
    with target.held():
        target.begin(_about(options, found, len(rows), files))
        target.add([], rows, [as_image(each) for each in images])
        target.write_learned(kept)
        target.write_card(make_card(target.settings(), rows, "pairs", None))
        target.end()
    return rows


def _about(
    options: argparse.Namespace, found: Elsewhere, n: int, files: Sequence[Path]
) -> dict[str, Any]:
    """What stands in config.json, as for a set of ours."""
    digests = [file_digest(path) for path in files]
    named = {"bundle": options.bundle, "encoder": options.encoder, "decoder": options.decoder}
    return {
        "data": ", ".join(path.name for path in options.paths),
        **named,
        "task": _TASK,
        "method": IMPORTED,
        "size": n,
        "subset": "",
        "edits": [],
        "settings": {},
        "found": found.told,
        "source": "-".join(digest[:24] for digest in digests),
        "plan": IMPORTED,
    }
