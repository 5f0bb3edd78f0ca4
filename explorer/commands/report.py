"""The command that writes a report."""

import argparse
from pathlib import Path
from typing import Any

from explorer.commands.options import add_cache, add_command, typed_folder
from explorer.commands.terminal import answer
from explorer.report.write import write_report
from explorer.runs.directory import RunDirectory
from explorer.runs.launcher import Runs
from explorer.store.store import Store


def add(commands: Any) -> None:
    """Adds `report`."""
    about = "write what a run made as a folder of files that any browser opens"
    each = add_command(commands, "report", _report, about, unused=("--bundle", "--device"))
    each.add_argument("run", metavar="RUN", help="its id, as the page tells it, or its directory")
    each.add_argument("--out", type=typed_folder, required=True, metavar="DIR", help="a new folder")
    add_cache(each)


def _report(options: argparse.Namespace) -> int:
    folder = Path(options.run)
    is_folder = (folder / "config.json").is_file()
    run = RunDirectory(folder) if is_folder else Runs(options.cache).open(options.run)
    write_report(Store(options.cache), run, options.out)
    page = options.out / "index.html"
    told = f"The report is in {options.out}. Open {page} in a browser."
    return answer(options, told, {"out": str(options.out), "page": str(page)})
