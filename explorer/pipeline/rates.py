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
    """Seconds that one piece of work takes, by the kind of work and what does it.

    embed        a picture, by encoder         read         a caption, by encoder
    prototypes   a row times a prototype, by clustering
    choose       a row times a pair, by method
    forgetting   a row                         copy         a picture
    draw         a step of a picture, by `drawing_key`
    features     a picture, by backbones
    train        a step of a student, by backbone
    look         a score of an image and a caption, by backbone
    memory       bytes, not seconds: the most that the last such run needed, by `memory_key`

    Encoder, decoder and the backbones of features each with the device they run on, as `on` names
    it; the rest always runs on the CPU.
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

    def known(self) -> dict[tuple[str, str], float]:
        """What a piece costs, by work and models; without what was not measured yet."""
        values = self._read()
        return {
            (work, models): total / n
            for work, by_models in values.items()
            for models, (total, n) in by_models.items()
        }

    def _read(self) -> dict[str, dict[str, Any]]:
        if not self._path.exists():
            return {}
        try:
            return json.loads(self._path.read_bytes())
        except ValueError as error:
            log.warning("%s cannot be read (%s); rates will be measured again.", self._path, error)
            return {}


def on(device: str, models: str) -> str:
    """What the rate of models is noted under, which a GPU makes many times quicker.

    Args:
        device: As somebody named it, so that "auto" can be looked up without loading torch.
        models: Fingerprints, or names.
    """
    return f"{models} on {device}"


def drawing_key(bundle: Bundle, config: SynthesisConfig, device: str) -> str:
    """What the rate of drawing is noted under: guidance asks the decoder twice."""
    guided = " guided" if config.guidance > 1 else ""
    return on(device, f"{fingerprint(bundle.decoder)}{guided}")


def memory_key(config: RunConfig, device: str) -> str:
    """What the memory of a run is noted under: it hangs on the data, the models and the device."""
    return on(device, f"{config.data} {choose_bundle(config).label}")
