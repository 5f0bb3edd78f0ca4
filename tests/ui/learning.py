"""A run that learns two images, done by hand a step at a time, without any network."""

from PIL import Image

from explorer.runs.config import RunConfig
from explorer.runs.directory import EventLog, Job, RunDirectory, Status
from explorer.runs.launcher import Runs
from explorer.sets.folder import DistilledSet, Row

ROWS = [
    Row(f"{label}/{k:06d}.png", "", k, 1, 0, 0.0, label) for k, label in enumerate(("cat", "dog"))
]


class LearningRun:
    """The images of a step are of one shade of grey, which is its number."""

    def __init__(self, runs: Runs, run_id: str = "20261120-101114-345-abcd") -> None:
        self.run = RunDirectory(runs.folder / run_id)
        config = RunConfig(data="digits", task="classification", method="dm", size=1)
        self.run.create(Job(config=config))
        self._held = self.run.lock()
        self._events = EventLog(self.run.folder / "events.jsonl")
        self._say("running", 0)

    def step(self, step: int, *, is_kept: bool = True, accuracy: float | None = None) -> None:
        """Writes the set after a step, as a run does."""
        images = [Image.new("RGB", (8, 8), (step, step, step))] * len(ROWS)
        DistilledSet(self.run.set_folder).add([], ROWS, images)
        self._events.write("synthesize", "metric", {"step": step, "loss": 100.0 / (1 + step)})
        if accuracy is not None:
            found = {"step": step, "split": "val", "accuracy": accuracy}
            self._events.write("synthesize", "metric", found)
        for row in ROWS:
            self._events.write("synthesize", "image", {**row.as_json(), "step": step})
        if is_kept:
            kept = self.run.checkpoints_folder / f"{step:06d}"
            DistilledSet(kept).add([], ROWS, images)
        self._say("running", step)

    def keep(self, step: int) -> None:
        """Says that the set is that of an earlier step, as a run does in the end."""
        for row in ROWS:
            told = {**row.as_json(), "step": step, "kept": True}
            self._events.write("synthesize", "image", told)

    def end(self, state: str = "cancelled") -> None:
        self._say(state, 0)
        self._events.close()
        assert self._held
        self._held.close()

    def _say(self, state: str, step: int) -> None:
        told = f"Step {step}"
        self.run.write_status(Status(state, "synthesize", 0.5, told, "", 0, 1.0, 1.0, 1.0))
