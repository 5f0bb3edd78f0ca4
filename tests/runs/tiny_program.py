"""The program with one more bundle: the first argument is its fields as JSON."""

import json
import sys
from collections.abc import Sequence

from explorer.__main__ import main
from explorer.config import SynthesisConfig
from explorer.models.bundles import BUNDLES, Bundle


def run(arguments: Sequence[str]) -> int:
    """Runs the command that stands behind the bundle's fields."""
    fields = json.loads(arguments[1])
    fields["synthesis"] = SynthesisConfig(**fields["synthesis"])
    fields["backbones"] = tuple(fields["backbones"])
    BUNDLES[fields["name"]] = Bundle(**fields)
    return main(arguments[2:])


if __name__ == "__main__":
    sys.exit(run(sys.argv))
