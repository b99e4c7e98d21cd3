"""The pages of `docs/` that are computed: `make docs` writes them, a test says when they are out of date."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from click.testing import CliRunner
from docs.terminal_picture import terminal_picture
from docs.write_spec_page import spec_page
from docs.write_tutorial import page_with_outputs

from iamglue.audit.rule_table import role_rules
from iamglue.cli import infer
from iamglue.cli.main import COMMANDS, main
from iamglue.formats.reports.readable_json import readable_json
from iamglue.formats.reports.rule_page import role_rules_page, rules_page
from iamglue.lint.rule_table import import_all_rules
from iamglue.readers.own_rules.json_schema import own_rules_schema
from iamglue.readers.spec.json_schema import spec_schema

ROOT = Path(__file__).parents[2]
EXIF = ROOT / "examples" / "exif-pipeline" / "spec.yaml"

# What the function of examples/exif-pipeline needs, told to policy_sentry: it has no notion of a Lambda function's
# log group, so that is one more resource to write to.
_CRUD = """\
mode: crud
read:
  - arn:aws:s3:::images-bucket/*
write:
  - arn:aws:dynamodb:eu-west-1:123456789012:table/exifDataTable
  - arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/exif-extractor:*
"""


def cli_page() -> str:
    """The help of every command."""
    names = ["", *COMMANDS, *(f"infer {name}" for name in infer.COMMANDS)]
    blocks = [f"## iamglue {name}".rstrip() + f"\n\n```text\n{help_text(name)}```\n" for name in names]
    return "\n".join(["# The command line\n", "Written by `make docs` from the commands themselves.\n", *blocks])


def help_text(name: str) -> str:
    """What `iamglue NAME --help` prints at 80 columns."""
    return CliRunner().invoke(main, [*name.split(), "--help"], prog_name="iamglue", terminal_width=80).stdout


def comparison_page() -> str:
    """The example's need, told to iamglue and to policy_sentry, both run now."""
    ours, theirs = _iamglue(), _policy_sentry()
    return "\n".join(
        [
            "# Compared with policy_sentry",
            "",
            "Written by `make docs`, which runs both tools on the need of",
            "[examples/exif-pipeline](../examples/exif-pipeline): read the objects of a bucket, put items into a",
            "table, write the function's own logs. The same in the CRUD mode of policy_sentry:",
            "",
            f"```yaml\n{_CRUD}```",
            "",
            "| | iamglue | policy_sentry |",
            "|---|---|---|",
            f"| actions allowed | {len(_actions(ours))} | {len(_actions(theirs))} |",
            f"| actions allowed on `*` | {_on_everything(ours)} | {_on_everything(theirs)} |",
            f"| deletes or changes tables | {_has(ours, 'DeleteTable')} | {_has(theirs, 'DeleteTable')} |",
            f"| deletes log groups | {_has(ours, 'DeleteLogGroup')} | {_has(theirs, 'DeleteLogGroup')} |",
            "",
            "The actions that policy_sentry allows and the function never calls:",
            "",
            *(f"- `{action}`" for action in sorted(_actions(theirs) - _actions(ours))),
            "",
        ]
    )


def readme() -> str:
    """The README with the outputs of the commands that it shows, `$ iamglue ... | head -N`, as they are now."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.sub(r"```text\n\$ iamglue (.*?) \| head -(\d+)\n.*?```", _shown_output, text, flags=re.DOTALL)


def _shown_output(block: re.Match[str]) -> str:
    command = [sys.executable, "-m", "iamglue", *shlex.split(block[1])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()[: int(block[2])]
    return "\n".join([f"```text\n$ iamglue {block[1]} | head -{block[2]}", *lines, "```"])


def spec_document() -> str:
    """The reference of the spec, its computed blocks as the tables are now."""
    return spec_page((ROOT / "docs" / "spec.md").read_text(encoding="utf-8"))


def rules_document() -> str:
    """The rules of lint, each with its page."""
    return rules_page(import_all_rules())


def audit_rules_document() -> str:
    """The rules of audit, each with its page."""
    return role_rules_page(role_rules())


def spec_schema_document() -> str:
    """The JSON Schema of the spec."""
    return readable_json(spec_schema())


def tutorial() -> str:
    """The tutorial with the outputs of its commands."""
    return page_with_outputs((ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8"))


def lint_picture() -> str:
    """What `lint` shows in a terminal."""
    return terminal_picture("examples/blog-post", ["lint", "policy.json"], 16)


def audit_picture() -> str:
    """What `audit` shows in a terminal."""
    files = ["--input", "details.json", "--functions", "functions.json", "--spec", "../exif-pipeline/spec.yaml"]
    return terminal_picture("examples/one-click-role", ["audit", *files], 22)


PAGES = {
    ROOT / "README.md": readme,
    ROOT / "docs" / "cli.md": cli_page,
    ROOT / "docs" / "comparison.md": comparison_page,
    ROOT / "docs" / "spec.md": spec_document,
    ROOT / "docs" / "rules.md": rules_document,
    ROOT / "docs" / "audit-rules.md": audit_rules_document,
    ROOT / "docs" / "schemas" / "rules.schema.json": lambda: readable_json(own_rules_schema()),
    ROOT / "docs" / "schemas" / "spec.schema.json": spec_schema_document,
    ROOT / "docs" / "tutorial.md": tutorial,
    ROOT / "docs" / "lint.svg": lint_picture,
    ROOT / "docs" / "audit.svg": audit_picture,
}


def _iamglue() -> dict:
    return json.loads(CliRunner().invoke(main, ["generate", str(EXIF)]).stdout)


def _policy_sentry() -> dict:
    with tempfile.TemporaryDirectory() as folder:
        need = Path(folder) / "need.yaml"
        need.write_text(_CRUD, encoding="utf-8")
        command = [str(Path(sys.executable).with_name("policy_sentry")), "write-policy", "--input-file", str(need)]
        return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _actions(policy: dict) -> set[str]:
    return {action for statement in policy["Statement"] for action in statement["Action"]}


def _on_everything(policy: dict) -> str:
    found = [a for s in policy["Statement"] if s["Resource"] in ("*", ["*"]) for a in s["Action"]]
    return ", ".join(f"`{action}`" for action in found) or "none"


def _has(policy: dict, name: str) -> str:
    return "yes" if any(action.endswith(f":{name}") for action in _actions(policy)) else "no"


if __name__ == "__main__":
    for path, page in PAGES.items():
        path.write_text(page(), encoding="utf-8")
