"""The table of what SAM's policy templates allow.

For maintainers: `python -m iamglue.catalog.maintain.refresh_sam` writes it. Nothing imports this module, so it alone
may look into aws-sam-translator.
"""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_TARGET = Path(__file__).parent / "data" / "sam_policies.json"
_SOURCE = "policy_templates_data/policy_templates.json"
_VARIABLE = re.compile(r"\$\{([A-Za-z]+)\}")


def sam_policies() -> dict[str, list[Any]]:
    """The statements of each template; its parameters stand in them as `${Name}`."""
    found = find_spec("samtranslator")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("samtranslator")
    templates = json.loads((Path(found.origin).parent / _SOURCE).read_bytes())["Templates"]
    return {name: _plain(each["Definition"]["Statement"]) for name, each in sorted(templates.items())}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Ref"}:
        return f"${{{value['Ref']}}}"
    if set(value) == {"Fn::Sub"}:
        return _substituted(value["Fn::Sub"])
    return {name: _plain(each) for name, each in value.items()}


def _substituted(given: Any) -> str:
    text, named = (given, {}) if isinstance(given, str) else given
    return _VARIABLE.sub(lambda found: _plain(named[found[1]]) if found[1] in named else found[0], text)


def main() -> None:
    """Write the table."""
    source = f"aws-sam-translator {version('aws-sam-translator')}, samtranslator/{_SOURCE}"
    rows = [
        f"  {json.dumps(name)}: {json.dumps(statements, sort_keys=True)}" for name, statements in sam_policies().items()
    ]
    text = f'{{\n"source": {json.dumps(source)},\n"templates": {{\n' + ",\n".join(rows) + "\n}\n}\n"
    _TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
