"""Every shape that goes to the page; `assets/ui/common/wire.d.ts` tells the scripts the same.

What routes return is checked against these, and anything else in it is left out. The twin is
written by `python -m tests.wire_twin`.
"""

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from explorer.compare.effects import Combination as Combination
from explorer.compare.effects import Effect as Effect
from explorer.compare.effects import Size as Size
from explorer.compare.lines import Line as Line
from explorer.compare.lines import LinePoint as LinePoint
from explorer.compare.literature import PublishedRow
from explorer.compare.sweeps import Sweep as Sweep
from explorer.runs.about import About, Named
from explorer.runs.directory import Event
from explorer.runs.outcome import WITH_MORE, HowScored
from explorer.runs.outcome import Result as Result
from explorer.runs.tables import SweepRow as SweepRow
from explorer.tasks.task import Interval

# A prepared dataset


class Space(TypedDict):
    note: str  # what is to be said of its map


class PrototypeRow(TypedDict):
    """One prototype, for its mark on the map and its line in the table."""

    number: int  # what it is called; edits of others do not change it
    rank: int  # 1 is the prototype whose image and caption agree most
    label: str  # its distinctive words
    cosine: float  # between its image and its caption
    n_rows: int  # in its image cluster
    n_caption_rows: int
    n_shared: int  # 0 marks a pairless prototype
    place: float  # in a line of all where neighbours are alike: their colours are


class Prepared(TypedDict):
    """Everything about a prepared dataset but its points."""

    key: str
    name: str
    found: str  # what was found in the data, in words
    models: str  # what they are called
    classes: list[str]  # of labelled data, whose captions are these; else none
    advice: str
    skipped: list[str]  # images that could not be read, and why
    n_images: int
    n_captions: int
    modality_gap: float
    spaces: dict[str, Space]  # those that are laid out
    prototypes: list[PrototypeRow]
    edits: list[str]  # in words
    n_undone: int


class Making(TypedDict):
    """How far a result is that is computed behind the page."""

    share: float
    text: str
    problem: str  # why it was not made


class Atlas(TypedDict):
    """The small images of a map, on pages."""

    side: int  # pixels of a page's side
    levels: dict[
        str, int
    ]  # pages, by the pixels of a small image's side; none before they are made
    making: Making | None


class Point(TypedDict):
    """What is at one point of the map: an image with its captions, or one caption."""

    image: int
    name: str
    captions: list[str]
    row: int  # of the first caption; the others follow
    similarity: list[float]  # of each caption and the image
    is_kept: bool  # whether any of its rows was clustered
    prototype: int | None
    thumbnail: str | None  # an address that holds the image


class NearImage(TypedDict):
    image: int
    similarity: float  # to the prototype
    to_caption: float  # to the one that is chosen
    caption: str
    thumbnail: str | None


class NearCaption(TypedDict):
    row: int
    text: str
    similarity: float | None
    is_chosen: bool


class Spread(TypedDict):
    """How the rows of an image cluster spread over caption clusters, most rows first."""

    prototype: list[int]
    n_rows: list[int]
    n_other: int


class Card(TypedDict):
    """What the inspector shows of a prototype."""

    prototype: int  # its place among all
    n_prototypes: int
    number: int
    label: str
    rank: int
    n_image_rows: int
    n_caption_rows: int
    n_shared: int
    cosine: float
    nearest_images: list[NearImage]
    nearest_captions: list[NearCaption]
    chosen_caption: int
    spread: Spread
    alike: list[tuple[int, float]]  # other prototypes, and the cosine of both images
    kept_image: dict[str, Any] | None  # how the image that a person kept is generated


class Edited(TypedDict):
    """What to show after an edit."""

    key: str
    prototype: int | None  # to select
    given_up: list[int]  # numbers of prototypes whose kept image was generated from something else


# Rows of a dataset


class RowCard(TypedDict):
    """One row: a caption with its image."""

    row: int
    image: int
    file: str
    caption: str
    prototype: int | None  # counted from 1
    similarity: float


class Answer(TypedDict):
    """Results, the best first."""

    n: int
    rows: list[int]  # all that match
    results: list[RowCard]  # those that are shown


class Found(Answer):
    """What a search found."""

    left_out: int  # captions that match, or images that are less alike, beyond the results
    unknown: list[str]  # words of the query that no caption has
    classes: list[str]  # that the words name; then these are what was found


class Item(RowCard):
    is_image: bool


class Neighbour(Item):
    is_own: bool  # whether it belongs to the item's own image


class FoundNeighbours(TypedDict):
    n: int
    rows: list[int]
    results: list[Neighbour]


class Neighbours(TypedDict):
    item: Item
    images: FoundNeighbours
    captions: FoundNeighbours


# Columns of a dataset


class ColumnAbout(TypedDict):
    """A column before its values are fetched."""

    name: str  # as queries have it
    title: str
    per: str  # image, caption
    kind: str  # number, date, words, list; text: too many different words to list
    group: str  # tags, pairs, images, data, files
    meaning: str
    of: str  # changes with its values
    is_there: bool  # whether its values are known already


class Measuring(TypedDict):
    """Where measuring the images stands."""

    making: Making | None  # None where nobody asked for it
    seconds: float | None  # that it would take


class Tag(TypedDict):
    name: str
    n: int  # rows that have it


class Columns(TypedDict):
    columns: list[ColumnAbout]
    measuring: Measuring | None  # None once it is done


class Subset(TypedDict, total=False):
    """Rows that are to be distilled; empty for all."""

    subset: str  # their key
    text: str
    data: str
    bundle: str


class Twin(TypedDict):
    """One of two images that are nearly equal."""

    image: int
    name: str
    caption: str
    rows: list[int]


class Twins(TypedDict):
    cosine: float
    images: list[Twin]


class Check(Answer):
    """Rows that one check of the data has found."""

    name: str
    title: str
    meaning: str


class Checks(TypedDict):
    line: str  # all that was found in a sentence; "" where nothing was
    found: list[Check]  # of images once they are measured
    measuring: Measuring | None


class Duplicates(TypedDict):
    """Either the pairs, or how long looking for them would take."""

    pairs: NotRequired[list[Twins]]
    seconds: NotRequired[float]


# How far a set reaches into the data


class Hole(TypedDict):
    """Images of train that no pair of a set is near to."""

    n: int
    words: str  # distinctive ones of their captions
    distance: float  # to the nearest pair, mean
    image: int  # in the middle
    caption: str  # of that image
    added: int | None  # number of a prototype that was added for them


class Coverage(TypedDict):
    note: str
    making: Making | None
    is_there: bool  # else the numbers mean nothing yet
    of: str  # changes with all of it
    usual: float  # distance that counts as near
    covered: float  # share of the images, in [0, 1]
    covered_rare: float  # share of the rarest tenth
    n_bare: int  # images without cover
    holes: list[Hole]  # where most is missing first


# One image of a finished set


class MapOf(TypedDict):
    """A map, and what an address asks for to see it."""

    key: str
    data: str
    bundle: str
    n_prototypes: int


class NearTrain(TypedDict):
    """The image of train that an image of a set is nearest to, by CLIP."""

    image: int
    row: int | None  # of its first caption
    caption: str
    similarity: float
    share: float  # of the images of train that have another one nearer than that, in [0, 1]
    is_copy: bool  # whether it is as near as copies are


class SetImage(TypedDict):
    n_shared: int  # captions of train that it stands for; 0 for none
    view: MapOf | None  # of its data, where it is there
    number: int | None  # of its prototype there, where the set follows the map's
    making: Making | None
    near: NearTrain | None  # once it was looked for
    advice: str  # why it cannot be


# Where students fail


class FailedItem(TypedDict):
    """An image or a caption of test."""

    place: int  # among all items
    image: int  # its number in test
    text: str
    rank: float  # mean over students of how many answers come before the right one
    other_rank: float | None  # with the other run


class FailureGroup(TypedDict):
    """Items that have something in common."""

    label: str
    prototype: int | None
    n: int
    first: float  # share in [0, 1] whose right answer comes first
    among: float  # or is among the best `k`
    other_first: float | None  # with the other run


class Failures(TypedDict):
    """How the items of test fared; lists have an entry for each."""

    note: str  # how they are placed
    networks: list[str]
    network: str
    k: int
    n_answers: int  # that each is ranked among
    columns: list[str]  # to group by
    x: list[float]  # empty until they are placed
    y: list[float]
    image: list[int]  # numbers of the images in test
    rank: list[float]
    outcome: list[int]  # beside another run: 0 both, 1 only this, 2 only the other, 3 neither
    groups: list[FailureGroup]
    items: list[FailedItem]  # the worst; of two runs those of one outcome, else 1 and 2
    making: Making | None


class RecallHere(TypedDict):
    """How the images or the captions of test fared that are most like one prototype."""

    space: str
    n: int
    n_answers: int  # that each is ranked among
    k: int
    first: float  # share in [0, 1] whose right answer comes first; 0 of none
    among: float
    first_of_all: float  # the same of all of test


# Runs


class Cost(TypedDict):
    timing: dict[str, float]  # seconds in each stage
    peak_memory: int  # bytes


class Status(TypedDict):
    """Where a run stands; see `explorer.runs.directory.Status`."""

    state: str
    stage: str
    share: float
    text: str
    advice: str
    pid: int
    queued_at: float
    started_at: float
    time: float
    cost: Cost


class Preparation(TypedDict):
    name: str
    advice: str
    key: str | None  # as soon as there is a map
    spaces: list[str]
    status: Status | None
    stages: list[Named]


class FirstRow(TypedDict):
    image: str
    says: list[str]  # its captions, or its class


class Inspected(TypedDict):
    """What was found in data that somebody named, before anything is made of it."""

    is_done: bool  # else it is still being opened
    line: str  # "" where there is nothing to tell
    problem: str  # why it cannot be opened
    more: list[str]  # sentences: what was left out, what splits share
    first: list[FirstRow]
    convert: str  # the command that writes a clean copy; "" for visitors of another's server


class Label(TypedDict):
    name: str
    note: str


@WITH_MORE
class Edit(TypedDict):
    kind: str
    prototype: int


@WITH_MORE
class Config(TypedDict):
    """What the page reads of a run's settings."""

    data: str
    bundle: str
    task: str
    method: str
    size: int
    subset: str
    edits: list[Edit]
    evaluation: HowScored


class SweepPlan(TypedDict):
    methods: list[str]
    n_pairs: list[int]
    n_sets: int


class RefereePlan(TypedDict):
    runs: list[str]
    n_random: int
    whole: bool


class RunName(TypedDict):
    """What every list says of a run."""

    id: str
    kind: Literal["prepare", "distill", "sweep", "referee"]
    about: About
    config: Config
    sweep: SweepPlan
    label: Label


class QueuedRun(RunName):
    status: Status
    expected: dict[str, float]  # seconds of each stage; empty where nobody knew


class TableRun(RunName):
    state: str
    ended: str  # how, in words; what went wrong
    result: Result | None
    scores: dict[str, dict[str, Interval]]  # by network and metric


class RunOnMap(RunName):
    """A run on the data of a map, in a list to choose from."""

    result: Result | None  # how many pairs its set has


class FaredHere(TypedDict):
    """How test fared at one prototype in the newest run that kept it."""

    run: RunOnMap
    network: str
    is_there: bool  # else it is not known yet which items are near
    recall: list[RecallHere]
    making: Making | None


class Checkpoint(TypedDict):
    step: int
    name: str


class Run(RunName):
    """A run as it goes; read on from `offset`."""

    scores: dict[str, dict[str, Interval]]
    checkpoints: list[Checkpoint]
    status: Status
    events: list[Event]
    offset: int
    log: str
    result: Result | None


class Gain(TypedDict):
    """What a set is better by than random ones."""

    set: str
    network: str
    over_chance: Interval
    p: float | None  # that it is chance


class Judgement(RunName):
    """Sets before a referee."""

    status: Status
    sets: list[str]  # as their runs are called; those that were deleted since are left out
    plan: RefereePlan
    students: str  # what they are, in a few words
    head: list[str]
    lines: list[list[str]]  # below the head, one per set and network; none until it is done
    gains: list[Gain]  # of the same


# Runs beside each other


class Difference(TypedDict):
    setting: str
    values: list[Any]  # one per run


class Published(TypedDict):
    source: str
    rows: list[PublishedRow]


class SetRow(TypedDict):
    """One sample of a set."""

    file_name: str
    caption: str
    prototype: int
    n_shared: int
    seed: int
    similarity: float
    label: str


class Beside(TypedDict):
    first: SetRow | None
    second: SetRow | None
    likeness: float | None


# What the server puts into the components


class MapView(TypedDict):
    data: str
    bundle: str
    n_prototypes: int
    selected: int | None


class LiveRun(TypedDict, total=False):
    run: str
    duplicated: bool  # whether the form was just filled with its settings


class CostPart(TypedDict):
    stage: str
    label: str
    seconds: float | None
    is_rough: bool  # by what another machine took
    why: str


class CostEstimate(TypedDict):
    seconds: float | None
    memory: int | None
    parts: list[CostPart]


class Problem(TypedDict):
    problem: str


class Field(TypedDict):
    """One setting, to be changed."""

    name: str
    label: str
    help: str
    kind: Literal["int", "float", "str", "bool"]
    default: int | float | str | bool
    choices: list[str]  # of a text; none where any will do
    least: float | None  # of a slider, to the most in steps; else None
    most: float | None
    step: float | None


class Part(TypedDict):
    """Settings under one heading; under none where the label is empty."""

    key: str
    label: str
    fields: list[Field]


class Form(TypedDict):
    """Settings as fields; comes back with what was changed."""

    bundle: str  # the models whose defaults are shown
    parts: list[Part]
    changed: dict[str, dict[str, Any]]  # by part and name, of parts that are not shown, too
    after: int | None  # the number of changes that it knows of; None to be taken as it is


class Applied(TypedDict):
    """The edits that a run of the form as it is would follow."""

    follows: bool  # whether its method makes pairs of prototypes, of all rows
    size: int
    edits: list[str]
    added: int  # prototypes that they add, and so pairs
    map_size: int | None  # prototypes of a map whose edits would count for a set of as many pairs
    checks: str  # what was found in the data, in a line; "" where nothing was, or nobody looked


class Generating(TypedDict):
    """How far the images of a prototype are."""

    state: Literal["drawing"]
    share: float
    text: str


class Cancelled(TypedDict):
    state: Literal["cancelled"]


class NearestReal(TypedDict):
    image: int
    similarity: float
    to_caption: float
    thumbnail: str | None


class GeneratedImage(TypedDict):
    id: str
    seed: int
    to_prototype: float
    to_caption: float
    seconds: float
    is_new: bool


class Images(TypedDict):
    nearest: NearestReal
    images: list[GeneratedImage]


class Generated(Images):
    state: Literal["done"]
    key: str
    prototype: int
    blend: tuple[int, float] | None  # another prototype, and the share of it
    caption: str  # that the decoder read
