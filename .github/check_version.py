#!/usr/bin/env python3
"""Checks that a tag names the version in iamglue/version.py, and that CHANGELOG.md has a section for it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Compare the tag of the command line with the version; 1 if they differ."""
    text = (ROOT / "iamglue" / "version.py").read_text(encoding="utf-8")
    version = re.search(r'^VERSION = "([^"]+)"', text, re.MULTILINE)
    tag = sys.argv[1]
    if version is None or tag != f"v{version[1]}":
        print(f"the tag {tag} is not v{version[1] if version else '?'}, the version in iamglue/version.py")
        return 1
    if f"## [{version[1]}]" not in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"):
        print(f"CHANGELOG.md has no section for {version[1]}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
