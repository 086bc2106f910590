"""The command line: one file for each command group; each command calls one service."""

import os
import sys

SERVING = {"demo", "run", "worker", "dev"}
"""The commands that run under gevent; its patches come before any other import."""


def main() -> None:
    """Run the ``chatgate`` command: exit 0 on success, 1 on a finding, 2 on wrong usage."""
    os.umask(0o077)  # what an installation stores is for its own user only
    if any(argument in SERVING for argument in sys.argv[1:2]):
        from gevent import monkey

        monkey.patch_all()
    from chatgate.cli.root import run_command

    sys.exit(run_command())
