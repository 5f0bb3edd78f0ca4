"""Serves the page of Distillation Explorer on this machine."""

import argparse
import os
import sys
from importlib.util import find_spec
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read by Gradio when it is imported
# Threads of the page and of a run that wait for work by spinning slow each other down many times.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from explorer.errors import TOLD, ConfigError, MissingDataError, sentence
from explorer.models import lent
from explorer.ui.access import Access, limited
from explorer.ui.guard import LOOPBACK, rules_for
from explorer.ui.login import checker, find_login
from explorer.ui.service import Service

EXIT_WRONG = 2


def main() -> int:
    """Serves until it is stopped; returns 2 where it cannot start, with a sentence."""
    options = _parser().parse_args()
    try:
        _serve(options)
    except TOLD as error:
        print(f"app.py: {sentence(error, with_names=True)}", file=sys.stderr)
        return EXIT_WRONG
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    host = os.getenv("GRADIO_SERVER_NAME", "127.0.0.1")  # a Hugging Face Space sets both
    port = os.getenv("GRADIO_SERVER_PORT", "7860")
    parser.add_argument("--host", default=host, help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=port, help="(%(default)s)")
    parser.add_argument("--cache", type=Path, default=Path("cache"), help="where results are kept")
    parser.add_argument("--data", default="scenes", help="scenes, or a folder, to open first")
    about = "ask for this login; better in a file or in EXPLORER_AUTH, which no user list shows"
    parser.add_argument("--auth", metavar="USER:PASSWORD", help=about)
    parser.add_argument("--auth-file", type=Path, metavar="FILE", help="holds USER:PASSWORD")
    about = "a folder that visitors may open, too, with all that lies in it; may be repeated"
    parser.add_argument("--allow", metavar="DIR", action="append", default=[], help=about)
    about = "a name that a proxy before a server on 127.0.0.1 is asked by; may be repeated"
    parser.add_argument("--allow-host", metavar="NAME", action="append", default=[], help=about)
    about = "let visitors fetch datasets from the Hugging Face Hub"
    parser.add_argument("--allow-hub", action="store_true", help=about)
    about = "let other programs call what the page does, by HTTP; needs the login, if there is one"
    parser.add_argument("--api", action="store_true", help=about)
    about = "the same as tools of an MCP server, too (pip install 'mcp<2')"
    parser.add_argument("--mcp", action="store_true", help=about)
    return parser


def _serve(options: argparse.Namespace) -> None:
    login = find_login(options.auth, options.auth_file)
    is_own = options.host in LOOPBACK and not login and not os.getenv("SPACE_ID")
    named = limited(options.data, options.allow, options.allow_hub)
    if options.mcp and login:
        raise ConfigError("--mcp has no login, so it cannot stand beside one; --api has it.")
    if options.mcp and find_spec("mcp") is None:
        raise MissingDataError("--mcp needs a package that is not here: pip install 'mcp<2'.")
    if lent.is_lent():
        lent.begin()
    service = Service(options.cache, options.data, access=Access() if is_own else named)
    service.begin_models()
    # Here: Gradio takes seconds to import, and the models load meanwhile.
    from explorer.ui import page as layout

    page = layout.build(service, with_tools=options.api or options.mcp)
    try:
        page.launch(
            server_name=options.host,
            server_port=options.port,
            auth=checker(login) if login else None,
            quiet=True,
            prevent_thread_lock=True,
            mcp_server=options.mcp,
            **layout.launch_options(service, rules_for(options.host, options.allow_host)),
        )
    except OSError as error:
        where = f"{options.host}:{options.port}"
        told = f"{where} cannot be listened on, perhaps because another program does"
        raise ConfigError(f"{told}; name another --port.") from error
    print(f"Distillation Explorer is at http://{options.host}:{options.port}", flush=True)
    service.start_default()
    page.block_thread()


if __name__ == "__main__":
    sys.exit(main())
