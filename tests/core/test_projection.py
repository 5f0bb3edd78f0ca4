import os
import subprocess
import sys
import threading

import numpy as np
import pytest

from explorer.core.projection import project_to_plane
from explorer.errors import BadDataError, ConfigError

SETTINGS = {"n_neighbors": 10, "min_dist": 0.1, "seed": 7}


def test_one_row_is_at_the_origin_and_two_are_opposite():
    assert project_to_plane(np.array([[3.0, 4.0]]), **SETTINGS).tolist() == [[0, 0]]
    plane = project_to_plane(np.array([[1.0, 0.0], [0.0, 1.0]]), **SETTINGS)
    assert np.abs(plane[:, 0]) == pytest.approx([10, 10], rel=1e-5)
    assert plane.sum(axis=0) == pytest.approx([0, 0], abs=1e-4)


@pytest.mark.parametrize("n_rows", [3, 4, 5, 6, 11])
@pytest.mark.parametrize("dim", [1, 2, 16])
def test_few_rows_have_a_map(n_rows, dim, paired_rows):
    plane = project_to_plane(paired_rows(n_rows, dim=dim)[0], **SETTINGS)
    assert plane.shape == (n_rows, 2)
    assert plane.dtype == np.float32
    assert np.isfinite(plane).all()


@pytest.mark.parametrize("n_distinct", [1, 2, 40])
def test_equal_rows_have_a_map(n_distinct, paired_rows):
    plane = project_to_plane(np.repeat(paired_rows(n_distinct)[0], 30, axis=0), **SETTINGS)
    assert np.isfinite(plane).all()


def test_opposite_and_zero_rows_have_a_map():
    rows = np.repeat([[1.0, 0.0], [-1.0, 0.0], [0.0, 0.0]], 3, axis=0)
    assert np.isfinite(project_to_plane(rows, **SETTINGS)).all()


def test_rows_of_a_topic_lie_together():
    rng = np.random.default_rng(0)
    topic = np.repeat(np.arange(4), 50)
    rows = 5 * rng.normal(size=(4, 12))[topic] + rng.normal(size=(200, 12))
    plane = project_to_plane(rows, **SETTINGS)
    distance = ((plane[:, None] - plane) ** 2).sum(axis=2)
    np.fill_diagonal(distance, np.inf)
    assert (topic[distance.argmin(axis=1)] == topic).mean() > 0.98


def test_the_seed_decides_the_map(paired_rows):
    rows, _ = paired_rows(80)
    plane = project_to_plane(rows, **SETTINGS)
    assert (plane == project_to_plane(rows, **SETTINGS)).all()
    assert (plane != project_to_plane(rows, **{**SETTINGS, "seed": 8})).any()


def test_length_does_not_matter(paired_rows):
    rows, _ = paired_rows(80)
    assert (project_to_plane(rows, **SETTINGS) == project_to_plane(4 * rows, **SETTINGS)).all()


def test_progress_rises_to_the_end(paired_rows):
    shares = []
    project_to_plane(paired_rows(80)[0], **SETTINGS, report=lambda share, _: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1


class CancelledError(Exception):
    pass


def test_a_report_that_raises_cancels_and_the_next_map_is_drawn(paired_rows):
    def cancel(share: float, text: str) -> None:
        if "round" in text:
            raise CancelledError

    rows, _ = paired_rows(80)
    with pytest.raises(CancelledError):
        project_to_plane(rows, **SETTINGS, report=cancel)
    assert np.isfinite(project_to_plane(rows, **SETTINGS)).all()


def test_threads_wait_for_each_other(paired_rows):
    rows, _ = paired_rows(80)
    expected, planes = project_to_plane(rows, **SETTINGS), []
    threads = [
        threading.Thread(target=lambda: planes.append(project_to_plane(rows, **SETTINGS)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(planes) == 3
    assert all((plane == expected).all() for plane in planes)


@pytest.mark.parametrize("changed", [{"n_neighbors": 1}, {"min_dist": 1.5}, {"min_dist": -0.1}])
def test_a_setting_outside_its_range_is_an_error(changed, paired_rows):
    with pytest.raises(ConfigError, match="n_neighbors must be at least 2"):
        project_to_plane(paired_rows(20)[0], **{**SETTINGS, **changed})


def test_embeddings_that_cannot_be_used_are_an_error():
    with pytest.raises(BadDataError, match="no embeddings"):
        project_to_plane(np.empty((0, 3)), **SETTINGS)
    with pytest.raises(BadDataError, match="row 0 is not"):
        project_to_plane(np.array([[np.nan, 1.0]]), **SETTINGS)


def test_threads_are_as_before_and_no_second_process_compiles_again():
    rows = np.random.default_rng(0).normal(size=(30, 4))
    plane = project_to_plane(rows, n_neighbors=3, min_dist=0.1, seed=0)
    program = """if True:
        import sys
        import numpy as np, torch, umap.umap_
        from explorer.core.projection import project_to_plane
        x = np.random.default_rng(0).normal(size=(30, 4))
        modules = [module for name, module in sys.modules.items() if name.startswith("umap.")]
        compiled = {each for module in modules for each in vars(module).values()
                    if hasattr(each, "enable_caching")}
        count = lambda what: sum(sum(getattr(each.stats, what).values()) for each in compiled)
        at_once, before = count("cache_misses"), torch.get_num_threads()
        plane = project_to_plane(x, n_neighbors=3, min_dist=0.1, seed=0)
        print(before, torch.get_num_threads(), plane.tobytes().hex())
        print(count("cache_hits") > 2, count("cache_misses") - at_once)
    """
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    ended = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True)
    assert ended.returncode == 0, ended.stderr.decode()
    told = ended.stdout.decode().split()
    assert told == ["1", "1", plane.tobytes().hex(), "True", "0"]
