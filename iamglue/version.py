"""The version of iamglue: the build reads it here, and so does `--version`, as package metadata is slow to read."""

from __future__ import annotations

VERSION = "0.1.0"
