"""What the page tells of one image of a finished set: its prototype, and what it is near to."""

from explorer.core.referee import COPY
from explorer.errors import MissingDataError
from explorer.explore.dataset import Prepared
from explorer.explore.near_train import NearTrain, near_train
from explorer.runs.config import RunConfig, data_name, method_of, view_of
from explorer.sets.folder import DistilledSet
from explorer.store.step import Step
from explorer.ui import wire
from explorer.ui.coverage import set_of
from explorer.ui.service import Service


def begin(service: Service, run_id: str) -> None:
    """Has the images of a set compared with train, behind the page."""
    prepared = _map_of(service, service.runs.open(run_id).job().config)
    if prepared is not None:
        service.background.begin(_step(service, prepared, run_id))


def look(service: Service, run_id: str, name: str) -> wire.SetImage:
    """What is known of an image by the name of its file; `near` once it was compared.

    Raises:
        MissingDataError: The run has no finished set, or the set no such image.
    """
    run = service.runs.finished(run_id)
    config, rows = run.job().config, DistilledSet(run.set_folder).rows()
    at = next((i for i, row in enumerate(rows) if row.file_name == name), None)
    if at is None:
        raise MissingDataError("The set has no such image.")
    prepared = _map_of(service, config)
    told: wire.SetImage = {
        "n_shared": 0 if rows[at].label else rows[at].n_shared,
        "view": None,
        "number": None,
        "making": None,
        "near": None,
        "advice": "",
    }
    if prepared is None:
        told["advice"] = f"Open the map of {data_name(config.data)} to see what is nearest to it."
        return told
    step = _step(service, prepared, run_id)
    found = service.store.peek(step)
    told["view"] = {
        "key": prepared.key,
        "data": prepared.config.data,
        "bundle": prepared.config.bundle,
        "n_prototypes": prepared.config.n_prototypes,
    }
    told["number"] = rows[at].prototype if _follows(config, prepared) else None
    told["making"] = None if found else service.background.about(step)
    told["near"] = _near(prepared, found, at) if found else None
    return told


def _map_of(service: Service, config: RunConfig) -> Prepared | None:
    """The map of a run's prototypes where it is there, else one of its data that is open."""
    return service.find(view_of(config)) or service.seen(config.data)


def _follows(config: RunConfig, prepared: Prepared) -> bool:
    """Whether the images of a set have the numbers of the map's prototypes."""
    is_same = not config.subset and view_of(config) == prepared.config
    return is_same and method_of(config).follows_edits


def _step(service: Service, prepared: Prepared, run_id: str) -> Step[NearTrain]:
    return near_train(service.store, prepared, set_of(service, prepared, run_id))


def _near(prepared: Prepared, found: NearTrain, at: int) -> wire.NearTrain:
    image = int(found.image[at])
    rows = prepared.captions_of(image)
    return {
        "image": image,
        "row": rows[0] if rows else None,
        "caption": prepared.captions[rows[0]] if rows else "",
        "similarity": round(1 - float(found.distance[at]), 4),
        "share": round(float(found.share[at]), 4),
        "is_copy": bool(found.share[at] < COPY),
    }
