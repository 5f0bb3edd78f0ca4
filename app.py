"""Serves the page of Distillation Explorer on this machine."""

import argparse
import os
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read by Gradio when it is imported
# Threads of the page and of a run that wait for work by spinning slow each other down many times.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from explorer.ui import layout
from explorer.ui.service import Service


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    host = os.getenv("GRADIO_SERVER_NAME", "127.0.0.1")  # a Hugging Face Space sets both
    port = os.getenv("GRADIO_SERVER_PORT", "7860")
    parser.add_argument("--host", default=host, help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=port, help="(%(default)s)")
    parser.add_argument("--cache", type=Path, default=Path("cache"), help="where results are kept")
    parser.add_argument("--data", default="scenes", help="scenes, or a folder, to open first")
    parser.add_argument("--auth", metavar="USER:PASSWORD", type=login, help="ask for this login")
    options = parser.parse_args()

    service = Service(options.cache, options.data)
    page = layout.build(service)
    page.launch(
        server_name=options.host,
        server_port=options.port,
        auth=options.auth,
        quiet=True,
        prevent_thread_lock=True,
        **layout.launch_options(service),
    )
    print(f"Distillation Explorer is at http://{options.host}:{options.port}", flush=True)
    service.start_default()
    page.block_thread()


def login(text: str) -> tuple[str, str]:
    user, colon, password = text.partition(":")
    if not (user and colon and password):
        raise argparse.ArgumentTypeError("must be USER:PASSWORD")
    return user, password


if __name__ == "__main__":
    main()
