"""An organization's own rules on the command line: `--rules`, the configuration, and installed packages."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from architecture.source_tree import ROOT

from iamglue import audit_account, lint_file, lint_text
from iamglue.lint.own_rules.installed import find_installed_rules

PACK = ROOT / "examples" / "rule-pack"
RULES = """\
version: 1
rules:
  - id: no-deletes
    kind: deny-actions
    severity: warning
    message: nobody may delete production data
    help: ask the platform team
    url: https://example.com/no-deletes
    actions: s3:Delete*
    resources: arn:aws:s3:::prod-*
"""
STATEMENT = {"Sid": "All", "Effect": "Allow", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::prod-a/*"}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})
YAML = """\
Version: '2012-10-17'
Statement:
  - Effect: Allow{comment}
    Action: s3:DeleteObject
    Resource: arn:aws:s3:::prod-a/*
"""
COMMENT = "  # iamglue: ignore[{}] it is a test bucket"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working directory with a rule file and a policy that breaks it."""
    monkeypatch.chdir(tmp_path)
    Path("rules.yaml").write_text(RULES, encoding="utf-8")
    Path("p.json").write_text(POLICY, encoding="utf-8")
    return tmp_path


def rules_of(run) -> list[str]:
    return [finding["rule"] for finding in json.loads(run.stdout)["findings"]]


def lint_json(iamglue, *arguments):
    return iamglue("lint", *arguments, "--format", "json")


@pytest.mark.usefixtures("folder")
def test_a_violation_is_a_finding_with_message_help_page_and_place(iamglue):
    run = lint_json(iamglue, "p.json", "--rules", "rules.yaml")
    (finding,) = json.loads(run.stdout)["findings"]
    assert run.exit_code == 1
    assert finding["message"].startswith("nobody may delete production data: the statement allows `s3:DeleteObject`")
    assert (finding["help"], finding["url"]) == ("ask the platform team", "https://example.com/no-deletes")
    assert (finding["severity"], finding["location"]["pointer"]) == ("warning", "/Statement/0")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("format", ["text", "json", "sarif", "junit", "github", "gitlab", "markdown"])
def test_every_format_has_the_finding_and_its_line(iamglue, format):
    run = iamglue("lint", "p.json", "--rules", "rules.yaml", "--format", format)
    assert run.exit_code == 1
    assert "no-deletes" in run.stdout
    assert "nobody may delete production data" in run.stdout


def test_rule_files_of_the_configuration_are_relative_to_it(iamglue, folder, monkeypatch):
    (folder / ".iamglue.toml").write_text('rules = ["rules.yaml"]\n', encoding="utf-8")
    (folder / "inner").mkdir()
    monkeypatch.chdir(folder / "inner")
    assert rules_of(lint_json(iamglue, "../p.json")) == ["no-deletes"]
    assert rules_of(lint_json(iamglue, "../p.json", "--rules", "../rules.yaml")) == ["no-deletes"]


@pytest.mark.usefixtures("folder")
def test_own_rules_can_be_selected_and_ignored(iamglue):
    assert rules_of(lint_json(iamglue, "p.json", "--rules", "rules.yaml", "--ignore", "no-deletes")) == []
    assert rules_of(lint_json(iamglue, "p.json", "--rules", "rules.yaml", "--select", "no-deletes")) == ["no-deletes"]
    run = iamglue("lint", "p.json", "--rules", "rules.yaml", "--ignore", "no-delets")
    assert (run.exit_code, "did you mean `no-deletes`?" in run.stderr) == (2, True)


def test_own_rules_are_suppressed_by_a_comment_and_by_the_configuration(iamglue, folder):
    (folder / "p.yaml").write_text(YAML.format(comment=COMMENT.format("no-deletes")), encoding="utf-8")
    run = lint_json(iamglue, "p.yaml", "--rules", "rules.yaml")
    assert (rules_of(run), json.loads(run.stdout)["summary"]["suppressed"]) == ([], 1)
    entry = 'rules = ["rules.yaml"]\n[[suppress]]\nrule = "no-deletes"\npath = "p.json"\nreason = "a test"\n'
    (folder / ".iamglue.toml").write_text(entry, encoding="utf-8")
    assert rules_of(lint_json(iamglue, "p.json")) == []


def test_a_suppression_of_an_own_rule_that_did_not_run_is_not_called_unused(iamglue, folder):
    (folder / "p.yaml").write_text(YAML.format(comment=COMMENT.format("no-deletes")), encoding="utf-8")
    assert rules_of(lint_json(iamglue, "p.yaml", "--rules", "rules.yaml", "--ignore", "no-deletes")) == []
    (folder / "p.yaml").write_text(
        YAML.format(comment=COMMENT.format("no-deletes")).replace("prod-a", "dev-a"), encoding="utf-8"
    )
    assert rules_of(lint_json(iamglue, "p.yaml", "--rules", "rules.yaml")) == ["unused-suppression"]


@pytest.mark.usefixtures("folder")
def test_a_baseline_has_findings_of_own_rules(iamglue):
    assert iamglue("lint", "p.json", "--rules", "rules.yaml", "--write-baseline", "b.json").exit_code == 0
    assert rules_of(lint_json(iamglue, "p.json", "--rules", "rules.yaml", "--baseline", "b.json")) == []


@pytest.mark.usefixtures("folder")
def test_the_text_report_says_what_a_rule_did_not_decide(iamglue):
    Path("rules.yaml").write_text(
        "version: 1\nrules:\n  - {id: team, kind: restrict-resources, message: m, resources: 'arn:aws:s3:::prod-*',"
        " principals: 'arn:aws:iam::*:role/data'}\n",
        encoding="utf-8",
    )
    run = iamglue("lint", "p.json", "--rules", "rules.yaml")
    assert run.exit_code == 0
    assert "not evaluated: the rule team at p.json:1:41: the statement allows" in run.stdout
    assert run.stderr == "1 policy in 1 file: nothing found; 1 check of own rules not decided\n"


BROKEN = {
    "a missing file": ("none.yaml", None, "none.yaml: cannot read the file"),
    "an error in it": ("bad.yaml", "version: 1\nrules: [{}]\n", "bad.yaml:2:9: `kind` is missing"),
    "the ID of a built-in rule": (
        "bad.yaml",
        RULES.replace("no-deletes", "unknown-action"),
        "bad.yaml:3: `unknown-action`: iamglue itself has a rule with this ID",
    ),
    "the ID of a built-in audit rule": ("bad.yaml", RULES.replace("no-deletes", "broad-trust"), "iamglue itself has"),
    "the ID of a rule in another file": ("bad.yaml", RULES, "`no-deletes`: the rule in rules.yaml, line 3, has this"),
}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("name", "text", "message"), BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize("command", [("lint", "p.json"), ("audit", "--input", "p.json"), ("rules",)], ids=" ".join)
def test_a_rule_file_with_errors_ends_the_command(iamglue, command, name, text, message):
    if text is not None:
        Path(name).write_text(text, encoding="utf-8")
    run = iamglue(*command, "--rules", "rules.yaml", "--rules", name)
    assert (run.exit_code, run.stdout) == (2, "")
    assert message in run.stderr


TEMPLATE = """\
Resources:
  Worker:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]
      Policies:
        - PolicyName: data
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - {Effect: Allow, Action: s3:GetObject, Resource: arn:aws:s3:::prod-a/*}
              - {Effect: Allow, Action: 's3:Delete*', Resource: arn:aws:s3:::prod-a/*}
"""


def test_audit_of_a_template_has_the_finding_at_the_line(iamglue, folder):
    (folder / "template.yaml").write_text(TEMPLATE, encoding="utf-8")
    run = iamglue("audit", "--template", "template.yaml", "--rules", "rules.yaml", "--format", "json")
    found = [finding for finding in json.loads(run.stdout)["findings"] if finding["rule"] == "no-deletes"]
    assert [(finding["subject"]["name"], finding["location"]["line"]) for finding in found] == [("Worker", 14)]
    assert run.exit_code == 1


NAMED = TEMPLATE.replace("    Properties:\n", "    Properties:\n      RoleName: {0}\n", 1)
TEAM = """\
version: 1
rules:
  - {id: team, kind: restrict-resources, message: m, resources: 'arn:aws:s3:::prod-*', principals: PRINCIPALS}
"""
NAMES = {
    ("app", "arn:aws:iam::*:role/data-*"): (2, 0),
    ("data-app", "arn:aws:iam::*:role/data-*"): (0, 0),
    ("!Sub 'data-${AWS::StackName}'", "arn:aws:iam::*:role/data-*"): (0, 0),
    ("!Sub '${AWS::StackName}-app'", "arn:aws:iam::*:role/data-*"): (0, 2),
    ("!Sub '${AWS::StackName}-app'", "arn:aws:iam::*:role/*-job"): (2, 0),
    ("app", "111122223333"): (0, 2),
}


@pytest.mark.parametrize(("given", "counts"), NAMES.items(), ids=map(" by ".join, NAMES))
def test_of_a_role_whose_name_the_deployment_decides_only_what_holds_for_each_name_is_reported(
    iamglue, folder, given, counts
):
    name, principal = given
    (folder / "template.yaml").write_text(NAMED.replace("{0}", name), encoding="utf-8")
    (folder / "rules.yaml").write_text(TEAM.replace("PRINCIPALS", f"'{principal}'"), encoding="utf-8")
    run = iamglue("audit", "--template", "template.yaml", "--rules", "rules.yaml", "--format", "json")
    data = json.loads(run.stdout)
    found = [finding for finding in data["findings"] if finding["rule"] == "team"]
    undecided = [entry for entry in data["not_evaluated"] if "rule team" in entry["what"]]
    assert (len(found), len(undecided)) == counts


@pytest.mark.usefixtures("folder")
def test_rules_lists_own_rules_and_shows_the_page_of_one(iamglue):
    listed = iamglue("rules", "--rules", "rules.yaml")
    assert "\nown:\n\nno-deletes  warning           nobody may delete production data\n" in listed.stdout
    page = iamglue("rules", "no-deletes", "--rules", "rules.yaml").stdout
    assert "- kind: deny-actions. Nobody may have these actions on these resources.\n" in page
    assert "- from rules.yaml, line 3\n" in page
    data = json.loads(iamglue("rules", "no-deletes", "--rules", "rules.yaml", "--format", "json").stdout)
    assert ([rule["kind"] for rule in data["own"]], data["lint"], data["audit"]) == (["deny-actions"], [], [])


@pytest.mark.usefixtures("folder")
def test_sarif_has_the_help_of_own_rules(iamglue):
    run = iamglue("lint", "p.json", "--rules", "rules.yaml", "--format", "sarif")
    (rule,) = [
        item for item in json.loads(run.stdout)["runs"][0]["tool"]["driver"]["rules"] if item["id"] == "no-deletes"
    ]
    assert rule["shortDescription"]["text"] in rule["help"]["text"]
    assert "ask the platform team" in rule["help"]["markdown"]


def test_sarif_has_the_docstring_of_a_rule_in_python(installed):
    run = run_with(installed, "-m", "iamglue", "lint", PACK / "policy.json", "--format", "sarif")
    rules = {item["id"]: item for item in json.loads(run.stdout)["runs"][0]["tool"]["driver"]["rules"]}
    assert rules["statement-without-sid"]["help"]["text"].startswith("A statement has no Sid.")


@pytest.mark.parametrize("directory", [".", "inner"])
def test_the_path_of_an_exception_is_relative_to_the_configuration(iamglue, folder, monkeypatch, directory):
    rules = (folder / "rules.yaml").read_text(encoding="utf-8")
    exception = "    exceptions: [{path: p.json, reason: a test}]\n"
    first = f"{rules}{exception}"
    (folder / "excepted.yaml").write_text(first, encoding="utf-8")
    (folder / ".iamglue.toml").write_text('rules = ["excepted.yaml"]\n', encoding="utf-8")
    (folder / "inner").mkdir()
    monkeypatch.chdir(folder / directory)
    assert "no-deletes" not in rules_of(lint_json(iamglue, str(folder / "p.json")))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("actions: s3:GetObject\n    resources: arn:aws:s3:::bucket", "the resource `arn:aws:s3:::bucket`"),
        ("actions: [s3:GetObject, dynamodb:GetItem]\n    resources: arn:aws:s3:::b/*", "the action `dynamodb:GetItem`"),
    ],
)
def test_rules_says_what_a_rule_forbids_in_vain(iamglue, folder, text, part):
    rule = f"version: 1\nrules:\n  - id: vain\n    kind: deny-actions\n    message: m\n    {text}\n"
    (folder / "vain.yaml").write_text(rule, encoding="utf-8")
    notes = iamglue("rules", "--rules", "vain.yaml").stderr
    assert f"note: vain.yaml:3: the rule vain: no policy can break it by {part}" in notes


def test_every_part_of_the_example_can_be_broken(iamglue):
    assert iamglue("rules", "--rules", str(PACK / "rules.yaml")).stderr == ""


def test_the_python_api_takes_rule_files(folder):
    text = (folder / "p.json").read_text(encoding="utf-8")
    assert "no-deletes" not in {finding.rule for finding in lint_text(text).findings}
    assert "no-deletes" in {finding.rule for finding in lint_text(text, rules=["rules.yaml"]).findings}
    assert "no-deletes" in {finding.rule for finding in lint_file("p.json", rules=["rules.yaml"]).findings}
    selected = lint_text(text, rules=["rules.yaml"], select=["no-deletes"])
    assert {finding.rule for finding in selected.findings} == {"no-deletes"}


def test_the_python_api_runs_rules_of_installed_packages_if_asked_to(installed):
    path = str(PACK / "policy.json")
    program = (
        "import iamglue\n"
        f"for options in ({{'installed_rules': True}}, {{}}):\n"
        f"    names = {{item.rule for item in iamglue.lint_file({path!r}, **options).findings}}\n"
        "    print(sorted(names & {'key-deletion', 'statement-without-sid'}))\n"
    )
    assert run_with(installed, "-c", program).stdout == "['key-deletion', 'statement-without-sid']\n[]\n"


def test_an_audit_of_the_python_api_takes_rule_files(folder):
    details = PACK.parent / "one-click-role" / "details.json"
    rule = "version: 1\nrules:\n  - {id: no-logs, kind: deny-actions, message: m, actions: 'logs:*'}\n"
    (folder / "logs.yaml").write_text(rule, encoding="utf-8")
    result = audit_account(str(details), rules=["logs.yaml"])
    assert "no-logs" in {finding.rule for finding in result.report.findings}


def test_schema_prints_that_of_rule_files(iamglue):
    assert "deny-actions" in json.loads(iamglue("schema", "rules").stdout)["$defs"]
    assert iamglue("schema").stdout == iamglue("schema", "spec").stdout != iamglue("schema", "rules").stdout


# Packages with rules

BROKEN_RULES = '''\
"""A rule that fails."""
from iamglue.rules import Rule, RuleExample, RuleViolation, Severity

RULE = Rule(Severity.WARNING)
GOOD = BAD = ()


def check(policy):
    yield RuleViolation(policy.node, "reported before it failed")
    raise LookupError("no such team")
'''


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with the example's package, installed as a user would, and a package with broken rules."""
    folder = tmp_path_factory.mktemp("packages")
    uv = Path(sys.executable).with_name("uv")
    options = ("--no-deps", "--no-build-isolation", "--offline", "--quiet", "--target", str(folder))
    subprocess.run([uv, "pip", "install", "--python", sys.executable, *options, PACK], check=True)
    return folder


@pytest.fixture
def broken(tmp_path):
    """A folder with a package of two rules that fail: one when it is imported, one when it runs."""
    folder = tmp_path / "broken"
    metadata = folder / "broken_rules-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-rules\nVersion: 1.0\n", encoding="utf-8")
    entries = "[iamglue.rules]\nteam-names = broken_rules\nnot-there = broken_rules_of_nobody\n"
    (metadata / "entry_points.txt").write_text(entries, encoding="utf-8")
    (folder / "broken_rules.py").write_text(BROKEN_RULES, encoding="utf-8")
    return folder


def run_with(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """A process that finds the packages of a folder."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_a_package_that_is_installed_later_is_found(broken, tmp_path, monkeypatch):
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(site)
    os.utime(site, (1, 1))  # long ago: it is not read again until it changes
    assert find_installed_rules() == find_installed_rules() == ()
    shutil.copytree(broken, site, dirs_exist_ok=True)
    assert [rule.slug for rule in find_installed_rules()] == ["not-there", "team-names"]
    os.utime(site, (2, 2))
    assert [rule.slug for rule in find_installed_rules()] == ["not-there", "team-names"]


def test_rules_of_an_installed_package_run_with_lint(installed):
    rules = ("--rules", PACK / "rules.yaml")
    run = run_with(installed, "-m", "iamglue", "lint", PACK / "policy.json", *rules, "--format", "json")
    found = {finding["rule"]: finding for finding in json.loads(run.stdout)["findings"]}
    assert {"key-deletion", "statement-without-sid", "no-production-deletes"} <= found.keys()
    assert found["key-deletion"]["url"] == "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html"
    assert found["key-deletion"]["location"]["pointer"] == "/Statement/1"
    assert run.returncode == 1


@pytest.mark.usefixtures("folder")
def test_rules_of_an_installed_package_run_with_audit(installed):
    Path("template.yaml").write_text(TEMPLATE, encoding="utf-8")
    run = run_with(installed, "-m", "iamglue", "audit", "--template", "template.yaml", "--format", "json")
    found = [finding for finding in json.loads(run.stdout)["findings"] if finding["rule"] == "statement-without-sid"]
    assert {finding["subject"]["name"] for finding in found} == {"Worker"}


BOUNDARY = """\
      PermissionsBoundary: !Ref Limit
  Limit:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, NotAction: 'kms:*', Resource: '*'}]
"""


@pytest.mark.usefixtures("folder")
def test_a_rule_that_checks_roles_gets_their_effective_access(installed):
    keys = TEMPLATE.replace("'s3:Delete*', Resource: arn:aws:s3:::prod-a/*", "'kms:*', Resource: '*'")
    Path("open.yaml").write_text(keys, encoding="utf-8")
    Path("limited.yaml").write_text(f"{keys}{BOUNDARY}", encoding="utf-8")
    for name, lines in (("open.yaml", [14]), ("limited.yaml", [])):
        run = run_with(installed, "-m", "iamglue", "audit", "--template", name, "--format", "json")
        found = [finding for finding in json.loads(run.stdout)["findings"] if finding["rule"] == "key-deletion"]
        assert [finding["location"]["line"] for finding in found] == lines
        assert {finding["subject"]["name"] for finding in found} == ({"Worker"} if lines else set())


def test_the_test_that_authors_copy_passes(installed):
    options = ("-q", "-p", "no:cacheprovider", "--rootdir", PACK, "-c", os.devnull)
    run = run_with(installed, "-m", "pytest", *options, PACK / "tests")
    assert (run.returncode, "3 passed" in run.stdout) == (0, True), run.stdout


def test_a_rule_that_raises_is_reported_as_failed_with_exit_code_3(broken, folder):
    run = run_with(broken, "-m", "iamglue", "lint", folder / "p.json", "--format", "json")
    failed = {entry["what"].split()[2]: entry for entry in json.loads(run.stdout)["not_evaluated"]}
    assert run.returncode == 3
    assert failed["team-names"]["reason"] == "it failed: LookupError: no such team"
    assert "broken_rules_of_nobody" in failed["not-there"]["reason"]
    assert {entry["kind"] for entry in failed.values()} == {"failed"}


def test_a_rule_that_ends_the_process_is_reported_as_failed(broken, folder):
    (broken / "broken_rules.py").write_text("raise SystemExit(0)\n", encoding="utf-8")
    for arguments in (("lint", folder / "p.json"), ("audit", "--template", folder / "t.yaml")):
        (folder / "t.yaml").write_text(TEMPLATE, encoding="utf-8")
        run = run_with(broken, "-m", "iamglue", *arguments, "--format", "json")
        reasons = [entry["reason"] for entry in json.loads(run.stdout)["not_evaluated"]]
        assert run.returncode == 3
        assert any("SystemExit" in reason for reason in reasons)


def test_rules_says_which_rule_of_a_package_could_not_be_loaded(broken):
    run = run_with(broken, "-m", "iamglue", "rules")
    assert run.returncode == 3
    assert "team-names" in run.stdout
    assert "the rule not-there could not be loaded: ModuleNotFoundError" in run.stderr


def test_without_such_packages_no_metadata_is_read(folder):
    program = (
        "import sys\nfrom iamglue.cli.own_rules import read_run_rules\nfrom iamglue.cli.config import Config\n"
        "assert read_run_rules((), Config()).installed == ()\nprint('importlib.metadata' in sys.modules)"
    )
    assert run_with(folder, "-c", program).stdout == "False\n"
