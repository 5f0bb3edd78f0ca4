"""One prepared dataset as the page reads it: everything is memory-mapped, nothing needs torch."""

import io
from functools import cached_property

import numpy as np
from PIL import Image

from explorer.config import Edit, MapConfig
from explorer.core.clusters.labels import each_stem_once, naming
from explorer.core.geometry import cosine_rows, row_lengths
from explorer.core.ordering import places_by_likeness
from explorer.data.open import open_dataset
from explorer.engine.image_pass import thumbnail
from explorer.explore.edit_history import History, read_history, write_history
from explorer.explore.view import View, size_of
from explorer.models.bundles import bundle_advice
from explorer.steps.alike import found_in
from explorer.steps.edits import make_edits
from explorer.steps.embed import embed
from explorer.steps.embeddings import Embedded, FoundPrototypes
from explorer.steps.grown import find_beginning
from explorer.steps.maps import Layout, layout
from explorer.steps.prototypes import prototypes, rename_clusters
from explorer.store.ragged import Texts
from explorer.store.step import Step
from explorer.store.store import Store
from explorer.types import Dataset, Prototypes

FEWER = "There are more prototypes than images; choose fewer."


class Prepared:
    """A dataset whose embeddings, prototypes and map are in the store.

    Attributes:
        key: Changes whenever anything that the page draws may have changed.
        embed_key: Changes with the embeddings and the images only.
        dataset: The opened dataset; its images are numbered as in `image_number`.
        advice: Sentences for the page where bundle or number do not fit the data, else "".
        image: (N, D) float32, not normalised.
        caption: (M, D) float32.
        image_of_caption: (M,) int64 in [0, N).
        captions: (M,) texts.
        names: (N,) names of the images.
        image_number: (N,) int64, of each image in the train split of `dataset`.
        skipped: Names and reasons of images that could not be read.
        prototypes: K paired prototypes.
        chosen_caption: (K,) int64, the caption stored with each prototype.
        labels: (K,) a few distinctive words each; of labelled data the class.
        number: (K,) int, what each is called: unedited prototypes are numbered in their order.
        next_number: What the next prototype will be called.
        kept_images: How the images that are kept were drawn, by the number of their prototype.
        edits: The edits that were made to the prototypes as they were found.
    """

    def __init__(
        self,
        store: Store,
        config: View,
        map_config: MapConfig,
        dataset: Dataset,
        embedded: Embedded,
        found: FoundPrototypes,
        edits: tuple[Edit, ...] = (),
    ) -> None:
        """Edits are made to the prototypes that were found."""
        self.config, self.map_config = config, map_config
        self.dataset = dataset
        advice = bundle_advice(config.data, config.models)
        is_crowded = len(found.prototypes.image) > len(embedded.image)
        self.advice = " ".join(filter(None, [advice, FEWER if is_crowded else ""]))
        self.edits, self.embedded, self._unedited = edits, embedded, found
        found = make_edits(store, embedded, found, edits)
        self.key = found.key
        self.image, self.caption = embedded.image, embedded.caption
        self.image_of_caption = embedded.image_of_caption
        self.captions: Texts = embedded.captions
        self.names: Texts = embedded.names
        self.image_number = embedded.number
        self.skipped = embedded.skipped
        self.prototypes: Prototypes = found.prototypes
        self.chosen_caption = found.chosen_caption
        self.labels = self._labels(found.labels)
        self.number, self.kept_images = found.number, found.kept_images
        self.next_number = found.n_numbers
        self.store, self.embed_key = store, embedded.key
        self._thumbnails = embedded.thumbnails

    def __repr__(self) -> str:
        sizes = f"{self.n_images:,} images, {self.n_captions:,} captions"
        return (
            f"{type(self).__name__}({self.config.data!r}: {sizes}, {len(self.labels):,} prototypes)"
        )

    def _labels(self, words: list[list[str]]) -> list[str]:
        """Classes are names already, if of numbers or of words that tell nothing apart."""
        if self.dataset.is_labelled:
            return [str(self.captions[chosen]) for chosen in self.chosen_caption]
        return [" · ".join(each_stem_once(naming(each))) for each in words]

    def history(self) -> History:
        """The edits that are kept now; somebody else may have made one since this was opened."""
        return read_history(self.store, self._unedited.key)

    def keep(self, history: History) -> None:
        """Keeps other edits; raises where one cannot be made."""
        make_edits(self.store, self.embedded, self._unedited, history.done)
        write_history(self.store, self._unedited.key, history)

    @property
    def told(self) -> str:
        """What was found in the data and in its splits, and how prototypes moved since."""
        return f"{found_in(self.store, self.dataset)} {self._unedited.update}".rstrip()

    @property
    def classes(self) -> list[str]:
        """Names of the classes of labelled data; else none."""
        return list(self.dataset.labelled().classes) if self.dataset.is_labelled else []

    @property
    def n_images(self) -> int:
        return len(self.image)

    @property
    def n_captions(self) -> int:
        return len(self.caption)

    @property
    def n_prototypes(self) -> int:
        return len(self.prototypes.image)

    def layout(self, space: str = "image") -> np.ndarray | None:
        """Positions on the map, (n, 2) float32, or None where this map was not made yet.

        Rows are the N images ("image"), the M captions ("caption"), or the images followed
        by the captions ("both").
        """
        found = self._layout(space)
        return found.position if found else None

    def layout_note(self, space: str = "image") -> str:
        """What a reader of the map should know, such as that most points were placed later."""
        found = self._layout(space)
        return found.note if found else ""

    def layout_step(self, space: str) -> Step[Layout]:
        """The step that lays out the map of a space."""
        return layout(self.embed_key, self.map_config, space, lambda: self.embedded)

    def _layout(self, space: str) -> Layout | None:
        return self.store.peek(self.layout_step(space))

    def thumbnail(self, i: int) -> bytes:
        """Image i as WebP, longest side 160 px; IndexError outside [0, N)."""
        if i < 0:
            raise IndexError(i)
        return self._thumbnails[i] or thumbnail(self._open(i))

    def open_small(self, i: int) -> Image.Image:
        """Image i with a longest side of at least 160 px, if it is not smaller itself."""
        kept = self._thumbnails[i]
        return Image.open(io.BytesIO(kept)).convert("RGB") if kept else self._open(i)

    def _open(self, i: int) -> Image.Image:
        """Embeddings that come with the program have no thumbnails: five times their size."""
        return self.dataset.captioned().open_image(int(self.image_number[i]))

    def captions_of(self, i: int) -> range:
        """The captions of image i."""
        first, last = np.searchsorted(self.image_of_caption, [i, i + 1])
        return range(int(first), int(last))

    @cached_property
    def prototype_of_caption(self) -> np.ndarray:
        """(M,) int, the prototype whose image cluster each row fell into; -1 where none did."""
        return rename_clusters(self.prototypes.image_cluster, self.prototypes.image_label)

    @cached_property
    def cosine(self) -> np.ndarray:
        """(K,) cosine of each prototype's two sides."""
        return cosine_rows(self.prototypes.image, self.prototypes.caption)

    @cached_property
    def place(self) -> np.ndarray:
        """(K,) float, the place of each prototype in a line where neighbours look alike.

        Those that were found have whole ones, which no edit changes; one that was split off or
        added stands behind the one of these that is most like it.
        """
        found = np.asarray(self._unedited.prototypes.image)
        places = places_by_likeness(found).astype(float)
        own = np.asarray(self.prototypes.image)
        lengths = np.maximum(row_lengths(found), 1e-12)
        return np.array(
            [
                places[number]
                if number < len(found)
                else places[nearest_rows(found, lengths, own[k], 1)[0][0]] + 0.5
                for k, number in enumerate(self.number.tolist())
            ]
        )

    @cached_property
    def prototype_of_image(self) -> np.ndarray:
        """(N,) int, the prototype of most of the image's kept rows; -1 where none was kept."""
        rows = np.flatnonzero(self.prototype_of_caption >= 0)
        n = self.n_prototypes
        votes = self.image_of_caption[rows] * n + self.prototype_of_caption[rows]
        vote, count = np.unique(votes, return_counts=True)
        rising = np.lexsort((-vote, count))  # the last vote written is the one with most rows
        winner = np.full(self.n_images, -1)
        winner[vote[rising] // n] = vote[rising] % n
        return winner

    @cached_property
    def similarity(self) -> np.ndarray:
        """(M,) cosine of each caption and its image."""
        return cosine_rows(self.image[self.image_of_caption], self.caption)

    @cached_property
    def modality_gap(self) -> float:
        """Distance between the mean image and the mean caption, each of unit rows.

        CLIP puts images and captions into cones of their own (Liang et al., NeurIPS 2022).
        """
        image, caption = (
            (1 / lengths).astype(np.float32) @ rows / len(rows)  # no copy of all rows
            for rows, lengths in (
                (self.image, self._image_lengths),
                (self.caption, self._caption_lengths),
            )
        )
        return float(np.linalg.norm(image - caption))

    @cached_property
    def is_kept(self) -> np.ndarray:
        """(M,) bool, False for the rows that were dropped before clustering."""
        kept = np.zeros(self.n_captions, dtype=bool)
        kept[self.prototypes.kept] = True
        return kept

    @cached_property
    def n_words(self) -> np.ndarray:
        """(M,) int, words of each caption."""
        return np.fromiter((len(text.split()) for text in self.captions), np.int64, self.n_captions)

    def cosine_of(self, i: int, m: int) -> float:
        """Of image i and caption m."""
        return float(cosine_rows(self.image[[i]], self.caption[[m]])[0])

    def nearest_images(self, query: np.ndarray, n: int) -> list[tuple[int, float]]:
        """The n images with the highest cosine to a query (D,), best first."""
        return nearest_rows(self.image, self._image_lengths, query, n)

    def nearest_captions(self, query: np.ndarray, n: int) -> list[tuple[int, float]]:
        """The n captions with the highest cosine to a query (D,), best first."""
        return nearest_rows(self.caption, self._caption_lengths, query, n)

    @cached_property
    def _image_lengths(self) -> np.ndarray:
        lengths: np.ndarray = np.maximum(row_lengths(self.image), 1e-12)
        return lengths

    @cached_property
    def _caption_lengths(self) -> np.ndarray:
        lengths: np.ndarray = np.maximum(row_lengths(self.caption), 1e-12)
        return lengths


def find_prepared(
    store: Store,
    config: View,
    map_config: MapConfig | None = None,
    dataset: Dataset | None = None,
    edits: tuple[Edit, ...] | None = None,
) -> Prepared | None:
    """Looks a prepared dataset up; None where a part of it was not computed yet.

    `dataset` is the opened `config.data`, if the caller has it already; opening takes a moment.
    Without `edits` those are made that are kept now.
    """
    map_config = map_config or MapConfig()
    dataset = dataset or open_dataset(config.data)
    train = dataset.captioned()
    embedding = embed(train, config.models)
    embedded = store.peek(embedding)
    if embedded is None:
        return None
    size = size_of(dataset, config.n_prototypes)
    step = prototypes(
        embedded.key,
        len(embedded.caption),
        size,
        config.prototypes,
        lambda: embedded,
        n_classes=dataset.n_classes,
        beginning=find_beginning(store, train, embedding, size, config.prototypes),
    )
    found = store.peek(step)
    if found is None or not store.has(layout(embedded.key, map_config, "image", lambda: embedded)):
        return None
    if edits is None:
        edits = read_history(store, found.key).done
    return Prepared(store, config, map_config, dataset, embedded, found, edits)


def nearest_rows(
    rows: np.ndarray, lengths: np.ndarray, query: np.ndarray, n: int
) -> list[tuple[int, float]]:
    """The n rows with the highest cosine to the query, best first; `lengths` are above 0."""
    cosine = rows @ (query / max(float(np.linalg.norm(query)), 1e-12)) / lengths
    n = min(n, len(rows))
    best = np.argpartition(-cosine, n - 1)[:n]
    best = best[np.argsort(-cosine[best], kind="stable")]
    return [(int(i), float(cosine[i])) for i in best]
