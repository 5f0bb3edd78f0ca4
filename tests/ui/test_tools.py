import asyncio
import json
import sys
from types import SimpleNamespace

import pytest
from gradio_client import Client
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

import app
from explorer.errors import ConfigError, MissingDataError
from explorer.runs.config import RunConfig, view_of
from explorer.runs.directory import Job, RunDirectory
from explorer.ui import rows
from explorer.ui.access import limited
from explorer.ui.service import Service
from explorer.ui.tools import Tools
from tests.made_sets import make_run
from tests.ui.browsing import served

RUN = "20261120-101114-345-abcd"


@pytest.fixture
def tools(service) -> Tools:
    return Tools(service)


def test_prototypes_are_told_with_their_captions(tools, config):
    assert tools.prepare(config.data, 12)["ready"]
    rows = tools.prototypes(config.data, 12)
    assert [row["number"] for row in rows] == list(range(len(rows)))
    assert all(row["caption"] and row["label"] for row in rows)
    with pytest.raises(ConfigError, match="call prepare"):
        tools.prototypes(config.data, 11)


def test_a_search_says_how_many_images_it_leaves_out(tools, service, config, monkeypatch):
    seventh = service.find(view_of(config)).image[[7]]
    encoder = SimpleNamespace(embed_captions=lambda texts: seventh)
    monkeypatch.setattr(service, "studio", lambda bundle: encoder)
    monkeypatch.setattr(rows, "SHOWN", 9)
    found = tools.search("like 7", config.data, 12)
    assert found["results"][0]["image"] == 7
    assert (len(found["results"]), found["left_out"]) == (9, 40 - 9)


def test_a_run_is_started_with_settings_by_their_names_and_followed(tools, service, config):
    with pytest.raises(ConfigError, match="pds has no setting magic"):
        tools.start(config.data, "pds", 3, {"magic": 1})
    with pytest.raises(ConfigError, match="guidance must be a number"):
        tools.start(config.data, "pds", 3, {"guidance": "much"})
    run = tools.start(config.data, "pds", 3, {"guidance": 3, "drop_fraction": 0.0})["run"]
    settings = service.runs.open(run).job().config.settings
    assert (settings.synthesis.guidance, settings.prototypes.drop_fraction) == (3, 0.0)
    assert tools.cancel(run)["state"] == "cancelled"
    assert [each["run"] for each in tools.runs()] == [run]


def test_scores_come_with_a_run_that_is_done(tools, service, config):
    make_run(service.runs, RUN, config, 61.5)
    told = tools.run(RUN)
    assert told["state"] == "done"
    assert told["scores"]["resnet_50"]["recall"][0] == 61.5
    with pytest.raises(MissingDataError, match="There is no run"):
        tools.run("nothing")


def test_programs_call_them_by_http_and_as_tools_of_a_model(service, config):
    async def prototypes(address: str) -> tuple[list[str], list[dict]]:
        at = f"{address}gradio_api/mcp/"
        async with streamablehttp_client(at) as (read, write, _), ClientSession(read, write) as s:
            await s.initialize()
            names = [tool.name for tool in (await s.list_tools()).tools]
            arguments = {"data": config.data, "n_prototypes": 12}
            answer = await s.call_tool("prototypes", arguments)
            return names, json.loads(answer.content[0].text)

    with served(service, with_tools=True) as address:
        names, rows = asyncio.run(prototypes(address))
        client = Client(address, verbose=False)
        assert json.loads(client.predict(config.data, 12, api_name="/prototypes")) == rows
    assert names == ["methods", "prepare", "prototypes", "search", "start", "runs", "run", "cancel"]
    assert rows[0]["caption"]


def test_visitors_are_not_told_where_data_lie(tmp_path):
    service = Service(tmp_path, access=limited("scenes", [], hub=False))
    run = RunDirectory(service.runs.folder / RUN)
    run.create(Job(config=RunConfig(data="/home/ada/boats")))
    with served(service, with_tools=True) as address:
        (told,) = json.loads(Client(address, verbose=False).predict(api_name="/runs"))
    assert told["data"] == ".../boats"


def test_tools_of_models_are_refused_beside_a_login(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(sys, "argv", ["app.py", "--mcp", "--cache", str(tmp_path)])
    monkeypatch.setenv("EXPLORER_AUTH", "ada:secret")
    assert app.main() == 2
    assert "--mcp has no login, so it cannot stand beside one" in capsys.readouterr().err
