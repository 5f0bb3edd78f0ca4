"""What programs call: named endpoints of Gradio, which it also serves as tools of an MCP server.

They do what the page does, with its limits for visitors and behind its login; answers are JSON.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

import gradio as gr
from gradio.events import api

from explorer.errors import ConfigError, sentence
from explorer.explore.dataset import Prepared
from explorer.explore.view import View
from explorer.methods.base import Method
from explorer.methods.registry import (
    AboutMethod,
    about_method,
    all_methods,
    find_method,
    usual_methods,
)
from explorer.methods.ways import Way
from explorer.runs.config import RunConfig, usual_settings
from explorer.runs.launcher import RunInfo
from explorer.runs.outcome import scores_of
from explorer.sets.others import without_folders
from explorer.settings import every_setting
from explorer.tasks.registry import task_of
from explorer.ui import payload, rows
from explorer.ui.access import visitor_of
from explorer.ui.forms.choices import read_asked
from explorer.ui.forms.fields import text, whole
from explorer.ui.service import Service
from explorer.ui.views import explained

Json = dict[str, Any]


def add_tools(service: Service) -> None:
    """Adds every tool to the Blocks context that is open; its name is that of its function."""
    tools = Tools(service)
    for tool in (
        tools.methods,
        tools.prepare,
        tools.prototypes,
        tools.search,
        tools.start,
        tools.runs,
        tools.run,
        tools.cancel,
    ):
        api(explained(_in_json(tool, service), sentence), api_name=tool.__name__)


def _in_json(tool: Callable[..., Any], service: Service) -> Callable[..., str]:
    """The tool, answering a text; where others are served it names no folders of this machine.

    Gradio would give models its answers as Python writes them.
    """

    @wraps(tool)
    def answer(*args: Any, **named: Any) -> str:
        found = tool(*args, **named)
        return json.dumps(found if service.access.everything else without_folders(found))

    answer.__annotations__ = {**tool.__annotations__, "return": str}
    return answer


class Tools:
    """What is offered; the first line of each says to callers what it does."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def methods(self) -> list[AboutMethod]:
        """Lists every method to distill a dataset with, its tasks, its paper and its settings."""
        return [about_method(method) for method in all_methods().values()]

    def prepare(
        self, data: str = "scenes", n_prototypes: int = 100, request: gr.Request | None = None
    ) -> Json:
        """Embeds a dataset, finds its prototypes and lays out its map; returns at once.

        Call it again until `ready` is true.

        Args:
            data: A built-in name (scenes, digits), a folder, or hf:owner/name.
            n_prototypes: How many clusters to find.
            request: Gradio's own.
        """
        view = _view(data, n_prototypes)
        if self._service.find(view) is None:
            self._service.prepare(view, visitor_of(request))
        found = self._service.preparation(view)
        status = found["status"]
        return {"ready": found["key"] is not None, "status": status["text"] if status else ""}

    def prototypes(self, data: str = "scenes", n_prototypes: int = 100) -> list[Json]:
        """Lists the prototypes of a prepared dataset, with what each stands for and its caption.

        Args:
            data: As it was prepared.
            n_prototypes: As it was prepared.
        """
        prepared = self._prepared(data, n_prototypes)
        captions = [prepared.captions[int(m)] for m in prepared.chosen_caption]
        return [
            {
                "number": row["number"],
                "label": row["label"],
                "caption": caption,
                "images": row["n_rows"],
                "similarity": row["cosine"],
            }
            for row, caption in zip(payload.prototype_rows(prepared), captions, strict=True)
        ]

    def search(self, words: str, data: str = "scenes", n_prototypes: int = 100) -> Json:
        """Finds the images of a prepared dataset that are most like words, by CLIP.

        `left_out` is how many further images there are, which are less like the words.

        Args:
            words: What to look for.
            data: As it was prepared.
            n_prototypes: As it was prepared.
        """
        prepared = self._prepared(data, n_prototypes)
        found = rows.search(self._service, prepared, "words", text(words, "Words"))
        results = [dict(each) for each in found["results"]]
        return {"results": results, "left_out": found["left_out"]}

    def start(
        self,
        data: str = "scenes",
        method: str = "",
        size: int = 20,
        settings: dict[str, Any] | None = None,
        request: gr.Request | None = None,
    ) -> Json:
        """Starts distilling a dataset and scoring the set; returns the id of the run at once.

        Args:
            data: As for `prepare`.
            method: One of `methods`; empty for the usual one of the data.
            size: Pairs of the set, or images per class.
            settings: Of the method, by name, where they are not the defaults.
            request: Gradio's own.
        """
        name = text(data, "Data").strip()
        task = task_of(self._service.open(name))
        chosen = find_method(method or usual_methods(task.name)[0])
        usual = usual_settings(chosen, RunConfig.bundle)
        config = RunConfig(
            data=name,
            task=task.name,
            method=chosen.name,
            size=whole(size, task.unit.capitalize()),
            settings=_changed(chosen, settings or {}).applied(usual),
        )
        return {"run": self._service.start(config, by=visitor_of(request))}

    def runs(self) -> list[Json]:
        """Lists every run, the newest first."""
        return [_told(each) for each in self._service.runs.list_runs("distill", "sweep")]

    def run(self, run: str) -> Json:
        """Tells where a run stands, and what its students scored on test once it is done.

        Args:
            run: Its id.
        """
        info = self._service.runs.info(text(run, "Run"))
        return {**_told(info), "text": info.status.text, "scores": scores_of(info.job, info.result)}

    def cancel(self, run: str) -> Json:
        """Stops a run, which can be resumed in the page.

        Args:
            run: Its id.
        """
        self._service.runs.cancel(text(run, "Run"))
        return _told(self._service.runs.info(run))

    def _prepared(self, data: Any, n_prototypes: Any) -> Prepared:
        found = self._service.find(_view(data, n_prototypes))
        if found is None:
            raise ConfigError("These data are not prepared with so many prototypes; call prepare.")
        return found


def _told(info: RunInfo) -> Json:
    config = info.job.config
    return {
        "run": info.id,
        "name": info.label.name,
        "kind": info.job.kind,
        "data": config.data,
        "method": config.method,
        "size": config.size,
        "state": info.status.state,
    }


def _view(data: Any, n_prototypes: Any) -> View:
    return read_asked(data, View.bundle, n_prototypes)


def _changed(method: Method, given: Any) -> Way:
    """The method with these settings, which are named as on the command line."""
    if not isinstance(given, dict):
        raise ConfigError(f"settings must be values by their names, got {given!r}.")
    known = {each.name: each for each in every_setting(method.config)}
    if unknown := sorted(set(given) - set(known)):
        raise ConfigError(f"{method.name} has no setting {', '.join(unknown)}.")
    return Way(method, {name: known[name].read(value) for name, value in given.items()})
