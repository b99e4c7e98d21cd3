"""`iamglue lint` as its users run it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from architecture.source_tree import ROOT

from iamglue.lint.rule_table import FILE_RULES

GOOD = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bkt/*"}],
}
BAD = json.dumps(GOOD).replace("GetObject", "GetObjekt")
REDUNDANT = json.dumps(GOOD).replace('"s3:GetObject"', '["s3:GetObject", "s3:Get*"]')
YAML_BAD = (
    "Version: '2012-10-17'\nStatement:\n  - Effect: Allow\n    Action: s3:GetObjekt{comment}\n    Resource: '*'\n"
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return name


def found(run) -> list[str]:
    """The rules of a JSON report."""
    return [finding["rule"] for finding in json.loads(run.stdout)["findings"]]


def test_a_sound_policy_prints_nothing_and_exits_0(iamglue, folder):
    run = iamglue("lint", write(folder, "p.json", json.dumps(GOOD)))
    assert (run.exit_code, run.stdout) == (0, "")
    assert run.stderr == "1 policy in 1 file: nothing found\n"


def test_a_fault_exits_1_and_points_at_its_place(iamglue, folder):
    run = iamglue("lint", write(folder, "p.json", BAD))
    assert run.exit_code == 1
    assert run.stdout.startswith(
        "p.json:1:71: error: `s3:GetObjekt` does not exist: the service has no such action [unknown-action"
    )
    assert "did you mean `s3:GetObject`?" in run.stdout


def test_a_file_that_cannot_be_read_exits_2_and_the_others_are_linted(iamglue, folder):
    run = iamglue("lint", "none.json", write(folder, "p.json", BAD))
    assert run.exit_code == 2
    assert "none.json: cannot read the file: there is no such file" in run.stderr
    assert "GetObjekt" in run.stdout


def test_a_check_that_fails_exits_3_and_is_no_clean_run(iamglue, folder, monkeypatch):
    from iamglue.lint.rules.document import missing_version
    from iamglue.lint.run import _checks

    def check(_policy):
        raise KeyError("x")
        yield

    monkeypatch.setattr(missing_version, "check", check)
    _checks.cache_clear()
    run = iamglue("lint", write(folder, "p.json", json.dumps(GOOD)), "--format", "json")
    _checks.cache_clear()
    assert run.exit_code == 3
    assert json.loads(run.stdout)["not_evaluated"][0]["kind"] == "failed"


def test_malformed_json_is_a_finding_not_a_bad_usage(iamglue, folder):
    run = iamglue("lint", write(folder, "p.json", BAD[:-2]), "--format", "json")
    assert run.exit_code == 1
    assert found(run) == ["syntax-error"]


@pytest.mark.parametrize("text", ["{}", "[]", '{"name": "x"}', "null"])
def test_a_file_without_policies_says_so(iamglue, folder, text):
    run = iamglue("lint", write(folder, "p.json", text))
    assert run.exit_code == 0
    assert "note: no policy found in p.json" in run.stderr


def test_a_directory_stands_for_its_files(iamglue, folder):
    write(folder, "a/p.json", BAD)
    write(folder, "a/b/p.yaml", YAML_BAD.format(comment=""))
    write(folder, "a/.hidden/p.json", BAD)
    write(folder, "a/node_modules/p.json", BAD)
    write(folder, "a/notes.txt", BAD)
    run = iamglue("lint", "a", "--format", "json")
    paths = sorted(finding["location"]["path"] for finding in json.loads(run.stdout)["findings"])
    assert paths == [str(Path("a", "b", "p.yaml")), str(Path("a", "p.json"))]


def test_text_from_stdin_has_the_name_that_is_given(iamglue, folder):
    run = iamglue("lint", "-", "--stdin-filename", "roles/p.json", "--format", "json", stdin=BAD)
    assert json.loads(run.stdout)["findings"][0]["location"]["path"] == "roles/p.json"


def test_the_kind_of_policy_is_found_or_given(iamglue, folder):
    trust = {
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    }
    path = write(folder, "p.json", json.dumps(trust | {"Version": "2012-10-17"}))
    assert iamglue("lint", path).exit_code == 0
    run = iamglue("lint", path, "--type", "identity", "--format", "json")
    assert {"unsupported-principal", "missing-element"} <= set(found(run))


def test_fail_on_sets_what_counts(iamglue, folder):
    path = write(folder, "p.json", REDUNDANT)
    assert iamglue("lint", path).exit_code == 0
    assert iamglue("lint", path, "--fail-on", "suggestion").exit_code == 1


def test_rules_are_selected_and_ignored_by_slug_code_and_class(iamglue, folder):
    path = write(folder, "p.json", BAD.replace('"arn:aws:s3:::bkt/*"', '"*"').replace("s3:GetObjekt", "s3:*"))
    assert found(iamglue("lint", path, "--format", "json")) == ["broad-access"]
    assert found(iamglue("lint", path, "--format", "json", "--ignore", "breadth")) == []
    assert found(iamglue("lint", path, "--format", "json", "--select", "INVALID_ACTION")) == []
    assert found(iamglue("lint", path, "--format", "json", "--select", "broad-access,unknown-action")) == [
        "broad-access"
    ]


def test_a_rule_that_does_not_exist_is_refused_with_the_nearest(iamglue, folder):
    run = iamglue("lint", write(folder, "p.json", BAD), "--ignore", "unknown-actoin")
    assert run.exit_code == 2
    assert "did you mean `unknown-action`?" in run.stderr


# --- fixes ---


def test_fix_makes_safe_fixes_in_place(iamglue, folder):
    path = write(folder, "p.json", REDUNDANT)
    run = iamglue("lint", path, "--fix", "--fail-on", "suggestion")
    assert run.exit_code == 0
    assert (folder / path).read_text() == REDUNDANT.replace('"s3:GetObject", ', "")
    assert "fixed 1 in 1 file\n" in run.stderr


def test_unsafe_fixes_are_made_only_when_asked_for(iamglue, folder):
    path = write(folder, "p.json", BAD)
    assert iamglue("lint", path, "--fix").exit_code == 1
    assert (folder / path).read_text() == BAD
    assert iamglue("lint", path, "--unsafe-fixes").exit_code == 0
    assert (folder / path).read_text() == json.dumps(GOOD)


def test_diff_shows_and_writes_nothing(iamglue, folder):
    path = write(folder, "p.json", REDUNDANT + "\n")
    run = iamglue("lint", path, "--diff")
    assert run.exit_code == 1
    assert run.stdout.splitlines()[:3] == ["--- p.json", "+++ p.json", "@@ -1 +1 @@"]
    assert (folder / path).read_text() == REDUNDANT + "\n"


def test_a_mended_text_of_stdin_goes_to_stdout(iamglue, folder):
    run = iamglue("lint", "-", "--fix", stdin=REDUNDANT)
    assert run.stdout == REDUNDANT.replace('"s3:GetObject", ', "")


def test_a_byte_order_mark_and_line_ends_survive_a_fix(iamglue, folder):
    text = json.dumps(json.loads(REDUNDANT), indent=2).replace("\n", "\r\n")
    (folder / "p.json").write_bytes(b"\xef\xbb\xbf" + text.encode())
    iamglue("lint", "p.json", "--fix")
    mended = (folder / "p.json").read_bytes()
    assert mended.startswith(b"\xef\xbb\xbf{")
    assert mended == b"\xef\xbb\xbf" + text.replace('"s3:GetObject",\r\n        ', "").encode()


def test_the_blog_posts_policy_comes_out_right(iamglue, folder):
    example = ROOT / "examples" / "blog-post" / "policy.json"
    path = write(folder, "p.json", example.read_text(encoding="utf-8"))
    values = ("--set", "Region=eu-west-1", "--set", "Account=123456789012")
    run = iamglue("lint", path, "--fix", "--unsafe-fixes", *values)
    assert run.exit_code == 0
    needed = ROOT / "examples" / "exif-pipeline" / "expected" / "policy.json"
    assert iamglue("diff", path, needed).exit_code == iamglue("diff", needed, path).exit_code == 0


@pytest.mark.parametrize("setting", ["Region", "=x", "Region=", "Region=*", "Region=a${b}", 'Region=a"b'])
def test_a_setting_that_could_widen_or_break_a_policy_is_refused(iamglue, folder, setting):
    run = iamglue("lint", write(folder, "p.json", BAD), "--fix", "--set", setting)
    assert run.exit_code == 2


def test_a_setting_of_the_configuration_that_could_widen_or_break_a_policy_is_refused(iamglue, folder):
    write(folder, ".iamglue.toml", "[lint.set]\nBucket = 'a\"b'\n")
    run = iamglue("lint", write(folder, "p.json", BAD), "--fix")
    assert run.exit_code == 2
    assert ".iamglue.toml: set.Bucket: " in run.stderr


# --- suppressions, baseline, configuration ---


def test_a_comment_with_a_reason_suppresses(iamglue, folder):
    path = write(folder, "p.yaml", YAML_BAD.format(comment="  # iamglue: ignore[unknown-action] it is new"))
    run = iamglue("lint", path)
    assert run.exit_code == 0
    assert "1 suppressed" in run.stderr


def test_a_comment_above_a_block_holds_for_all_of_it(iamglue, folder):
    text = YAML_BAD.format(comment="").replace(
        "  - Effect", "  # iamglue: ignore[unknown-action] it is new\n  - Effect"
    )
    assert iamglue("lint", write(folder, "p.yaml", text)).exit_code == 0
    other = text + "  - Effect: Allow\n    Action: s3:PutObjekt\n    Resource: '*'\n"
    assert found(iamglue("lint", write(folder, "q.yaml", other), "--format", "json")) == ["unknown-action"]


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("  # iamglue: ignore[unknown-action]", "its reason is missing"),
        ("  # iamglue: ignore[empty-sid] not that", "is unused"),
        ("  # iamglue: ignore[no-such-rule] why", "is unused"),
    ],
)
def test_a_comment_that_suppresses_nothing_is_a_finding(iamglue, folder, comment, message):
    run = iamglue("lint", write(folder, "p.yaml", YAML_BAD.format(comment=comment)), "--format", "json")
    findings = {each["rule"]: each for each in json.loads(run.stdout)["findings"]}
    assert set(findings) == {"unknown-action", "unused-suppression"}
    assert message in findings["unused-suppression"]["message"]


def test_a_baseline_leaves_out_what_was_there_and_no_more(iamglue, folder):
    path = write(folder, "p.json", BAD)
    assert iamglue("lint", path, "--write-baseline", "base.json").exit_code == 0
    assert iamglue("lint", path, "--baseline", "base.json").exit_code == 0
    write(folder, "p.json", BAD.replace('"Effect"', '\n\n"Sid": "-", "Effect"'))
    assert found(iamglue("lint", path, "--baseline", "base.json", "--format", "json")) == ["invalid-sid-characters"]


def test_a_second_fault_of_a_kind_is_not_in_the_baseline(iamglue, folder):
    path = write(folder, "p.json", BAD)
    iamglue("lint", path, "--write-baseline", "base.json")
    write(folder, "p.json", BAD.replace('"s3:GetObjekt"', '["s3:GetObjekt", "s3:GetObjekt"]'))
    rules = found(iamglue("lint", path, "--baseline", "base.json", "--format", "json", "--select", "unknown-action"))
    assert rules == ["unknown-action"]


def test_a_suppression_of_the_configuration_that_matches_nothing_in_a_file_is_noted(iamglue, folder):
    write(folder, ".iamglue.toml", '[[suppress]]\nrule = "empty-sid"\npath = "p.json"\nreason = "a test"\n')
    run = iamglue("lint", write(folder, "p.json", BAD))
    assert run.exit_code == 1
    assert "the suppression of empty-sid (a test) has no effect" in run.stderr


@pytest.mark.parametrize("text", ["", "[]", '{"version": 1, "findings": []}', '{"version": 2, "findings": [{}]}'])
def test_a_file_that_is_no_baseline_is_refused(iamglue, folder, text):
    write(folder, "base.json", text)
    assert iamglue("lint", write(folder, "p.json", BAD), "--baseline", "base.json").exit_code == 2


def test_the_configuration_of_the_project_holds(iamglue, folder):
    write(folder, "pyproject.toml", '[tool.iamglue.lint]\nignore = ["unknown-action"]\n')
    assert iamglue("lint", write(folder, "p.json", BAD)).exit_code == 0


def test_the_command_line_wins_over_the_configuration(iamglue, folder):
    write(folder, ".iamglue.toml", '[lint]\nfail-on = "suggestion"\nselect = ["redundant-action"]\n')
    path = write(folder, "p.json", REDUNDANT)
    assert iamglue("lint", path).exit_code == 1
    assert iamglue("lint", path, "--fail-on", "error").exit_code == 0
    assert iamglue("lint", path, "--select", "unknown-action").exit_code == 0


def test_settings_for_some_files(iamglue, folder):
    write(folder, ".iamglue.toml", '[[lint.per-file]]\npath = "scps/*"\ntype = "scp"\nignore = ["unknown-action"]\n')
    write(folder, "scps/p.json", BAD)
    write(folder, "p.json", BAD)
    run = iamglue("lint", "scps/p.json", "p.json", "--format", "json")
    assert [finding["location"]["path"] for finding in json.loads(run.stdout)["findings"]] == ["p.json"]


def test_an_entry_of_the_configuration_suppresses_until_its_date(iamglue, folder):
    entry = '[[suppress]]\nrule = "unknown-action"\npath = "p.json"\nreason = "it is new"\n'
    path = write(folder, "p.json", BAD)
    write(folder, ".iamglue.toml", entry + "until = 2999-01-01\n")
    assert iamglue("lint", path).exit_code == 0
    write(folder, ".iamglue.toml", entry + "until = 2020-01-01\n")
    run = iamglue("lint", path)
    assert run.exit_code == 1
    assert "expired on 2020-01-01" in run.stderr


def test_an_entry_for_one_statement_leaves_the_others(iamglue, folder):
    statement = '{"Sid": "%s", "Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"}'
    text = f'{{"Version": "2012-10-17", "Statement": [{statement % "A"}, {statement % "B"}]}}'
    write(folder, ".iamglue.toml", '[[suppress]]\nrule = "unknown-action"\npath = "*"\nsid = "A"\nreason = "new"\n')
    run = iamglue("lint", write(folder, "p.json", text), "--select", "unknown-action", "--format", "json")
    assert [each["location"]["pointer"] for each in json.loads(run.stdout)["findings"]] == ["/Statement/1/Action"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[lint]\nselct = []\n", "did you mean `select`?"),
        ("[lnit]\n", "did you mean `lint`?"),
        ('[lint]\nfail-on = "eror"\n', "`eror` is not a valid value of `fail-on`"),
        ("[lint]\nselect = [1]\n", "`select` must be a list of strings"),
        ('[lint]\nselect = ["nope"]\n', "there is no rule `nope`"),
        ('[[suppress]]\nrule = "empty-sid"\npath = "*"\n', "`rule` and `reason` are required"),
        ('[[suppress]]\nrule = "empty-sid"\nreason = "x"\n', "needs `path`"),
        ('[[suppress]]\nrule = "r"\nreason = "x"\nrole = "a"\nfunction = "b"\n', "`r` has `role` and `function`"),
        ("[lint\n", "malformed TOML"),
    ],
)
def test_a_wrong_configuration_is_refused(iamglue, folder, text, message):
    write(folder, ".iamglue.toml", text)
    run = iamglue("lint", write(folder, "p.json", BAD))
    assert run.exit_code == 2
    assert message in run.stderr


# --- specs, reports, many files ---


def test_a_spec_is_linted_by_the_policies_it_gives(iamglue, folder, exif):
    run = iamglue("lint", exif, "--pedantic", "--format", "json")
    assert run.exit_code == 0
    assert json.loads(run.stdout)["summary"]["policies"] == 2
    spec = "iamglue: 1\nfunction: f\nraw:\n  - actions: ['s3:*']\n    resources: ['*']\n    why: x\n"
    assert found(iamglue("lint", write(folder, "spec.yaml", spec), "--format", "json")) == ["broad-access"]


def test_an_error_of_a_spec_is_a_finding(iamglue, folder):
    spec = "iamglue: 1\nfunction: f\nraeds:\n  - s3: bkt\n"
    run = iamglue("lint", write(folder, "spec.yaml", spec), "--format", "json")
    (finding,) = json.loads(run.stdout)["findings"]
    assert (finding["rule"], finding["location"]["line"]) == ("malformed-spec", 3)


CASES = [
    (slug, case, bad) for slug, m in FILE_RULES.items() for bad in (True, False) for case in (m.BAD if bad else m.GOOD)
]


@pytest.mark.parametrize(("slug", "case", "bad"), CASES, ids=[f"{s}-{n}" for n, (s, _, _) in enumerate(CASES)])
def test_cases_of_rules_about_files(iamglue, folder, slug, case, bad):
    name = "p.json" if case.text.lstrip()[:1] in ("{", "[") else "p.yaml"
    run = iamglue("lint", write(folder, name, case.text), "--format", "json", "--select", f"{slug},unknown-action")
    assert (slug in found(run)) is bad


def test_a_report_goes_into_a_file(iamglue, folder):
    run = iamglue("lint", write(folder, "p.json", BAD), "--format", "sarif", "-o", "out.sarif")
    assert (run.exit_code, run.stdout) == (1, "")
    assert json.loads((folder / "out.sarif").read_text())["version"] == "2.1.0"


def test_many_files_in_several_processes_give_the_report_of_one(iamglue, folder):
    for number in range(310):
        write(folder, f"many/p{number:03}.json", BAD if number % 3 else json.dumps(GOOD))
    one = iamglue("lint", "many", "--format", "json", "--jobs", "1")
    two = iamglue("lint", "many", "--format", "json", "--jobs", "2")
    assert one.stdout == two.stdout
    assert json.loads(one.stdout)["summary"]["files"] == 310


def test_hostile_names_do_nothing_to_the_terminal(iamglue, folder):
    text = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:\x1b[2Jx", "Resource": "*"}]}
    )
    run = iamglue("lint", write(folder, "p.json", text))
    assert "\x1b" not in run.stdout + run.stderr


def test_a_document_that_is_a_file_and_part_of_another_is_reported_once(folder, iamglue):
    write(folder, "iam.yml", "- {Effect: Allow, Action: 's3:GetObjekt', Resource: '*'}\n")
    write(
        folder,
        "serverless.yml",
        "service: a\nprovider: {name: aws, iam: {role: {statements: '${file(iam.yml)}'}}}\n"
        "functions: {f: {handler: a.b}}\n",
    )
    assert found(iamglue("lint", ".", "--format", "json")).count("unknown-action") == 1


def test_an_endpoint_policy_passes_no_role(folder, iamglue):
    policy = {**GOOD, "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}
    endpoint = {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"PolicyDocument": policy}}
    write(folder, "template.json", json.dumps({"Resources": {"Endpoint": endpoint}}))
    assert found(iamglue("lint", "template.json", "--format", "json")) == []


def test_the_next_command_does_not_name_hundreds_of_files(iamglue, folder):
    text = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}'
    names = [write(folder, f"good{number}.json", text) for number in range(20)]
    bad = write(folder, "bad.json", text.replace("GetObject", "GetObjekt"))
    run = iamglue("lint", bad, *names, "--pedantic")
    assert f"next: see what fixes would change: iamglue lint --unsafe-fixes --diff --pedantic {bad}\n" in run.stderr


@pytest.mark.parametrize("format", ["json", "sarif", "github", "gitlab", "junit", "markdown"])
@pytest.mark.parametrize("content", [b"\xff", b"version https://git-lfs.github.com/spec/v1\n"])
def test_a_report_of_every_format_says_which_file_could_not_be_read(iamglue, folder, format, content):
    (folder / "unread.json").write_bytes(content)
    run = iamglue("lint", "unread.json", "--format", format)
    assert run.exit_code == 2
    assert "unread.json" in run.stdout


def test_sarif_of_a_file_that_could_not_be_read_is_no_success(iamglue, folder):
    (folder / "unread.json").write_bytes(b"\xff")
    (invocation,) = json.loads(iamglue("lint", "unread.json", "--format", "sarif").stdout)["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False


def test_a_run_that_checked_no_file_does_not_say_that_nothing_was_found(iamglue, tmp_path):
    run = iamglue("lint", tmp_path / "no-such-file.json")
    assert run.exit_code == 2
    assert run.stderr.splitlines()[-1] == "no file was checked; 1 could not be read"
