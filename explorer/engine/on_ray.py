"""The machines of a Ray cluster, by Ray Core: an actor for each processor, or each GPU.

What is large stays in files, so all machines must see the cache and the data under the same paths.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from explorer.engine.crew import Mapping
from explorer.engine.engine import find_engine
from explorer.engine.sent import Answer, Sent
from explorer.errors import ConfigError

Shard = TypeVar("Shard")
Done = TypeVar("Done")

_LEAST_STORE = 80 << 20  # bytes of memory that Ray keeps for what travels; the least it takes


class OnRay:
    """A cluster that runs already, or one of this machine that ends with this process."""

    def __init__(self, address: str = "") -> None:
        """`address` is where it runs; "" for what $RAY_ADDRESS says, or this machine."""
        self._address = address

    def __reduce__(self) -> Any:
        return find_engine, ("here",)  # one that is sent along with work divides no further

    def map(self, work: Callable[[Shard], Done], shards: Sequence[Shard]) -> Iterator[Done]:
        if len(shards) < 2:  # another machine would be of no use
            yield from map(work, shards)
            return
        sent = Sent(work)
        crew = _Crew(_ray(self._address), sent.work)
        mapping = Mapping(crew, [], min(crew.size, len(shards)), sent, shards)
        try:
            yield from mapping.results()
        finally:
            for each in mapping.members:
                crew.end(each)


class _Member:
    """An actor, and what it is at."""

    def __init__(self, actor: Any) -> None:
        self.actor, self.task = actor, actor.begin.remote()


class _Crew:
    def __init__(self, ray: Any, work: bytes) -> None:
        self._ray, self._work = ray, ray.put(work)
        self._has_gpus = "GPU" in ray.cluster_resources()

    @property
    def size(self) -> int:
        found = self._ray.cluster_resources()
        return max(1, int(found.get("GPU" if self._has_gpus else "CPU", 1)))

    def start(self) -> _Member:
        needs = {"num_gpus": 1} if self._has_gpus else {"num_cpus": 1}
        actor = self._ray.remote(_actor()).options(**needs)
        return _Member(actor.remote(sys.path, os.getcwd(), self._work))

    def give(self, member: _Member, shard: bytes) -> None:
        member.task = member.actor.do.remote(shard)

    def wait(self, busy: Sequence[_Member]) -> list[tuple[_Member, Answer | None]]:
        ready, _ = self._ray.wait([each.task for each in busy])
        return [(each, self._answer(each)) for each in busy if each.task in ready]

    def _answer(self, member: _Member) -> Answer | None:
        try:
            answer: Answer = self._ray.get(member.task)
        except self._ray.exceptions.RayActorError:  # it died, or its machine did
            return None
        return answer

    def end(self, member: _Member) -> None:
        self._ray.kill(member.actor)


def _actor() -> type:
    """The class of actors, which travels by value: it may have to say where this package is."""

    class Actor:
        def __init__(self, paths: list[str], folder: str, work: bytes) -> None:
            sys.path[:] = [*paths, *(each for each in sys.path if each not in paths)]
            os.chdir(folder)
            from explorer.engine.sent import Received

            self._work = Received(work)

        def begin(self) -> Any:
            from explorer.engine.sent import Answer

            return Answer(None, [])

        def do(self, shard: bytes) -> Any:
            return self._work.do(shard)

    return Actor


def _ray(address: str) -> Any:
    """Ray, connected."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise ConfigError(
            "The engine ray needs Ray, which is not here: pip install -r requirements-cluster.txt."
        ) from error
    if ray.is_initialized():
        return ray
    own: dict[str, Any] = {}
    if not address and not os.environ.get("RAY_ADDRESS"):
        own = {"object_store_memory": _LEAST_STORE, "_node_ip_address": "127.0.0.1"}
        own["include_dashboard"] = False
    try:
        ray.init(address=address or None, log_to_driver=False, logging_level="ERROR", **own)
    except (ConnectionError, ValueError, RuntimeError) as error:
        where = address or "this machine"
        raise ConfigError(f"No Ray cluster answers at {where}: {error}.") from error
    return ray
