"""Expected output: `make golden` writes it anew, that of the examples with the real command line; tests compare it."""

from __future__ import annotations

import re
from pathlib import Path

from execution.generated import printed
from execution.lambda_service import EXAMPLES
from generate import features
from lint import expected

README = EXAMPLES / "exif-pipeline" / "README.md"

_TRUST, _PERMISSIONS = ("--only", "trust"), ("--only", "permissions")
_IDENTITY = {"policy.json": (), "permissions.json": _PERMISSIONS}

GOLDEN: dict[str, dict[str, tuple[str, ...]]] = {
    "exif-pipeline": {
        **_IDENTITY,
        "trust.json": _TRUST,
        "policy.yaml": ("--format", "yaml"),
        "template.yaml": ("--format", "cloudformation"),
        "sam.yaml": ("--format", "sam"),
        "main.tf": ("--format", "terraform"),
        "serverless.yml": ("--format", "serverless"),
        "create-role.sh": ("--format", "aws-cli"),
    },
    "queue-to-vault": {**_IDENTITY, "sam.yaml": ("--format", "sam")},
    "tenant-api": {**_IDENTITY, "peers.json": ("--only", "peers"), "main.tf": ("--format", "terraform")},
    "nightly-report": {**_IDENTITY, "template.yaml": ("--format", "cloudformation")},
}


def path(example: str, name: str) -> Path:
    """Where an expected output is kept."""
    return EXAMPLES / example / "expected" / name


def readme() -> str:
    """The EXIF example's README with the policy in it as it is generated now."""
    written = README.read_text(encoding="utf-8")
    return re.sub(r"(?<=```json\n).*?(?=```)", lambda _: printed("exif-pipeline"), written, count=1, flags=re.DOTALL)


def main() -> None:
    """Write every expected output anew, the README that shows one, and what the rules say of their bad cases."""
    for example, outputs in GOLDEN.items():
        for name, options in outputs.items():
            kept = path(example, name)
            kept.parent.mkdir(exist_ok=True)
            kept.write_text(printed(example, *options), encoding="utf-8")
    README.write_text(readme(), encoding="utf-8")
    features.write()
    expected.write()


if __name__ == "__main__":
    main()
