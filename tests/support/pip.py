"""Packages `pip`, which installs with uv, and `venv`, which makes environments without pip, as that `pip` needs none.

pip takes 20 s for our dependencies, most of it for files of boto3, and 4 s to be installed in an environment.
"""

from __future__ import annotations

import sys
from pathlib import Path

UV = str(Path(sys.executable).with_name("uv"))
_PIP = f"""\
import subprocess, sys
what, *rest = [word for word in sys.argv[1:] if word != "--disable-pip-version-check"]
sys.exit(subprocess.run([{UV!r}, "pip", what, "--python", sys.executable, *rest]).returncode)
"""
_VENV = """\
import subprocess, sys
sys.exit(subprocess.run([sys.executable, "-I", "-m", "venv", "--without-pip", *sys.argv[1:]]).returncode)
"""


def pip_with_uv(folder: Path) -> Path:
    """Write the packages into a folder, which is for PYTHONPATH; returns the folder."""
    for name, text in (("pip", _PIP), ("venv", _VENV)):
        program = folder / name / "__main__.py"
        program.parent.mkdir(parents=True)
        program.write_text(text, encoding="utf-8")
        program.with_name("__init__.py").touch()  # else the environment's own package comes first
    return folder
