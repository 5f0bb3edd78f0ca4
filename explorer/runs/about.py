"""What the page must know of a run to show it, whatever its method and its task are."""

from typing_extensions import TypedDict

from explorer.methods.base import Method
from explorer.runs.config import method_of, named_seeds, task_of_run
from explorer.runs.directory import Job
from explorer.tasks.task import Task

STAGES = {
    "embed": "Embed",
    "prototypes": "Find prototypes",
    "choose": "Choose samples",
    "map": "Lay out the map",
    "pixels": "Read images",
    "captions": "Read captions",
    "features": "Read features",
    "experts": "Train experts",
    "generator": "Train a generator",
    "synthesize": "Make images",
    "evaluate": "Evaluate",
    "sweep": "Make and score sets",
    "referee": "Judge sets",
}
"""By name, in the order in which a run may go through them."""


class Named(TypedDict):
    name: str
    label: str


class MetricShape(TypedDict):
    name: str
    label: str
    unit: str
    group: str
    mean_of: list[str]  # names of others, where it is nothing but their mean


class About(TypedDict):
    method: Named
    makes: bool  # whether it makes a set at all
    seeds: list[int]  # of the set; a sweep raises them by one from set to set
    seeds_in: list[str]  # the part of the settings that each is in, as forms call it; "" for none
    learns: bool  # whether the whole set improves, step by step
    task: Named
    unit: str  # what the size counts
    per_class: bool  # whether it counts images of each class, and not rows of a set
    embeds: bool  # whether samples have prototypes
    of_prototypes: bool  # whether each pair is made for one, and not a real one or a learned one
    protocol: Named  # labelled by a sentence
    metrics: list[MetricShape]  # the first is the headline
    stages: list[Named]


def about_run(job: Job) -> About:
    """Names and labels of what a run does, and of what it measures."""
    method, task = method_of(job.config), task_of_run(job.config)
    protocol = task.protocol(job.config.evaluation)
    seeds = list(named_seeds(job.config.settings))
    names = {
        "prepare": ("embed", "prototypes", "map"),
        "sweep": ("sweep",),
        "referee": ("referee",),
    }.get(job.kind, (*stages_of(method, task), "evaluate"))
    return {
        "method": {"name": method.name, "label": method.label},
        "makes": method.make is not None,
        "seeds": [seed for _, seed in seeds],
        "seeds_in": [part for part, _ in seeds],
        "learns": method.learns,
        "task": {"name": task.name, "label": task.label},
        "unit": task.unit,
        "per_class": task.per_class,
        "embeds": task.embeds,
        "of_prototypes": method.follows_edits,
        "protocol": {"name": protocol, "label": task.protocols[protocol]},
        "metrics": [
            {
                "name": each.name,
                "label": each.label,
                "unit": each.unit,
                "group": each.group,
                "mean_of": list(each.mean_of),
            }
            for each in task.metrics
        ],
        "stages": [{"name": name, "label": STAGES[name]} for name in names],
    }


def stages_of(method: Method, task: Task) -> tuple[str, ...]:
    """The stages of making a set: without embeddings no prototypes, of pairs no pixels."""
    left_out: tuple[str, ...] = ("embed", "prototypes", "choose")
    if task.embeds:
        left_out = ("pixels",)
    elif method.encodes_classes:
        left_out = ()
    return tuple(name for name in method.stages if name not in left_out)
