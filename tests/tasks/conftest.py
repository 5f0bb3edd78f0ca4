import pytest

from explorer.runs.config import RunConfig
from explorer.tasks.classification import TASK, ClassificationConfig
from tests.colours import write_classes


@pytest.fixture
def run(tmp_path, bundle) -> RunConfig:
    """Two images of each of three colours as classes; students take a moment."""
    return RunConfig(
        data=str(write_classes(tmp_path / "colours")),
        bundle=bundle.name,
        task=TASK.name,
        method="random",
        size=2,
        evaluation=ClassificationConfig(image_size=8, width=8, depth=2, epochs=30, n_seeds=2),
    )
