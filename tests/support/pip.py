"""A package `pip` that installs with uv: pip takes 20 s for our dependencies, most of it for files of boto3."""

from __future__ import annotations

import sys
from pathlib import Path

UV = str(Path(sys.executable).with_name("uv"))
_PIP = f"""\
import subprocess, sys
what, *rest = [word for word in sys.argv[1:] if word != "--disable-pip-version-check"]
sys.exit(subprocess.run([{UV!r}, "pip", what, "--python", sys.executable, *rest]).returncode)
"""


def pip_with_uv(folder: Path) -> Path:
    """Write the package into a folder, which is for PYTHONPATH; returns the folder."""
    installer = folder / "pip" / "__main__.py"
    installer.parent.mkdir(parents=True)
    installer.write_text(_PIP, encoding="utf-8")
    installer.with_name("__init__.py").touch()  # else the environment's own package comes first
    return folder
