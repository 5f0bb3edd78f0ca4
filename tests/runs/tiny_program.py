"""The program with one more bundle: the first argument is its fields as JSON."""

import json
import sys

from explorer.__main__ import main
from explorer.config import SynthesisConfig
from explorer.models.bundles import BUNDLES, Bundle

if __name__ == "__main__":
    fields = json.loads(sys.argv[1])
    fields["synthesis"] = SynthesisConfig(**fields["synthesis"])
    fields["backbones"] = tuple(fields["backbones"])
    BUNDLES[fields["name"]] = Bundle(**fields)
    sys.exit(main(sys.argv[2:]))
