"""What work costs on this machine, as it was measured last: <cache>/rates.json."""

import json
import logging
from typing import Any

from explorer.config import RunConfig, SynthesisConfig
from explorer.models.bundles import Bundle, choose_bundle
from explorer.pipeline.progress import Measured
from explorer.pipeline.stages.embedded import fingerprint
from explorer.pipeline.store import Store, write_aside

log = logging.getLogger(__name__)

_FAR_MORE = 10  # times as many pieces


class Rates:
    """Seconds that one piece of work takes, by the kind of work and the models that do it.

    embed        a picture, by encoder         read         a caption, by encoder
    prototypes   a row times a prototype, by clustering
    choose       a row times a pair, by method
    forgetting   a row                         copy         a picture
    draw         a step of a picture, by `drawing_key`
    features     a picture, by backbones
    train        a step of a student, by backbone
    look         a score of an image and a caption, by backbone
    memory       bytes, not seconds: the most that the last such run needed, by `memory_key`
    """

    def __init__(self, store: Store) -> None:
        self._path = store.root / "rates.json"

    def note(self, work: str, models: str, measured: Measured) -> None:
        """Keeps what was measured in place of what was before, unless that was far more work.

        A few pieces say little, because the first ones are slow. Of two processes that note at the
        same moment one may lose, and will measure again.
        """
        values = self._read()
        _, n_before = values.get(work, {}).get(models, (0.0, 0))
        if measured.n and measured.n * _FAR_MORE >= n_before:
            values.setdefault(work, {})[models] = list(measured)
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_aside(self._path, json.dumps(values, indent=1).encode())

    def find(self, work: str, models: str = "") -> float | None:
        """What a piece costs, or None where it was not measured yet."""
        total, n = self._read().get(work, {}).get(models, (0.0, 0))
        return total / n if n else None

    def _read(self) -> dict[str, dict[str, Any]]:
        if not self._path.exists():
            return {}
        try:
            return json.loads(self._path.read_bytes())
        except ValueError as error:
            log.warning("%s cannot be read (%s); rates will be measured again.", self._path, error)
            return {}


def drawing_key(bundle: Bundle, config: SynthesisConfig) -> str:
    """What the rate of drawing is noted under: guidance asks the decoder twice."""
    return f"{fingerprint(bundle.decoder)}{' guided' if config.guidance > 1 else ''}"


def memory_key(config: RunConfig) -> str:
    """What the memory of a run is noted under: it hangs on the data and the models."""
    return f"{config.data} {choose_bundle(config).label}"
