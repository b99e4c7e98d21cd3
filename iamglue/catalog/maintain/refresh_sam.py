"""Generates the table of SAM's policy templates.

For maintainers: `python -m iamglue.catalog.maintain.refresh_sam` writes it. Nothing imports this module, so only this
module may read aws-sam-translator.
"""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_TARGET = Path(__file__).parents[1] / "data" / "sam_policies.json"
_SOURCE = "policy_templates_data/policy_templates.json"
_VARIABLE = re.compile(r"\$\{([A-Za-z]+)\}")


def sam_policies() -> dict[str, list[Any]]:
    """The statements of each template; its parameters are written as `${Name}`."""
    spec = find_spec("samtranslator")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("samtranslator")
    templates = json.loads((Path(spec.origin).parent / _SOURCE).read_bytes())["Templates"]
    return {name: _plain(template["Definition"]["Statement"]) for name, template in sorted(templates.items())}


def _plain(value: Any) -> Any:
    """A template value with `Ref` and `Fn::Sub` replaced by `${Name}`."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Ref"}:
        return f"${{{value['Ref']}}}"
    if set(value) == {"Fn::Sub"}:
        return _substitute(value["Fn::Sub"])
    return {name: _plain(item) for name, item in value.items()}


def _substitute(substitution: Any) -> str:
    """The text of `Fn::Sub`, with its own variables replaced."""
    text, variables = (substitution, {}) if isinstance(substitution, str) else substitution
    return _VARIABLE.sub(lambda match: _plain(variables[match[1]]) if match[1] in variables else match[0], text)


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
