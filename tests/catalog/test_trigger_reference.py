"""What people read about triggers covers the triggers, and its examples are right."""

from __future__ import annotations

import pytest
from support.rows import every_row

from iamglue.catalog.tables import toml_document
from iamglue.catalog.trigger_reference import trigger_reference
from iamglue.catalog.triggers import trigger_facts, trigger_names
from iamglue.errors import IamglueError, MultipleErrors
from iamglue.generate.generate import DeploymentTarget, generate
from iamglue.readers.spec.reader import parse_spec

TARGET = DeploymentTarget("eu-west-1", "123456789012", "aws")


def spec_with(example: str, options: str = ""):
    text = f"iamglue: 1\nfunction: f\nregion: eu-west-1\ntriggers:\n  - {example}\n{options}"
    return parse_spec(text, "spec.yaml").functions[0]


def test_every_trigger_has_texts_and_no_other_word_has():
    assert set(toml_document("trigger_reference")) == set(trigger_names())


@every_row("name", trigger_names())
def test_every_key_of_a_trigger_is_described(name):
    with pytest.raises(MultipleErrors) as error:
        generate(spec_with(f"{name}: {{no_such_key: a}}"), TARGET)
    listed = str(error.value).partition("the keys are ")[2].partition("\n")[0].replace("`", "")
    assert set(filter(None, listed.split(", "))) == set(dict(trigger_reference(name).keys))


EXAMPLES = [(name, example) for name in trigger_names() for example in trigger_reference(name).examples]


@every_row("name, example", EXAMPLES)
def test_every_example_generates(name, example):
    function = spec_with(example)
    assert [trigger.name for trigger in function.triggers] == [name]
    assert generate(function, TARGET).trust is not None


OPTION_VALUES = {
    "account": '"210987654321"',
    "region": "us-east-1",
    "key": "alias/orders",
    "consumer": "reader",
    "on_failure": "{sqs: failed}",
    "why": "the daily report",
}
NEEDS_SECRET = {"kafka", "mq", "docdb", "self-managed-kafka"}


@every_row("name", trigger_names())
def test_the_options_listed_are_exactly_those_a_trigger_takes(name):
    # Beside an expression, a schedule takes `name` and less of the rest: see tests/readers/test_spec_schedules.py.
    example = next(example for example in trigger_reference(name).examples if not example.startswith("{"))
    if name in NEEDS_SECRET:
        holder = trigger_facts(name).holder
        source = f"{holder}: {MAPPING_SOURCES[name]}, " if holder else ""
        auth = "auth: scram, " if name == "kafka" else ""
        example = f"{name}: {{{source}{auth}secret: reader}}"
    # An ARN says the account and the Region itself; an `on_failure` that Lambda does not use is only noted.
    ignored = {"account", "region"} if "arn:" in example else set()
    ignored |= set() if trigger_facts(name).destination else {"on_failure"}
    options = {option: value for option, value in OPTION_VALUES.items() if option not in ignored}
    taken = [option for option, value in options.items() if _generates(example, f"    {option}: {value}\n")]
    assert taken == [option for option in options if option in trigger_reference(name).options]


def _generates(example: str, options: str) -> bool:
    try:
        generate(spec_with(example, options), TARGET)
    except IamglueError:
        return False
    return True


MAPPING_SOURCES = {
    "kafka": "arn:aws:kafka:eu-west-1:123456789012:cluster/orders/12345678-1234-1234-1234-123456789012-1",
    "mq": "arn:aws:mq:eu-west-1:123456789012:broker:orders:b-12345678-1234-1234-1234-123456789012",
    "docdb": "orders",
}
