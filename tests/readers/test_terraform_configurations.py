"""Terraform configurations as people write them: every policy of every role is seen, and what is not known is said.

The files of tests/corpus/terraform have the expected lines first, then the files of a configuration after `# === PATH`.
A line that begins with `?` is the beginning of what is not evaluated.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from iamglue.policy.parsed_policy import ParameterValues
from iamglue.readers.templates.template_account import read_terraform_directory

CASES = sorted((Path(__file__).parents[1] / "corpus" / "terraform").glob("*.txt"))


def write_case(case, directory):
    """Write the files of a case; returns the expected lines."""
    expected, *files = re.split(r"^# === ", case.read_bytes().decode("utf-8"), flags=re.MULTILINE)
    for file in files:
        name, _, text = file.partition("\n")
        if name.strip():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
    return [line.removeprefix("# ") for line in expected.splitlines()]


def facts(account):
    """What the roles of an account may do, one line for each action and resource."""
    for role in account.roles:
        for statement in role.trust.policy.statements:
            yield from (f"{role.name}: trusts {principal.value}" for principal in statement.principals.values)
        for policy in role.policies:
            if policy.is_aws_managed:
                yield f"{role.name}: policy {policy.name}"
            else:
                yield from (f"{role.name}: {line}" for line in statement_lines(policy.policy))
        for statement in role.boundary.policy.statements if role.boundary else ():
            yield f"{role.name}: boundary {' '.join(statement.actions.values)}"
    names = {role.arn: role.name for role in account.roles}
    for function in account.functions:
        yield f"function {function.name} has role {names[function.role_arn]}"


def statement_lines(policy):
    for statement in policy.statements:
        condition = " if" if statement.conditions else ""
        for action in statement.actions.values:
            for resource in statement.resources.values:
                negated = ("not " * statement.actions.negated, "not " * statement.resources.negated)
                effect = statement.effect.value.lower()
                yield f"{effect} {negated[0]}{action} on {negated[1]}{resource}{condition}"


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_a_configuration_has_these_policies_and_no_others(case, tmp_path, monkeypatch):
    directory = tmp_path / "infra"
    directory.mkdir()
    expected = write_case(case, directory)
    monkeypatch.chdir(directory)
    account = read_terraform_directory(".", ParameterValues())
    assert sorted(facts(account)) == sorted(line for line in expected if not line.startswith("?"))
    undecided = [line.removeprefix("? ") for line in expected if line.startswith("?")]
    texts = [entry.what for entry in account.gaps]
    assert all(any(text.startswith(start) for text in texts) for start in undecided), texts
    assert len(texts) == len(undecided), texts
