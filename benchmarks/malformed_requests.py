"""Sends the program requests that no page sends, and looks whether it stays whole.

    python -m benchmarks.malformed_requests [--requests 4000] [--seed 0]

Every route that the program tells of, Gradio's included, is asked over sockets, by four clients at
once: values in addresses, bodies, their kinds, methods and headers by chance, from one seed, sound
ones among them so that requests get far. At the end stand the counts of answers by status, the
slowest, and the tracebacks in the log. Exits with 1 where an answer is of 500 or above, takes more
than 5 seconds, or holds a traceback, as does the log, or where the program is not well afterwards.
"""

import argparse
import http.client
import json
import random
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from benchmarks._page import PATIENCE, serving, wait_until
from explorer.runs.config import RunConfig
from explorer.runs.directory import Job, RunDirectory
from explorer.runs.launcher import Runs
from explorer.ui.routes.serve import PREFIX
from tests.hostile import BODIES, TEXTS, VALUES

CLIENTS = 4
SLOWEST = 5.0
_MOST_READ = 1 << 20  # bytes of an answer
_RUN = "20261120-101112-345-abcd"
_SOUND = {
    "run_id": _RUN, "run": _RUN, "first": _RUN, "second": _RUN, "space": "image", "i": "0",
    "k": "0", "other": "1", "kind": "csv", "by": "words", "query": "a boat", "which": "0",
    "data": "scenes", "bundle": "scenes", "n_prototypes": "100", "offset": "0", "step": "000001",
    "tile": "16", "number": "0", "condition": "similarity < 0.1", "change": "add",
    "session_hash": "page", "api_name": "predict", "name": "000000.png",
}  # fmt: skip
_KINDS = "application/json", "application/octet-stream", "text/plain", "multipart/form-data", ""
_HEADERS: tuple[dict[str, str], ...] = (
    *(14 * ({},)),
    {"Origin": "http://evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Host": "evil.example"},
    {"Range": "bytes=9999999-1"},
    {"Accept-Encoding": "gzip;q=x, *"},
    {"If-None-Match": '"' * 200},
)


class Route(NamedTuple):
    method: str
    path: str  # with {slots}
    asked: tuple[str, ...]  # names in the query
    fields: tuple[str, ...] | None  # of a JSON body; None where no body is told of


class Asked(NamedTuple):
    method: str
    target: str
    body: bytes | None
    headers: dict[str, str]


class Answer(NamedTuple):
    asked: Asked
    status: int  # 0 where there was none
    seconds: float
    text: str


def routes_of(schema: Mapping[str, Any]) -> list[Route]:
    """Every route of an OpenAPI document."""
    bodies = schema.get("components", {}).get("schemas", {})

    def fields(told: Mapping[str, Any]) -> tuple[str, ...] | None:
        if "requestBody" not in told:
            return None
        kinds = told["requestBody"]["content"].values()
        names = [kind.get("schema", {}).get("$ref", "").rpartition("/")[2] for kind in kinds]
        return tuple(each for name in names for each in bodies.get(name, {}).get("properties", ()))

    return [
        Route(
            method.upper(),
            path,
            tuple(each["name"] for each in told.get("parameters", ()) if each["in"] == "query"),
            fields(told),
        )
        for path, methods in schema["paths"].items()
        for method, told in methods.items()
    ]


def requests_by_chance(routes: list[Route], sound: Mapping[str, str], seed: int) -> Iterator[Asked]:
    """Without end; each route in turn before any is asked again."""
    chance = random.Random(seed)
    while True:
        for route in chance.sample(routes, len(routes)):
            yield _one(route, sound, chance)


def _one(route: Route, sound: Mapping[str, str], chance: random.Random) -> Asked:
    def value(name: str) -> str:
        return sound.get(name, "0") if chance.random() < 0.6 else chance.choice(TEXTS)

    slots = [each.partition("}")[0] for each in route.path.split("{")[1:]]
    path = route.path
    for name in slots:
        path = path.replace(f"{{{name}}}", quote(value(name), safe=""))
    query = {name: value(name) for name in route.asked if chance.random() < 0.9}
    if chance.random() < 0.05:
        query[chance.choice(TEXTS)] = chance.choice(TEXTS)
    target = path + ("?" + urlencode(query) if query else "")
    method = route.method
    if chance.random() < 0.1:
        method = chance.choice(("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"))
    body = None if method in ("GET", "HEAD", "OPTIONS") else _body(route, chance)
    kind = _KINDS[0] if chance.random() < 0.6 else chance.choice(_KINDS)
    headers = chance.choice(_HEADERS) | ({"Content-Type": kind} if kind else {})
    return Asked(method, target, body, headers)


def _body(route: Route, chance: random.Random) -> bytes:
    way = chance.random()
    if way < 0.4:
        return chance.choice(BODIES)
    if way < 0.5:
        return chance.randbytes(chance.choice((1, 3, 4, 64, 4096)))
    named = route.fields or ("name", "kind", "prototype", "step", "note")
    held = {name: chance.choice((*VALUES, "0", 0, [0])) for name in named if chance.random() < 0.9}
    return json.dumps(held).encode()


class Client:
    """Asks one request after the other over one connection, a new one where that was closed."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._connection = http.client.HTTPConnection(
            str(parts.hostname), parts.port, timeout=4 * SLOWEST
        )

    def ask(self, asked: Asked) -> Answer:
        started = time.monotonic()
        try:
            self._connection.request(asked.method, asked.target, asked.body, asked.headers)
            answer = self._connection.getresponse()
            if "text/event-stream" in answer.getheader("content-type", ""):
                text = ""  # it goes on until the one who listens goes
                self._connection.close()
            else:
                text = answer.read(_MOST_READ).decode(errors="replace")
                if not answer.isclosed():
                    self._connection.close()
            status = answer.status
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            status, text = 0, repr(error)
        return Answer(asked, status, time.monotonic() - started, text)


def _json(address: str) -> Any:
    with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
        return json.load(answer)


def _prepared(address: str) -> str:
    """The key of Scenes, once its map is there."""
    where = f"{address[:-1]}{PREFIX}/preparation?data=scenes&bundle=scenes&n_prototypes=100"
    wait_until(lambda: _json(where)["key"] is not None)
    return str(_json(where)["key"])


def is_bad(answer: Answer) -> bool:
    without = answer.status == 0 or answer.status >= 500
    return without or answer.seconds > SLOWEST or "Traceback" in answer.text


def attack(address: str, n: int, seed: int) -> tuple[int, list[Answer]]:
    """How many routes there are, and what the program answered."""
    routes = routes_of(_json(address + "openapi.json"))
    asked = requests_by_chance(routes, {**_SOUND, "key": _prepared(address)}, seed)
    given = [next(asked) for _ in range(n)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        shares = pool.map(
            lambda share: [client.ask(each) for client in [Client(address)] for each in share],
            [given[place::CLIENTS] for place in range(CLIENTS)],
        )
        return len(routes), [answer for share in shares for answer in share]


def main() -> int:
    parser = argparse.ArgumentParser(description="Sends requests that no page sends.")
    parser.add_argument("--requests", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        log, cache = Path(folder) / "log", Path(folder) / "cache"
        with serving(cache, log=log) as served:
            RunDirectory(Runs(cache).folder / _RUN).create(Job(config=RunConfig()))
            n_routes, answers = attack(served.address, options.requests, options.seed)
            is_well = bool(_json(f"{served.address[:-1]}{PREFIX}/health"))
            _json(f"{served.address[:-1]}{PREFIX}/runs")
        lines = log.read_text(errors="replace").splitlines()
    errors = [each for each in lines if "Traceback" in each or "ERROR" in each]
    statuses = Counter(answer.status for answer in answers)
    print(f"{len(answers):,} requests to {n_routes} routes")
    print("answers by status:", ", ".join(f"{k}: {n:,}" for k, n in sorted(statuses.items())))
    print(f"slowest: {max(answer.seconds for answer in answers):.1f} s")
    bad = [answer for answer in answers if is_bad(answer)]
    told = [f"{each.asked.method} {each.asked.target[:120]}: {each.status}" for each in bad]
    for title, found in (("errors in the log", errors), ("bad answers", told)):
        print(f"{title}: {len(found)}", *found[:10], sep="\n  ")
    return int(bool(errors or bad) or not is_well)


if __name__ == "__main__":
    sys.exit(main())
