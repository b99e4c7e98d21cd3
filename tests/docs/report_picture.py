"""Writes docs/audit-report.png: the HTML report of examples/one-click-role in a browser. `make picture`."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROLE = ROOT / "examples" / "one-click-role"
INPUTS = ("--input", ROLE / "details.json", "--functions", ROLE / "functions.json")
SPEC = ROOT / "examples" / "exif-pipeline" / "spec.yaml"


def main() -> None:
    """Render the report, and save the top of the page."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "audit.html"
        command = ["iamglue", "audit", *INPUTS, "--spec", SPEC, "--format", "html", "-o", page]
        subprocess.run([sys.executable, "-m", *command], check=False)
        browser = shutil.which("chromium") or "chromium"
        options = ["--headless", "--no-sandbox", "--hide-scrollbars", "--window-size=900,620"]
        picture = ROOT / "docs" / "audit-report.png"
        subprocess.run([browser, *options, f"--screenshot={picture}", page.as_uri()], check=True)


if __name__ == "__main__":
    main()
