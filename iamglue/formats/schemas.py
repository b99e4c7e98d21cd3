"""The JSON Schemas of the formats that commands read and write."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_SUFFIX = ".schema.json"
# The names of the schemas, in the order of the documentation.
SCHEMA_NAMES = (
    "spec",
    "rules",
    "policy",
    "generate-report",
    "lint",
    "audit",
    "graph",
    "can",
    "can-requests",
    "can-error",
    "can-never",
    "diff",
    "diff-trust",
    "changes",
    "reconcile",
    "check",
    "infer",
    "infer-code",
    "usage",
    "fmt",
    "init",
    "rule-list",
    "services",
)


def schema_text(name: str, package: Path = _PACKAGE) -> str:
    """The text of a schema: from inside the package if it is installed, from `docs/` in a source tree.

    Raises FileNotFoundError if it is in neither place, which means that the installation is broken.
    """
    for directory in (package / "schemas", package.parent / "docs" / "schemas"):
        path = directory / f"{name}{_SUFFIX}"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise FileNotFoundError(f"no schema {name} in {package} or beside it: the installation of iamglue is incomplete")
