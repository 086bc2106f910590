"""The command line in this process, and an installation to run it on."""

import sys

import pytest

from chatgate.cli import root


@pytest.fixture
def chatgate(tmp_path, monkeypatch, capsys):
    """Return a function that runs a command in an empty directory; it returns exit code and stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["chatgate", *map(str, arguments)])
        code = root.run_command()
        return code, capsys.readouterr().err

    return run


@pytest.fixture
def shop(chatgate, tmp_path):
    """Make an installation with a site and no notice."""
    assert chatgate("init", ".", "--site", "shop")[0] == 0
    return tmp_path
