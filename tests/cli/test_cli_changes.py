"""`iamglue changes`: two commits of a repository, compared by what their policies allow."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.git import commit, git

from iamglue.formats.reports.changes_markdown import MAX_COMMENT_BYTES


def policy(*statements: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(*actions: str, resource: str = "arn:aws:s3:::b/*") -> dict[str, object]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}


READ = policy(allow("s3:GetObject"))
READ_WRITE = policy(allow("s3:GetObject", "s3:PutObject"))
DENY = {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}

ACCOUNT = "123456789012"
SPEC = """\
iamglue: 1
function: f
region: eu-west-1
account: "123456789012"
reads:
  - s3: images
"""

SAM = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.13, Handler: a.b, CodeUri: ., Policies: [%s]}
"""

CONDITIONAL = """\
Conditions:
  Prod: !Equals [!Ref Stage, prod]
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}
      Policies:
        - PolicyName: p
          PolicyDocument: {Statement: [{Effect: Allow, Action: !If [Prod, %s, %s], Resource: "*"}]}
"""

TERRAFORM = """\
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}
resource "aws_iam_role_policy" "p" {
  role   = aws_iam_role.r.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = var.actions, Resource = "*" }]
  })
}
"""


def answers(report) -> dict[str, str]:
    return {file["path"]: file["answer"] for file in report["files"]}


def only_change(report):
    [file] = report["files"]
    [holder] = file["policies"]
    return holder


def added_actions(holder) -> list[str]:
    return sorted(action for item in holder["added"]["statements"] for action in item["statement"]["Action"])


def test_an_added_action_is_new_access(compare):
    exit_code, report = compare({"p.json": READ}, {"p.json": READ_WRITE})
    assert (exit_code, report["answer"]) == (1, "new-access")
    assert added_actions(only_change(report)) == ["s3:PutObject"]


def test_a_removed_action_is_no_new_access(compare):
    exit_code, report = compare({"p.json": READ_WRITE}, {"p.json": READ})
    assert (exit_code, report["answer"]) == (0, "no-new-access")
    assert only_change(report)["removed"]["answer"] == "new-access"


def test_another_spelling_of_the_same_access_is_no_change(compare):
    text = policy(allow("s3:GetObject"), allow("S3:getobject", resource="arn:aws:s3:::b/*"))
    exit_code, report = compare({"p.json": READ}, {"p.json": text})
    assert exit_code == 0
    assert [file["policies"] for file in report["files"]] == [[]]


def test_all_of_a_new_file_is_added(compare):
    _, report = compare({"a.txt": ""}, {"p.json": READ_WRITE})
    assert report["files"][0]["status"] == "added"
    assert added_actions(only_change(report)) == ["s3:GetObject", "s3:PutObject"]


def test_all_of_a_deleted_file_is_removed(compare):
    exit_code, report = compare({"p.json": READ}, {"p.json": None})
    assert (exit_code, report["files"][0]["status"]) == (0, "removed")
    assert len(only_change(report)["removed"]["statements"]) == 1


def test_a_renamed_file_is_compared_with_its_old_text(compare):
    exit_code, report = compare({"old.json": READ}, {"old.json": None, "new.json": READ})
    assert exit_code == 0
    assert [(file["path"], file["old_path"]) for file in report["files"]] == [("new.json", "old.json")]


def test_a_removed_deny_is_new_access_for_what_other_policies_allow(compare):
    exit_code, report = compare({"p.json": policy(allow("s3:GetObject"), DENY)}, {"p.json": READ})
    assert exit_code == 1
    [lifted] = only_change(report)["no_longer_denied"]["statements"]
    assert (lifted["statement"]["Effect"], lifted["statement"]["Action"]) == ("Deny", ["s3:DeleteObject"])
    assert lifted["source"]["statement"] == 1


def test_an_added_deny_is_no_new_access(compare):
    exit_code, _ = compare({"p.json": READ}, {"p.json": policy(allow("s3:GetObject"), DENY)})
    assert exit_code == 0


def test_a_spec_is_compared_by_the_policies_that_it_generates(compare):
    _, report = compare({"spec.yaml": SPEC}, {"spec.yaml": f"{SPEC}  - sqs: jobs\n"})
    assert added_actions(only_change(report)) == ["sqs:DeleteMessage", "sqs:ReceiveMessage"]


def test_a_statement_that_moves_between_the_parts_of_a_long_policy_is_no_change(compare):
    names = [f"{'bucket-with-a-long-name-' * 2}{number:03}" for number in range(140)]
    entries = [f"  - s3: {name}\n" for name in names]
    long = SPEC + "".join(entries)
    exit_code, report = compare({"spec.yaml": long}, {"spec.yaml": long.replace("  - s3: images\n", "")})
    assert (exit_code, report["answer"]) == (0, "no-new-access")


def test_a_trigger_of_a_spec_is_new_access_for_who_invokes_the_function(compare):
    _, report = compare({"spec.yaml": SPEC}, {"spec.yaml": f"{SPEC}triggers:\n  - sns: topic\n"})
    assert only_change(report)["name"] == "who may invoke function f"


def test_a_spec_with_an_error_is_unknown(compare):
    exit_code, report = compare({"spec.yaml": SPEC}, {"spec.yaml": SPEC.replace("s3:", "s4:")})
    assert (exit_code, report["answer"]) == (3, "unknown")
    assert "line 6" in report["files"][0]["unknown"][0]


def test_what_sam_makes_of_a_function_is_compared(compare):
    template = SAM % ""
    events = template.replace("Policies: []", "Events: {A: {Type: SQS, Properties: {Queue: !Ref Q}}}")
    _, report = compare({"t.yaml": template}, {"t.yaml": events})
    names = {holder["name"]: added_actions(holder) for holder in report["files"][0]["policies"]}
    assert "sqs:ReceiveMessage" in names["role FnRole"]


def test_a_function_that_everyone_may_call_by_its_url_is_new_access(compare):
    closed = (SAM % "").replace("Policies: []", "FunctionUrlConfig: {AuthType: AWS_IAM}")
    exit_code, report = compare({"t.yaml": closed}, {"t.yaml": closed.replace("AWS_IAM", "NONE")})
    assert (exit_code, only_change(report)["answer"]) == (1, "new-access")
    assert "lambda:InvokeFunctionUrl" in added_actions(only_change(report))


def test_an_attached_aws_managed_policy_is_compared_by_its_document(compare):
    _, report = compare({"t.yaml": SAM % ""}, {"t.yaml": SAM % "AmazonSQSFullAccess"})
    assert added_actions(only_change(report)) == ["sqs:*"]


def test_an_attached_policy_that_nobody_knows_is_unknown(compare):
    arn = "arn:aws:iam::123456789012:policy/ours"
    exit_code, report = compare({"t.yaml": SAM % ""}, {"t.yaml": SAM % arn})
    assert (exit_code, report["answer"]) == (1, "unknown")
    assert arn in " ".join(only_change(report)["unknown"])


def test_access_that_moves_to_another_condition_of_the_template_is_not_taken_for_the_same(compare):
    before, after = CONDITIONAL % ("s3:GetObject", "sqs:SendMessage"), CONDITIONAL % ("sqs:SendMessage", "s3:GetObject")
    exit_code, report = compare({"t.yaml": before}, {"t.yaml": after})
    assert (exit_code, report["answer"]) == (1, "unknown")
    assert "`Prod` is true" in " ".join(only_change(report)["unknown"])


def test_another_condition_of_a_statement_is_not_taken_for_the_same(compare):
    before = CONDITIONAL % ("s3:GetObject", "sqs:SendMessage")
    conditions = "  Prod: !Equals [!Ref Stage, prod]\n"
    after = before.replace(conditions, f"{conditions}  Test: !Equals [!Ref Stage, test]\n").replace("[Prod,", "[Test,")
    exit_code, report = compare({"t.yaml": before}, {"t.yaml": after})
    assert (exit_code, report["answer"]) == (1, "unknown")


def test_a_bucket_policy_under_another_condition_is_not_taken_for_the_same(compare):
    bucket = (
        "  BP:\n    Type: AWS::S3::BucketPolicy\n    Condition: %s\n    Properties:\n      Bucket: b\n"
        '      PolicyDocument: {Statement: [{Effect: Allow, Principal: "*", Action: "s3:GetObject",'
        ' Resource: "arn:aws:s3:::b/*"}]}\n'
    )
    text = CONDITIONAL % ("s3:GetObject", "s3:GetObject") + bucket
    _, report = compare({"t.yaml": text % "Prod"}, {"t.yaml": text % "Test"})
    assert report["answer"] == "unknown"


HOMES = """\
Resources:
  Homes:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "%s"
        Statement:
          - {Effect: Allow, Action: s3:GetObject, Resource: !Sub "arn:aws:s3:::${Bucket}/${!aws:username}/*"}
"""


@pytest.mark.parametrize("versions", [("2008-10-17", "2012-10-17"), ("2012-10-17", "2008-10-17")])
def test_a_version_that_makes_text_a_variable_is_new_access_in_a_template_with_parameters(compare, versions):
    before, after = (HOMES % version for version in versions)
    exit_code, report = compare({"t.yaml": before}, {"t.yaml": after})
    assert (exit_code, report["answer"]) == (1, "new-access")


def test_a_version_without_variables_to_read_changes_nothing_in_a_template_with_parameters(compare):
    text = HOMES.replace("${!aws:username}", "home")
    exit_code, report = compare({"t.yaml": text % "2008-10-17"}, {"t.yaml": text % "2012-10-17"})
    assert (exit_code, report["answer"]) == (0, "no-new-access")


def test_two_roles_of_one_name_are_both_compared(compare):
    role = (
        "  {0}:\n    Type: AWS::IAM::Role\n    Properties:\n      RoleName: same\n      AssumeRolePolicyDocument: "
        "{{Statement: {{Effect: Allow, Principal: {{Service: lambda.amazonaws.com}}, Action: sts:AssumeRole}}}}\n"
        "      ManagedPolicyArns: ['arn:aws:iam::aws:policy/{1}']\n"
    )
    text = f"Resources:\n{role}{role.replace('{0}', 'B').replace('{1}', 'AmazonSQSReadOnlyAccess')}"
    before = text.format("A", "AmazonSQSReadOnlyAccess")
    _, report = compare({"t.yaml": before}, {"t.yaml": text.format("A", "AmazonSQSFullAccess")})
    assert report["answer"] == "new-access"


def test_a_changed_variable_changes_the_unchanged_terraform_file(compare):
    variable = 'variable "actions" { default = [%s] }\n'
    _, report = compare(
        {"tf/main.tf": TERRAFORM, "tf/variables.tf": variable % '"s3:GetObject"'},
        {"tf/variables.tf": variable % '"s3:GetObject", "sqs:SendMessage"'},
    )
    assert answers(report) == {"tf/": "new-access"}
    assert added_actions(only_change(report)) == ["sqs:SendMessage"]


@pytest.mark.parametrize("name", ["policy.json.tpl", "policy.md", "policy.py"])
def test_a_file_of_any_name_that_terraform_reads_is_seen(compare, name):
    main = TERRAFORM.replace("jsonencode({", f'templatefile("{name}", {{}})\n  unused = jsonencode({{')
    _, report = compare({"tf/main.tf": main, f"tf/{name}": READ}, {f"tf/{name}": READ_WRITE})
    assert answers(report)["tf/"] == "new-access"


def test_a_program_that_a_serverless_file_reads_is_unknown(compare):
    text = (
        "service: s\nprovider:\n  name: aws\n  iam: {role: {statements: '${file(roles.js):statements}'}}\n"
        "functions: {f: {handler: a.b}}\n"
    )
    exit_code, report = compare({"serverless.yml": text, "roles.js": "1"}, {"roles.js": "2"})
    assert (exit_code != 0, report["answer"]) == (True, "unknown")


def test_a_changed_nested_template_changes_what_its_parent_deploys(compare):
    parent = "Resources:\n  S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml}}\n"
    _, report = compare({"t.yaml": parent, "child.yaml": SAM % ""}, {"child.yaml": SAM % "AmazonSQSFullAccess"})
    statuses = {file["path"]: (file["status"], file["answer"]) for file in report["files"]}
    assert statuses == {"child.yaml": ("changed", "new-access"), "t.yaml": ("affected", "new-access")}


def test_a_file_that_cannot_be_read_is_never_no_new_access(compare):
    exit_code, report = compare({"p.json": READ}, {"p.json": READ[:-2]})
    assert exit_code == 3
    assert report["answer"] == "unknown"
    assert report["files"][0]["unknown"] != []


@pytest.mark.parametrize("text", ["", "{", "hello"])
def test_a_policy_that_is_cut_off_is_unknown_and_not_removed(compare, text):
    _, report = compare({"p.json": READ}, {"p.json": text})
    assert report["answer"] == "unknown"


def test_an_invalid_policy_is_unknown(compare):
    exit_code, report = compare({"p.json": READ}, {"p.json": READ.replace("Allow", "Alow")})
    assert (exit_code, report["answer"]) == (1, "unknown")


def test_a_symbolic_link_never_leads_out_of_the_repository(compare, tmp_path):
    secret = tmp_path.parent / f"{tmp_path.name}-outside.json"
    secret.write_text(READ_WRITE, encoding="utf-8")
    base = commit(tmp_path, {"a.txt": ""})
    (tmp_path / "p.json").symlink_to(secret)
    exit_code, report = compare({}, {}, "--base", base)
    assert (exit_code, report["files"][0]["policies"]) == (3, [])
    assert "symbolic link" in report["files"][0]["unknown"][0]


def test_a_symbolic_link_to_a_file_of_the_repository_is_read(compare, tmp_path):
    base = commit(tmp_path, {"policies/p.json": READ})
    (tmp_path / "link.json").symlink_to("policies/p.json")
    exit_code, report = compare({}, {}, "--base", base)
    assert (exit_code, answers(report)) == (1, {"link.json": "new-access"})


def test_a_symbolic_link_to_a_directory_of_the_repository_is_read(compare, tmp_path):
    base = commit(tmp_path, {"policies/p.json": READ, "policies/deep/q.json": READ, "other/p.json": READ_WRITE})
    (tmp_path / "linked").symlink_to("policies")
    (tmp_path / "through.json").symlink_to("linked/deep/q.json")
    exit_code, report = compare({}, {}, "--base", base)
    new = dict.fromkeys(("linked/p.json", "linked/deep/q.json", "through.json"), "new-access")
    assert (exit_code, answers(report), report["not_read"]) == (1, new, [])
    base = commit(tmp_path, {})
    (tmp_path / "linked").unlink()
    (tmp_path / "linked").symlink_to("other")
    _, report = compare({}, {}, "--base", base)
    assert answers(report)["linked/p.json"] == "new-access"
    assert {file["path"]: file["status"] for file in report["files"]}["linked/deep/q.json"] == "removed"


def test_a_new_file_in_a_directory_that_is_linked_is_new_in_both(compare, tmp_path):
    commit(tmp_path, {"policies/p.json": READ})
    (tmp_path / "linked").symlink_to("policies")
    _, report = compare({"a.txt": ""}, {"policies/new.json": READ_WRITE})
    assert answers(report) == {"linked/new.json": "new-access", "policies/new.json": "new-access"}


@pytest.mark.parametrize("target", [".", "..", "a", "../a", "../../elsewhere"])
def test_a_symbolic_link_to_a_directory_that_cannot_be_followed_is_unknown(compare, tmp_path, target):
    base = commit(tmp_path, {"a/p.json": READ})
    (tmp_path / "a/link").symlink_to(target)
    exit_code, report = compare({}, {}, "--base", base)
    assert (exit_code, answers(report)) == (3, {"a/link": "unknown"})


def test_directories_that_are_linked_in_one_another_are_unknown(compare, tmp_path):
    base = commit(tmp_path, {"a/p.json": READ, "b/p.json": READ})
    (tmp_path / "a/b").symlink_to("../b")
    (tmp_path / "b/a").symlink_to("../a")
    exit_code, report = compare({}, {}, "--base", base)
    assert exit_code == 3
    assert answers(report)["a/b"] == "unknown"


def test_only_the_changes_of_the_branch_count(compare, tmp_path, iamglue):
    commit(tmp_path, {"p.json": READ})
    git(tmp_path, "checkout", "-q", "-b", "feature")
    commit(tmp_path, {"mine.json": READ})
    git(tmp_path, "checkout", "-q", "main")
    commit(tmp_path, {"p.json": READ_WRITE})
    report = json.loads(iamglue("changes", "--base", "main", "--head", "feature", "--format", "json").stdout)
    assert answers(report) == {"mine.json": "new-access"}


def test_a_change_without_policies_is_no_new_access(compare):
    exit_code, report = compare({"a.py": "1"}, {"a.py": "2", "config.json": "{}"})
    assert (exit_code, report["answer"]) == (0, "no-new-access")


def test_excluded_files_are_named(compare):
    config = '[lint]\nexclude = ["old/*"]\n'
    exit_code, report = compare({".iamglue.toml": config}, {"old/p.json": READ})
    assert (exit_code, report["excluded"]) == (0, ["old/p.json"])


def test_a_branch_cannot_hide_its_own_changes(compare):
    exit_code, report = compare({"a.txt": ""}, {"p.json": READ, ".iamglue.toml": '[lint]\nexclude = ["*"]\n'})
    assert (exit_code, report["excluded"], report["answer"]) == (1, [], "new-access")


def test_an_invalid_configuration_in_the_older_commit_is_an_error(tmp_path, monkeypatch, iamglue):
    monkeypatch.chdir(tmp_path)
    base = commit(tmp_path, {".iamglue.toml": "[lint]\nexclude = 1\n"})
    commit(tmp_path, {"p.json": READ})
    done = iamglue("changes", "--base", base)
    assert done.exit_code == 2
    assert f"the configuration in {base[:12]}: `exclude` must be a list" in done.stderr


@pytest.mark.parametrize("revision", ["--output=x", "-h", "no-such-branch", "", "HEAD:p.json"])
def test_a_revision_that_is_no_commit_is_an_error(iamglue, tmp_path, monkeypatch, revision):
    monkeypatch.chdir(tmp_path)
    commit(tmp_path, {"p.json": READ})
    done = iamglue("changes", f"--base={revision}")
    assert done.exit_code == 2
    assert f"there is no commit `{revision}`" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == [".git", "p.json"]


def test_outside_of_a_repository_the_error_says_so(iamglue, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    done = iamglue("changes", "--base", "main")
    assert done.exit_code == 2
    assert "not in a work tree of Git" in done.stderr


HOSTILE_NAMES = (
    "a|b`c`@team <b>.json",
    "](x) ![y](z).json",
    "line\nbreak.json",
    "##[error]x.json",
    "-rf.json",
    "\u202egnp.json",
    "--><script>.json",
)


def test_hostile_file_names_cannot_break_the_comment(tmp_path, monkeypatch, iamglue):
    monkeypatch.chdir(tmp_path)
    base = commit(tmp_path, {"a.txt": ""})
    commit(tmp_path, dict.fromkeys(HOSTILE_NAMES, READ))
    comment = iamglue("changes", "--base", base, "--format", "markdown").stdout
    rows = [line for line in comment.splitlines() if line.startswith("| `")]
    assert len(rows) == len(HOSTILE_NAMES)
    assert all(line.replace("\\|", "").count("|") == 4 for line in rows)
    outside = "".join(part for line in comment.splitlines() for part in outside_code(line))
    assert not set("@<>[]") & set(
        outside.replace("<details><summary>The statement</summary>", "").replace("</details>", "")
    )
    assert "\u202e" not in comment
    assert "##[error]" not in comment


def outside_code(line: str) -> list[str]:
    """The parts of a line that are in no code span; lines of code blocks have none."""
    if line.startswith("  ") and not line.startswith(("  - ", "  on ", "  <")):
        return []
    parts, rest = [], line
    while "`" in rest:
        before, _, after = rest.partition("`")
        fence = "`" * (1 + len(after) - len(after.lstrip("`")))
        parts.append(before)
        rest = after[len(fence) - 1 :]
        end = next(
            at
            for at in range(len(rest))
            if rest[at:].startswith(fence) and rest[at + len(fence) :][:1] != "`" and rest[:at][-1:] != "`"
        )
        rest = rest[end + len(fence) :]
    return [*parts, rest]


def test_a_comment_is_never_longer_than_github_takes(tmp_path, monkeypatch, iamglue):
    monkeypatch.chdir(tmp_path)
    base = commit(tmp_path, {"a.txt": ""})
    statements = [allow("s3:GetObject", resource=f"arn:aws:s3:::{'b' * 60}{number}/*") for number in range(15)]
    commit(tmp_path, {f"{'d' * 100}/{number}.json": policy(*statements) for number in range(12)})
    comment = iamglue("changes", "--base", base, "--format", "markdown").stdout
    assert MAX_COMMENT_BYTES - 20_000 < len(comment.encode()) <= MAX_COMMENT_BYTES
    assert "too long for a comment" in comment
    assert comment.count("11.json`") >= 1


@pytest.mark.parametrize("name", ["`" * 30_000, "\u202e" * 30_000, "|" * 30_000, "##[x]" * 10_000])
def test_a_comment_with_names_of_any_length_is_never_too_long(tmp_path, monkeypatch, iamglue, name):
    monkeypatch.chdir(tmp_path)
    base = commit(tmp_path, {"a.txt": ""})
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": json.loads(READ),
            "Policies": [{"PolicyName": name, "PolicyDocument": json.loads(READ)}],
        },
    }
    commit(tmp_path, {f"{number}.json": json.dumps({"Resources": {name: role}}) for number in range(3)})
    comment = iamglue("changes", "--base", base, "--format", "markdown").stdout
    assert comment.startswith("### iamglue: ")
    assert len(comment.encode()) <= MAX_COMMENT_BYTES


def test_the_text_names_files_and_statements(tmp_path, monkeypatch, iamglue):
    monkeypatch.chdir(tmp_path)
    base = commit(tmp_path, {"p.json": READ})
    commit(tmp_path, {"p.json": READ_WRITE})
    shown = iamglue("changes", "--base", base).stdout
    assert shown.startswith("new access: the change adds access to 1 role or policy (1 changed file, 1 compared)\n")
    assert "p.json (changed)" in shown
    assert "+ allow   s3:PutObject" in shown


def test_the_report_can_go_to_a_file(tmp_path, monkeypatch, iamglue):
    monkeypatch.chdir(tmp_path)
    base = commit(tmp_path, {"p.json": READ})
    done = iamglue("changes", "--base", base, "--format", "markdown", "-o", "comment.md")
    assert (done.exit_code, done.stdout) == (0, "")
    assert Path("comment.md").read_text(encoding="utf-8").startswith("### iamglue: no new access\n")


def test_nothing_is_left_in_the_temporary_directory(tmp_path, monkeypatch, compare):
    temporary = tmp_path.parent / f"{tmp_path.name}-tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    compare({"p.json": READ}, {"p.json": READ_WRITE})
    assert list(temporary.iterdir()) == []


LFS_POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n"


@pytest.mark.parametrize("text", [LFS_POINTER, "\0GITCRYPT\0x", "\0".join(READ_WRITE), "{{{", ""])
def test_a_policy_that_becomes_unreadable_is_unknown(compare, text):
    code, report = compare({"p.json": READ}, {"p.json": text})
    assert (code, answers(report)) == (3, {"p.json": "unknown"})


@pytest.mark.parametrize("text", [LFS_POINTER, "\0GITCRYPT\0x"])
def test_a_new_file_without_its_content_is_unknown(compare, text):
    code, report = compare({}, {"p.json": text})
    assert (code, answers(report)) == (3, {"p.json": "unknown"})


def test_a_policy_that_became_readable_is_not_compared_with_nothing_in_silence(compare):
    code, report = compare({"p.json": "{{{"}, {"p.json": READ})
    assert (code, report["files"][0]["unknown"][0].partition(":")[0]) == (3, "before")


def test_a_changed_submodule_is_unknown(tmp_path, monkeypatch, iamglue):
    monkeypatch.chdir(tmp_path)
    base = commit(tmp_path, {"README.md": "x"})
    git(tmp_path, "update-index", "--add", "--cacheinfo", f"160000,{base},policies")
    git(tmp_path, "commit", "-q", "-m", "a submodule")
    done = iamglue("changes", "--base", base)
    assert done.exit_code == 3
    assert "policies (added)\n    unknown it is a submodule" in done.stdout


@pytest.mark.parametrize("name", ["p.template", "p.txt", "P.JSON", "p.json.tpl", "p.policy"])
def test_a_policy_in_a_file_of_another_kind_is_compared(compare, name):
    code, report = compare({name: READ}, {name: READ_WRITE})
    assert (code, added_actions(only_change(report))) == (1, ["s3:PutObject"])


def test_a_policy_of_another_kind_that_cannot_be_parsed_is_unknown(compare):
    code, report = compare({"p.json.j2": READ}, {"p.json.j2": READ_WRITE.replace('"s3:PutObject"', "{{ actions }}")})
    assert (code, answers(report)) == (3, {"p.json.j2": "unknown"})


def test_a_policy_that_gets_a_name_of_another_kind_is_compared(compare):
    statements = [allow("s3:GetObject", resource=f"arn:aws:s3:::bucket-{number}/*") for number in range(9)]
    after = policy(*statements, allow("s3:PutObject"))
    code, report = compare({"p.json": policy(*statements)}, {"p.json": None, "p.txt": after})
    assert (code, report["files"][0]["old_path"], answers(report)) == (1, "p.json", {"p.txt": "new-access"})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("lib/stack.ts", 'import * as cdk from "aws-cdk-lib";\nbucket.grantReadWrite(handler);\n'),
        ("app.py", "import aws_cdk\n"),
        ("main.go", 'import "github.com/aws/aws-cdk-go/awscdk/v2"\n'),
        ("index.ts", 'import * as aws from "@pulumi/aws";\n'),
        ("serverless.ts", "export default {}\n"),
        ("deploy.sh", "aws iam put-role-policy --role-name r --policy-name p --policy-document file://p.json\n"),
        ("deploy.py", "iam.attach_role_policy(RoleName='r', PolicyArn=arn)\n"),
        ("deploy.js", "client.send(new PutBucketPolicyCommand(input))\n"),
    ],
)
def test_a_changed_program_that_gives_access_is_unknown(compare, name, text):
    code, report = compare({}, {name: text})
    assert (code, answers(report)) == (1, {name: "unknown"})


def test_changed_files_that_are_not_read_are_listed(compare):
    code, report = compare({}, {"app.py": "print()\n", "README.md": f"```json\n{READ}\n```\n"})
    assert (code, report["files"], report["not_read"]) == (0, [], ["README.md", "app.py"])


def test_a_changed_target_of_a_symbolic_link_changes_the_link(compare, tmp_path):
    (tmp_path / "p.json").symlink_to("text")
    code, report = compare({"text": READ}, {"text": READ_WRITE})
    assert (code, answers(report)["p.json"]) == (1, "new-access")


def test_a_file_that_moves_to_where_files_are_excluded_is_removed(compare):
    configuration = '[lint]\nexclude = ["vendor/*"]\n'
    wide = READ.replace("GetObject", "*")
    code, report = compare({".iamglue.toml": configuration, "p.json": READ}, {"p.json": None, "vendor/p.json": wide})
    assert (code, report["excluded"], report["files"][0]["status"]) == (0, ["vendor/p.json"], "removed")


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(
            {"iamglue": 1, "function": "f", "region": "eu-west-1", "account": ACCOUNT, "writes": [{"s3": "images"}]}
        ),
        SPEC.replace("iamglue: 1", "? iamglue\n: 1").replace("reads", "writes"),
        SPEC.replace("iamglue: 1", r'"i\x61mglue": 1').replace("reads", "writes"),
    ],
)
def test_a_spec_is_known_however_its_key_is_written(compare, text):
    code, report = compare({"spec.yaml": SPEC}, {"spec.yaml": text})
    assert (code, answers(report)) == (1, {"spec.yaml": "new-access"})


def test_a_policy_with_escaped_keys_is_compared(compare):
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in "Statement")
    text = READ.replace("Statement", escaped).replace("Effect", "\\u0045ffect").replace('"Version": "2012-10-17", ', "")
    code, report = compare({}, {"p.json": text})
    assert (code, answers(report)) == (1, {"p.json": "new-access"})


TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Topic: {Type: AWS::SNS::Topic}
"""
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


@pytest.mark.parametrize(
    "resource",
    [
        f"Type: AWS::IAM::User, Properties: {{ManagedPolicyArns: ['{ADMINISTRATOR}']}}",
        f"Type: AWS::IAM::Group, Properties: {{ManagedPolicyArns: ['{ADMINISTRATOR}']}}",
        "Type: AWS::IAM::UserToGroupAddition, Properties: {GroupName: admins, Users: [bob]}",
        f"Type: AWS::SSO::PermissionSet, Properties: {{ManagedPolicies: ['{ADMINISTRATOR}']}}",
        "Type: AWS::IAM::AccessKey, Properties: {UserName: admin}",
        "Type: AWS::EKS::AccessEntry, Properties: {PrincipalArn: 'arn:aws:iam::123456789012:role/r'}",
    ],
)
def test_access_of_users_and_groups_is_unknown(compare, resource):
    code, report = compare({"t.yaml": TEMPLATE}, {"t.yaml": f"{TEMPLATE}  New: {{{resource}}}\n"})
    assert (code, answers(report)) == (1, {"t.yaml": "unknown"})


def test_a_policy_of_another_user_is_unknown(compare):
    policy = "  P: {Type: AWS::IAM::ManagedPolicy, Properties: {Users: [%s], PolicyDocument: " + READ + "}}\n"
    code, report = compare({"t.yaml": TEMPLATE + policy % "a"}, {"t.yaml": TEMPLATE + policy % "a, b"})
    assert (code, answers(report)) == (1, {"t.yaml": "unknown"})


@pytest.mark.parametrize("macro", ["Transform: [Mine]\n", "Transform: {Name: 'AWS::Include'}\n"])
def test_a_macro_may_add_access(compare, macro):
    code, report = compare({"t.yaml": TEMPLATE}, {"t.yaml": macro + TEMPLATE})
    assert (code, answers(report)) == (1, {"t.yaml": "unknown"})


def test_a_template_that_changes_under_a_macro_is_unknown(compare):
    text = "Transform: [Mine]\n" + TEMPLATE
    code, report = compare({"t.yaml": text}, {"t.yaml": text.replace("Topic:", "Other:")})
    assert (code, answers(report)) == (1, {"t.yaml": "unknown"})


@pytest.mark.parametrize(
    "block",
    [
        f'resource "aws_iam_user_policy_attachment" "x" {{\n  user = "u"\n  policy_arn = "{ADMINISTRATOR}"\n}}\n',
        f'resource "aws_iam_policy_attachment" "x" {{\n  users = ["u"]\n  policy_arn = "{ADMINISTRATOR}"\n}}\n',
        'resource "aws_iam_access_key" "x" {\n  user = "admin"\n}\n',
        'resource "aws_iam_group_membership" "x" {\n  users = ["u"]\n  group = "admins"\n}\n',
        'resource "aws_ssoadmin_account_assignment" "x" {\n  principal_id = "p"\n}\n',
        'resource "aws_cloudwatch_event_permission" "x" {\n  principal = "*"\n  statement_id = "s"\n}\n',
        'resource "awscc_iam_role" "x" {\n}\n',
        'module "m" {\n  source = "git::https://example.com/any"\n}\n',
        'resource "null_resource" "x" {\n  provisioner "local-exec" {\n    command = "put-role-policy"\n  }\n}\n',
    ],
)
def test_what_terraform_gives_otherwise_than_by_policies_is_unknown(compare, block):
    code, report = compare({"main.tf": "locals {}\n"}, {"main.tf": block})
    assert (code, answers(report)) == (1, {"./": "unknown"})


def test_what_an_unread_module_gets_from_a_variable_is_seen(compare):
    module = (
        'module "m" {\n  source = "example/any/aws"\n  names = var.names\n}\nvariable "names" {\n  default = %s\n}\n'
    )
    code, report = compare({"main.tf": module % '["a"]'}, {"main.tf": module % '["a", "b"]'})
    assert (code, answers(report)) == (1, {"./": "unknown"})


def test_a_module_that_did_not_change_is_not_reported(compare):
    module = 'module "m" {\n  source = "example/any/aws"\n}\n'
    code, report = compare({"main.tf": module}, {"main.tf": f"# a comment\n{module}"})
    assert (code, answers(report)) == (0, {"./": "no-new-access"})


@pytest.mark.parametrize(
    "text",
    [
        "jobs: {a: {steps: [{run: aws iam attach-role-policy --role-name r}]}}\n",
        "phases: {build: {commands: [aws s3api put-bucket-policy --bucket b]}}\n",
        "phases: {build: {commands: [aws lambda add-permission --principal x]}}\n",
        "iam: {serviceAccounts: [{attachPolicyARNs: [x]}]}\n",
        "apiVersion: iam.services.k8s.aws/v1alpha1\nkind: Role\nspec: {policies: [x]}\n",
        "runtime: yaml\nresources: {r: {type: 'aws:iam:RolePolicyAttachment', properties: {policyArn: x}}}\n",
    ],
)
def test_a_document_of_another_tool_that_gives_access_is_unknown(compare, text):
    code, report = compare({}, {"any.yaml": text})
    assert (code, answers(report)) == (1, {"any.yaml": "unknown"})


TWO_ROLES = """\
Conditions: {Prod: !Equals [!Ref Stage, prod]}
Parameters: {Stage: {Type: String}}
Resources:
  Small:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}
  Large:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}
      Policies:
        - {PolicyName: p, PolicyDocument: {Statement: {Effect: Allow, Action: 's3:GetObject', Resource: '*'}}}
  Fn: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Role: %s}}
"""
SMALL, LARGE, OUTSIDE = "!GetAtt Small.Arn", "!GetAtt Large.Arn", "'arn:aws:iam::123456789012:role/any'"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (SMALL, LARGE, "new-access"),
        (LARGE, SMALL, "no-new-access"),
        (LARGE, OUTSIDE, "unknown"),
        (f"!If [Prod, {SMALL}, {LARGE}]", f"!If [Prod, {LARGE}, {SMALL}]", "unknown"),
    ],
)
def test_another_role_of_a_function_is_compared(compare, before, after, expected):
    code, report = compare({"t.yaml": TWO_ROLES % before}, {"t.yaml": TWO_ROLES % after})
    assert (code, answers(report)) == (0 if expected == "no-new-access" else 1, {"t.yaml": expected})


def test_the_change_of_a_functions_role_names_both_roles(compare):
    _, report = compare({"t.yaml": TWO_ROLES % SMALL}, {"t.yaml": TWO_ROLES % LARGE})
    assert only_change(report)["name"] == "function Fn, with role Large instead of role Small"


FUNCTION_OF_ROLE = 'resource "aws_lambda_function" "f" {\n  function_name = "f"\n  role = "%s"\n}\n'
TASK = "  New: {Type: AWS::ECS::TaskDefinition, Properties: {TaskRoleArn: '%s', Tags: [{Key: a, Value: '%s'}]}}\n"
RULE = (
    'resource "aws_scheduler_schedule" "s" {\n  target {\n    arn = "a"\n    role_arn = "%s"\n  }\n'
    '  tags = { Role = "%s" }\n}\n'
)


@pytest.mark.parametrize(
    ("name", "text", "unit"),
    [
        ("main.tf", FUNCTION_OF_ROLE + "# %s\n", "./"),
        ("main.tf", RULE, "./"),
        ("t.yaml", TEMPLATE + TASK, "t.yaml"),
    ],
)
def test_another_role_from_outside_is_unknown(compare, name, text, unit):
    small, large = (f"arn:aws:iam::123456789012:role/{role}" for role in ("small", "large"))
    code, report = compare({name: text % (small, "a")}, {name: text % (large, "a")})
    assert (code, answers(report)) == (1, {unit: "unknown"})
    code, report = compare({name: text % (large, "a")}, {name: text % (large, "b")})
    assert (code, answers(report)) == (0, {unit: "no-new-access"})


STAGE = "Parameters: {Stage: {Type: String, Default: '%s'}}\n"
PUBLIC_READ = json.dumps({"Statement": allow("sqs:SendMessage", resource="*") | {"Principal": "*"}})
KEY = "  Key: {Type: AWS::KMS::Key, Properties: {Description: d%s}}\n"
ENDPOINT = "  End: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: v%s}}\n"
QUEUES = "  P: {Type: AWS::SQS::QueuePolicy, Properties: {Queues: [%s], PolicyDocument: " + PUBLIC_READ + "}}\n"
BUCKET = "  B: {Type: AWS::S3::Bucket, Properties: {BucketName: b%s}}\n"
BLOCK = ", PublicAccessBlockConfiguration: {RestrictPublicBuckets: %s}"
OBJECTS = json.dumps({"Statement": allow("s3:GetObject", resource="RESOURCE")}).replace(
    '"RESOURCE"', "!Sub 'arn:aws:s3:::${Stage}/*'"
)
STAGE_POLICY = "  M: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: " + OBJECTS + "}}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (TEMPLATE + KEY % f", KeyPolicy: {READ}", TEMPLATE + KEY % ""),
        (TEMPLATE + ENDPOINT % f", PolicyDocument: {READ}", TEMPLATE + ENDPOINT % ""),
        (TEMPLATE + QUEUES % "a", TEMPLATE + QUEUES % "a, b"),
        (TEMPLATE + BUCKET % (BLOCK % "true"), TEMPLATE + BUCKET % (BLOCK % "false")),
        (TEMPLATE + BUCKET % (BLOCK % "true"), TEMPLATE + BUCKET % ""),
        (TEMPLATE + BUCKET % "", TEMPLATE + BUCKET % ", AccessControl: PublicRead"),
        (STAGE % "a" + TEMPLATE + STAGE_POLICY, STAGE % "*" + TEMPLATE + STAGE_POLICY),
        (
            CONDITIONAL % ("a:A", "a:B"),
            (CONDITIONAL % ("a:A", "a:B")).replace("!Equals [!Ref Stage, prod]", "!Not [!Equals [!Ref Stage, prod]]"),
        ),
    ],
)
def test_what_decides_a_policy_from_outside_is_unknown(compare, before, after):
    code, report = compare({"t.yaml": before}, {"t.yaml": after})
    assert (code, answers(report)) == (1, {"t.yaml": "unknown"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", KEY % ""),
        ("", ENDPOINT % ""),
        ("", BUCKET % (BLOCK % "true")),
        (BUCKET % (BLOCK % "true"), ""),
        (BUCKET % "", BUCKET % (BLOCK % "true")),
        ("", BUCKET % ", AccessControl: Private"),
    ],
)
def test_a_new_resource_with_what_aws_makes_is_no_new_access(compare, before, after):
    code, report = compare({"t.yaml": TEMPLATE + before}, {"t.yaml": TEMPLATE + after})
    assert (code, answers(report)) == (0, {"t.yaml": "no-new-access"})


def test_the_default_of_a_parameter_that_no_policy_has_is_no_new_access(compare):
    code, report = compare({"t.yaml": STAGE % "a" + TEMPLATE}, {"t.yaml": STAGE % "b" + TEMPLATE})
    assert (code, answers(report)) == (0, {"t.yaml": "no-new-access"})


SQS_POLICY = (
    'resource "aws_sqs_queue_policy" "q" {\n  queue_url = "%s"\n  policy = jsonencode(' + PUBLIC_READ + ")\n}\n"
)
PUBLIC_BLOCK = 'resource "aws_s3_bucket_public_access_block" "b" {\n  bucket = "b"\n  restrict_public_buckets = %s\n}\n'
TF_KEY = 'resource "aws_kms_key" "k" {\n  description = "d"\n%s}\n'
URL = 'resource "aws_lambda_function_url" "u" {\n  function_name = "f"\n  authorization_type = "%s"\n}\n'
ACL = 'resource "aws_s3_bucket_acl" "a" {\n  bucket = "b"\n  acl = "%s"\n}\n'


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (SQS_POLICY % "a", SQS_POLICY % "b", "unknown"),
        (PUBLIC_BLOCK % "true", PUBLIC_BLOCK % "false", "unknown"),
        (PUBLIC_BLOCK % "true", "locals {}\n", "unknown"),
        ("locals {}\n", PUBLIC_BLOCK % "true", "no-new-access"),
        (TF_KEY % f"  policy = jsonencode({READ})\n", TF_KEY % "", "unknown"),
        (URL % "AWS_IAM", URL % "NONE", "unknown"),
        ("locals {}\n", ACL % "public-read", "unknown"),
        ("locals {}\n", ACL % "private", "no-new-access"),
    ],
)
def test_what_decides_a_policy_from_outside_is_known_of_terraform(compare, before, after, expected):
    code, report = compare({"main.tf": before}, {"main.tf": after})
    assert (code, answers(report)) == (0 if expected == "no-new-access" else 1, {"./": expected})


TF_WITH_VARIABLE = 'variable "actions" {\n}\n' + TERRAFORM


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("prod.tfvars", 'actions = "%s"\n'),
        ("envs/prod.tfvars", 'actions = "%s"\n'),
        ("envs/prod.tfvars.json", '{"actions": "%s"}\n'),
        ("envs/terragrunt.hcl", 'inputs = {\n  actions = "%s"\n}\n'),
        ("samconfig.toml", '[default.deploy.parameters]\nparameter_overrides = "P=%s"\n'),
        ("samconfig.yaml", "default: {deploy: {parameters: {parameter_overrides: P=%s}}}\n"),
        ("cdk.json", '{"app": "a", "context": {"b": "%s"}}\n'),
        ("Pulumi.prod.yaml", "config:\n  p:actions: '%s'\n"),
        ("values.json", '[{"ParameterKey": "P", "ParameterValue": "%s"}]\n'),
        ("values.json", '["P=%s"]\n'),
        ("values.json", '{"Parameters": {"P": "%s"}}\n'),
        ("values.json", '{"policy": "arn:aws:iam::aws:policy/%s"}\n'),
        ("task.json", '{"family": "f", "taskRoleArn": "%s", "containerDefinitions": []}\n'),
        ("w.yaml", "jobs: {a: {steps: [{uses: b, with: {role-to-assume: '%s'}}]}}\n"),
        ("sa.yaml", "kind: ServiceAccount\nmetadata: {annotations: {eks.amazonaws.com/role-arn: '%s'}}\n"),
        ("play.yaml", "- tasks: [{community.aws.iam_role: {name: r, managed_policies: ['%s']}}]\n"),
    ],
)
def test_values_for_a_deployment_and_roles_in_other_documents_are_unknown(compare, name, text):
    code, report = compare({"main.tf": TF_WITH_VARIABLE, name: text % "a"}, {name: text % "b"})
    assert (code, answers(report)[name]) == (1, "unknown")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".terraform.lock.hcl", 'provider "aws" {\n  version = "%s"\n}\n'),
        ("vault.hcl", 'path "secret/%s" {\n  capabilities = ["read"]\n}\n'),
        ("settings.json", '{"name": "%s"}\n'),
        ("settings.json", '{"name": "%s", "role": "arn:aws:iam::123456789012:role/r"}\n'),
        ("sa.yaml", "kind: A\nmetadata: {eks.amazonaws.com/role-arn: r}\n---\nkind: B\nmetadata: {name: '%s'}\n"),
        ("helm.yaml", "{{ if .a }}\nmetadata: {eks.amazonaws.com/role-arn: {{ .r }} }\n{{ end }}\nname: %s\n"),
    ],
)
def test_other_settings_are_no_new_access(compare, name, text):
    code, _ = compare({name: text % "a"}, {name: text % "b"})
    assert code == 0
