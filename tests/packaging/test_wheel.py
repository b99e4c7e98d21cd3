"""The wheel, built and installed as a user would have it, works from any directory."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
from architecture.source_tree import ROOT
from click.testing import CliRunner

from iamglue.cli.main import main
from iamglue.formats.policies.renderer import FORMATS
from iamglue.version import VERSION

EXIF = ROOT / "examples" / "exif-pipeline" / "spec.yaml"


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built with the tools of this environment, so that no index is asked."""
    folder = tmp_path_factory.mktemp("wheel")
    build = ["pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", folder, ROOT]
    run(sys.executable, "-m", *build, cwd=folder)
    return next(folder.glob("iamglue-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The `iamglue` script of a new environment that sees the wheel, and this environment's other packages."""
    folder = tmp_path_factory.mktemp("venv")
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    python = folder / "bin" / "python"
    options = ["install", "-q", "--no-deps", "--no-index", "--no-compile"]
    run(sys.executable, "-m", "pip", "--python", python, *options, wheel, cwd=folder)
    site = next((folder / "lib").glob("python*/site-packages"))
    # A path added by a .pth file comes last and its own .pth files are not read: the editable install stays unseen.
    (site / "others.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder / "bin" / "iamglue"


def test_the_wheel_holds_every_data_file_template_and_schema(wheel):
    held = set(zipfile.ZipFile(wheel).namelist())
    data = {path.relative_to(ROOT).as_posix() for path in (ROOT / "iamglue" / "catalog" / "data").iterdir()}
    templates = {f"iamglue/templates/{path.name}" for path in (ROOT / "templates").iterdir()}
    schemas = {f"iamglue/schemas/{path.name}" for path in (ROOT / "docs" / "schemas").iterdir()}
    assert data | templates | schemas <= held


def test_the_wheel_holds_nothing_but_the_package(wheel):
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {"iamglue", f"iamglue-{VERSION}.dist-info"}


def test_the_wheel_says_that_the_package_has_types(wheel):
    assert "iamglue/py.typed" in zipfile.ZipFile(wheel).namelist()


def test_the_wheel_names_no_address_of_ours(wheel):
    # Until the project has one: an address that somebody else may register is worse than none.
    metadata = zipfile.ZipFile(wheel).read(f"iamglue-{VERSION}.dist-info/METADATA").decode()
    assert [
        line for line in metadata.splitlines() if line.startswith(("Project-URL", "Home-page", "Download-URL"))
    ] == []


def test_the_installed_package_is_the_wheels(installed, tmp_path):
    where = run(installed.with_name("python"), "-c", "import iamglue; print(iamglue.__path__[0])", cwd=tmp_path)
    assert where.startswith(str(installed.parents[1]))


@pytest.mark.parametrize("format_", FORMATS)
def test_the_installed_program_generates_every_format(installed, tmp_path, format_):
    shown = run(installed, "generate", EXIF, "--format", format_, cwd=tmp_path)
    here = CliRunner().invoke(main, ["generate", str(EXIF), "--format", format_])
    assert shown == here.stdout
