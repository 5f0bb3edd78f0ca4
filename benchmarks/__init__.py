"""What the README's figures come from."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as in app.py
