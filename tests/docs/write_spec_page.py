"""The computed blocks of docs/spec.md: keys, verbs, triggers, settings and options, from the product's own tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.compat import StringIO

from iamglue.catalog.services import find_service, service_prefixes
from iamglue.catalog.setting_permissions import destination_services, setting_permissions
from iamglue.catalog.trigger_reference import TriggerReference, trigger_references
from iamglue.catalog.verbs import verbs
from iamglue.readers.spec.entry_keys import DESTINATION_SETTINGS
from iamglue.readers.spec.spec_schemas import (
    ATHENA_QUERY_KEYS,
    DESCRIPTION,
    DURABLE_KEYS,
    ENTRY_OPTIONS,
    EXAMPLES,
    FILE_SYSTEM_KEYS,
    LOGS_KEYS,
    RAW_KEYS,
    SETTINGS_KEYS,
    SPEC_KEYS,
    TRIGGER_OPTIONS,
    KeySchemas,
)

_MAPPINGS = {"logs": LOGS_KEYS, "file_system": FILE_SYSTEM_KEYS, "durable": DURABLE_KEYS}
_FILE_SYSTEMS = {"efs": "EFS", "s3files": "S3 Files"}
_BLOCK = re.compile(r"(<!-- written by make docs: ([a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def spec_page(text: str) -> str:
    """The page with every computed block as the tables are now."""
    return _BLOCK.sub(lambda block: f"{block[1]}\n{BLOCKS[block[2]]()}\n{block[3]}", text)


def _key_table(schemas: KeySchemas, names: Iterable[str]) -> str:
    rows = [(name, schemas[name]) for name in names]
    lines = [f"| `{name}` | {_description(field)} | {_example(name, field)} |" for name, field in rows]
    return "\n".join(["| key | meaning | example |", "|---|---|---|", *lines, ""])


def _description(field: Any) -> str:
    return field["metadata"][DESCRIPTION].replace("|", "\\|")


def _example(name: str, field: Any) -> str:
    return ", ".join(f"`{_flow(name, value)}`" for value in field["metadata"].get(EXAMPLES, ()))


def _flow(name: str, value: Any) -> str:
    """`name: value` as YAML on one line."""
    writer = YAML()
    writer.default_flow_style = True
    writer.width = 10_000
    out = StringIO()
    writer.dump({name: value}, out)
    return out.getvalue().strip()[1:-1]


def _file_keys() -> str:
    return _key_table(SPEC_KEYS, SPEC_KEYS)


def _verbs() -> str:
    rows = [
        f"| `{verb.service}` | {verb.access} | `{verb.name}`{' (default)' if verb.default else ''} | "
        f"{', '.join(f'`{action}`' for action in verb.actions)} |"
        for prefix in service_prefixes()
        for verb in verbs(prefix)
    ]
    return "\n".join(["| service | list | verb | actions |", "|---|---|---|---|", *rows, ""])


def _entry_options() -> str:
    return "\n".join(section for name in ENTRY_OPTIONS if name != "do" for section in _option_section(name))


# The entries in which options are shown: s3 in `reads` unless named here.
_OPTION_ENTRIES = {
    **dict.fromkeys(("index", "leading_keys", "attributes"), "reads:\n  - dynamodb: orders\n    do: query"),
    "model": "calls:\n  - bedrock/application-inference-profile: a1b2c3d4e5f6",
    "regions": "calls:\n  - bedrock: us.anthropic.claude-sonnet-5",
    "pass_role": "calls:\n  - ecs/task-definition: nightly:*\n    do: RunTask",
    "passed_to": "writes:\n  - gamelift: '*'\n    do: CreateBuild\n    pass_role: build-role",
    "secret": "calls:\n  - rds-data: ledger",
    "consumer": "reads:\n  - kinesis: clicks\n    do: subscribe_to_shard",
    "guardrail": "calls:\n  - bedrock: anthropic.claude-3-haiku-20240307-v1:0",
}


def _option_section(name: str) -> Iterator[str]:
    field = ENTRY_OPTIONS[name]
    entry = _OPTION_ENTRIES.get(name, "reads:\n  - s3: images-bucket")
    yield f"#### {name}\n"
    yield f"{_description(field)}\n"
    for value in field["metadata"].get(EXAMPLES, ())[:1]:
        yield f"```yaml\n{entry}\n    {_flow(name, value)}\n```\n"


def _trigger_options() -> str:
    return _key_table(TRIGGER_OPTIONS, TRIGGER_OPTIONS)


def _triggers() -> str:
    return "\n".join(line for trigger in trigger_references() for line in _trigger_section(trigger))


def _trigger_section(trigger: TriggerReference) -> Iterator[str]:
    yield f"### {trigger.name}\n"
    yield f"{trigger.title}.\n"
    yield "```yaml\ntriggers:"
    yield from (f"  - {example}" for example in trigger.examples)
    yield "```\n"
    if trigger.keys:
        yield "Keys of a mapping:\n"
        yield from (f"- `{key}`: {text}" for key, text in trigger.keys)
        yield ""
    yield f"Options: {', '.join(f'`{option}`' for option in trigger.options)}.\n"
    if trigger.grants:
        yield "Grants:\n"
        yield from (f"- {sentence}" for sentence in trigger.grants)
        yield ""
    if trigger.note:
        yield f"{trigger.note}.\n"


def _settings() -> str:
    return "\n".join(line for name in SETTINGS_KEYS for line in _setting_section(name))


def _setting_section(name: str) -> Iterator[str]:
    field = SETTINGS_KEYS[name]
    yield f"### {name}\n"
    yield f"{_description(field)}\n"
    for value in field["metadata"].get(EXAMPLES, ()):
        yield f"```yaml\nsettings:\n  {_flow(name, value)}\n```\n"
    if name in DESTINATION_SETTINGS:
        yield "Accepts:\n"
        for prefix, service in destination_services(name).items():
            actions = ", ".join(f"`{action}`" for action, _ in service.actions)
            yield f"- `{prefix}` ({_service_name(prefix)}): {actions}"
        yield ""
    if name in _MAPPINGS:
        yield "Keys of a mapping:\n"
        yield from (f"- `{key}`: {_description(field)}" for key, field in _MAPPINGS[name].items())
        yield ""
    rows = [row for row in setting_permissions() if row.setting == name]
    if rows:
        yield "The execution role:\n"
        for row in rows:
            condition = f" with `{row.condition[1]}`" if row.condition else ""
            yield f"- {', '.join(f'`{action}`' for action in row.actions)} on `{row.on}`{condition}{_when(row.when)}"
        yield ""


def _service_name(prefix: str) -> str:
    service = find_service(prefix)
    return service.name if service else prefix


def _when(detail: str) -> str:
    words = [_FILE_SYSTEMS.get(word) or f"with `{word}`" for word in detail.split()]
    return f" ({', '.join(words)})" if words else ""


def _raw_keys() -> str:
    return _key_table(RAW_KEYS, RAW_KEYS)


def _athena_keys() -> str:
    return _key_table(ATHENA_QUERY_KEYS, ATHENA_QUERY_KEYS)


BLOCKS = {
    "athena keys": _athena_keys,
    "file keys": _file_keys,
    "verbs": _verbs,
    "entry options": _entry_options,
    "trigger options": _trigger_options,
    "triggers": _triggers,
    "settings": _settings,
    "raw keys": _raw_keys,
}
