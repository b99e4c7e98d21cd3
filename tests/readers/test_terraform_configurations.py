"""Terraform configurations as people write them: every policy of every role is seen, and what is not known is said.

The files of tests/corpus/terraform have the expected lines first, then the files of a configuration after `# === PATH`.
A line that begins with `?` is the beginning of what is not evaluated.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from iamglue.policy.parsed_policy import ParameterValues
from iamglue.readers.templates.stack_links import link_stacks
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
    (account,) = link_stacks([read_terraform_directory(".", ParameterValues())])
    assert sorted(facts(account)) == sorted(line for line in expected if not line.startswith("?"))
    undecided = [line.removeprefix("? ") for line in expected if line.startswith("?")]
    texts = [entry.what for entry in account.gaps]
    assert all(any(text.startswith(start) for text in texts) for start in undecided), texts
    assert len(texts) == len(undecided), texts


LAMBDA_MODULE = """module "f" {
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "f"
  allowed_triggers = {
    Bucket = {
      service    = "s3"
      source_arn = "arn:aws:s3:::uploads"
    }
    Rule = {
      principal  = "events.amazonaws.com"
      source_arn = "arn:aws:events:eu-west-1:111122223333:rule/nightly"
    }
  }
  event_source_mapping = {
    queue = { event_source_arn = "arn:aws:sqs:eu-west-1:111122223333:jobs" }
  }
  create_lambda_function_url = true
  authorization_type         = "AWS_IAM"
  dead_letter_target_arn     = "arn:aws:sqs:eu-west-1:111122223333:dead"
  attach_dead_letter_policy  = true
  tracing_mode               = "Active"
  vpc_subnet_ids             = ["subnet-1"]
  vpc_security_group_ids     = ["sg-1"]
}
"""


def test_the_lambda_module_makes_a_function_with_its_triggers_and_settings(tmp_path):
    (tmp_path / "main.tf").write_text(LAMBDA_MODULE, encoding="utf-8")
    account = read_terraform_directory(str(tmp_path), ParameterValues())
    (function,) = account.functions
    statements = function.permissions[0].policy.policy.statements
    principals = {principal.value for statement in statements for principal in statement.principals.values}
    assert principals == {"s3.amazonaws.com", "events.amazonaws.com"}
    assert [source.arn for source in function.event_sources] == ["arn:aws:sqs:eu-west-1:111122223333:jobs"]
    assert [url.auth_type for url in function.urls] == ["AWS_IAM"]
    assert (function.dead_letter, function.tracing, function.in_vpc) == (
        "arn:aws:sqs:eu-west-1:111122223333:dead",
        True,
        True,
    )
    assert account.gaps == ()


def test_findings_of_a_known_module_are_at_the_call_or_at_the_argument(tmp_path):
    text = LAMBDA_MODULE.replace(
        "  create_lambda",
        '  attach_policy = true\n  policy = "arn:aws:iam::aws:policy/AdministratorAccess"\n  create_lambda',
    )
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    (role,) = read_terraform_directory(str(tmp_path), ParameterValues()).roles
    lines = {policy.name: policy.origin.node.line for policy in role.policies}
    line = text.splitlines().index('  policy = "arn:aws:iam::aws:policy/AdministratorAccess"') + 1
    assert lines["AdministratorAccess"] == line
    assert lines["f-logs"] == 1


SWITCHED = """
variable "enabled" { type = bool }
resource "aws_iam_role" "r" {
  name               = "role"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
resource "aws_iam_role_policy" "p" {
  count  = COUNT
  role   = aws_iam_role.r.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
"""


@pytest.mark.parametrize("count", ["var.enabled ? 1 : 0", "!var.enabled ? 0 : 1"])
def test_a_variable_without_a_value_that_creates_a_resource_makes_two_cases(tmp_path, count):
    (tmp_path / "main.tf").write_text(SWITCHED.replace("COUNT", count))
    account = read_terraform_directory(str(tmp_path), ParameterValues())
    policies = {case.conditions: len(case.roles[0].policies) for case in account.cases}
    assert policies == {(("var.enabled", "true"),): 1, (("var.enabled", "false"),): 0}
    assert account.gaps == ()


def test_a_number_of_resources_that_is_not_known_is_said(tmp_path):
    (tmp_path / "main.tf").write_text(SWITCHED.replace("COUNT", "var.number"))
    (gap,) = read_terraform_directory(str(tmp_path), ParameterValues()).gaps
    assert gap.what == "how many instances of `aws_iam_role_policy.p` are created"


@pytest.mark.parametrize(
    ("value", "actions"),
    [
        ('jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })', ["s3:*", "sqs:*"]),
        ("data.aws_iam_policy_document.d.json", ["sns:*", "sqs:*"]),
        ("null", ["sqs:*"]),
    ],
)
def test_each_policy_that_a_block_of_a_role_can_have_is_one_of_the_role(tmp_path, value, actions):
    other = 'jsonencode({ Statement = [{ Effect = "Allow", Action = "sqs:*", Resource = "*" }] })'
    text = f"""
variable "read" {{ type = bool }}
data "aws_iam_policy_document" "d" {{
  statement {{
    actions   = ["sns:*"]
    resources = ["*"]
  }}
}}
resource "aws_iam_role" "r" {{
  name               = "role"
  assume_role_policy = jsonencode({{ Version = "2012-10-17", Statement = [] }})
  inline_policy {{
    name   = "first"
    policy = var.read ? {value} : {other}
  }}
  inline_policy {{
    name   = "second"
    policy = jsonencode({{ Statement = [{{ Effect = "Allow", Action = "kms:*", Resource = "*" }}] }})
  }}
}}
"""
    (tmp_path / "main.tf").write_text(text)
    (role,) = read_terraform_directory(str(tmp_path), ParameterValues()).roles
    found = [(policy.name, policy.policy.statements[0].actions.values[0]) for policy in role.policies]
    assert sorted(found) == [*(("first", action) for action in actions), ("second", "kms:*")]


MISSING_ROLES = """
variable "kind" {}
resource "aws_iam_role" "a" {
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
resource "aws_iam_role_policy_attachment" "single" {
  role       = ROLE
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
resource "aws_iam_role_policy_attachments_exclusive" "all" {
  role_name   = ROLE
  policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"]
}
resource "aws_iam_role_policy" "inline" {
  role   = ROLE
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
"""


@pytest.mark.parametrize("role", ["var.kind", '"elsewhere"', 'var.kind == "a" ? aws_iam_role.a.name : var.kind'])
def test_policies_of_a_role_that_is_not_known_are_not_evaluated(tmp_path, role):
    (tmp_path / "main.tf").write_text(MISSING_ROLES.replace("ROLE", role))
    gaps = read_terraform_directory(str(tmp_path), ParameterValues()).gaps
    assert {gap.subject.name.partition(".")[2] for gap in gaps} == {"single", "all", "inline"}


ALIAS = """
resource "aws_iam_role" "r" {
  name               = "role"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = aws_iam_role.r.arn
}
resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.f.FUNCTION
  function_version = aws_lambda_function.f.version
}
resource "aws_lambda_event_source_mapping" "m" {
  event_source_arn = "arn:aws:sqs:eu-west-1:111122223333:jobs"
  function_name    = ALIAS
}
resource "aws_lambda_function_url" "u" {
  function_name      = ALIAS
  authorization_type = "NONE"
}
resource "aws_lambda_permission" "p" {
  action        = "lambda:InvokeFunction"
  principal     = "*"
  function_name = ALIAS
}
"""


@pytest.mark.parametrize("function", ["function_name", "arn"])
@pytest.mark.parametrize(
    "alias", ["aws_lambda_alias.live.arn", "aws_lambda_alias.live.id", "aws_lambda_function.f.qualified_arn"]
)
def test_what_is_for_an_alias_or_version_of_a_function_is_for_the_function(tmp_path, function, alias):
    (tmp_path / "main.tf").write_text(ALIAS.replace("ALIAS", alias).replace("FUNCTION", function))
    (read_function,) = read_terraform_directory(str(tmp_path), ParameterValues()).functions
    assert [source.arn for source in read_function.event_sources] == ["arn:aws:sqs:eu-west-1:111122223333:jobs"]
    assert [url.auth_type for url in read_function.urls] == ["NONE"]
    statements = read_function.permissions[0].policy.policy.statements
    assert [principal.value for principal in statements[0].principals.values] == ["*"]
