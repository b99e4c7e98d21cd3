"""What people see: colors and progress on a terminal, none in files and pipes."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest
from architecture.source_tree import ROOT
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from support.rows import every_row
from support.terminals import CONTROL, run_in_terminal

from iamglue.cli import infer, progress
from iamglue.cli.color import paint_diff, paint_report
from iamglue.cli.help_texts import EXAMPLES, HEADINGS
from iamglue.cli.main import COMMANDS, main
from iamglue.formats.schemas import SCHEMA_NAMES

BLOG = ROOT / "examples" / "blog-post" / "policy.json"
RED = "\x1b[31m"
NAMES = [*COMMANDS, *(f"infer {name}" for name in infer.COMMANDS)]


def command(name):
    group, _, rest = name.partition(" ")
    found = main.get_command(None, group)
    return found.get_command(None, rest) if rest else found


def test_a_terminal_gets_colors(tmp_path):
    assert f"{RED}\x1b[1merror" in run_in_terminal(["lint", BLOG], tmp_path)


@pytest.mark.parametrize(
    ("arguments", "env"),
    [([], {"NO_COLOR": "1"}), (["--color", "never"], {"FORCE_COLOR": "1"}), ([], {"TERM": "dumb"})],
)
def test_colors_can_be_refused(tmp_path, arguments, env):
    assert "\x1b" not in run_in_terminal(["lint", BLOG, *arguments], tmp_path, env)


@pytest.mark.parametrize(("arguments", "env"), [(["--color", "always"], {"NO_COLOR": "1"}), ([], {"FORCE_COLOR": "1"})])
def test_colors_can_be_asked_for_in_a_pipe(iamglue, arguments, env):
    run = iamglue("lint", BLOG, *arguments, env=env)
    assert RED in run.stdout
    assert CONTROL.sub("", run.stdout) == iamglue("lint", BLOG).stdout


def test_a_pipe_gets_no_colors_where_only_stderr_is_a_terminal(tmp_path):
    piped = tmp_path / "piped"
    with piped.open("wb") as stdout:
        shown = run_in_terminal(["lint", BLOG], tmp_path, stdout=stdout)
    assert "\x1b" not in piped.read_text(encoding="utf-8")
    assert "\x1b[36m\x1b[1mnext:" in shown


def test_the_choice_of_one_run_is_not_that_of_the_next(iamglue):
    iamglue("lint", BLOG, "--color", "always")
    assert "\x1b" not in iamglue("lint", "missing.json").stderr
    assert "\x1b" not in iamglue("no-such-command").stderr


@pytest.mark.parametrize("format", ["text", "json", "markdown", "github"])
def test_a_file_gets_no_colors(iamglue, tmp_path, format):
    iamglue("lint", BLOG, "--color", "always", "--format", format, "-o", tmp_path / "report")
    assert "\x1b" not in (tmp_path / "report").read_text(encoding="utf-8")


@pytest.mark.parametrize("format", ["json", "sarif", "junit", "github", "gitlab", "markdown"])
def test_only_text_has_colors(iamglue, format):
    assert "\x1b" not in iamglue("lint", BLOG, "--color", "always", "--format", format).stdout


def test_a_files_own_control_sequences_stay_escaped_under_colors(iamglue, tmp_path):
    path = tmp_path / "policy.json"
    path.write_text('{"Version": "2012-10-17", "Statement": [], "\x1b[2J\u202e": 1}', encoding="utf-8")
    run = iamglue("lint", path, "--color", "always")
    assert "\\x1b[2J\\u202e" in run.stdout
    assert "\x1b" not in CONTROL.sub("", run.stdout)


LINES = st.lists(
    st.sampled_from(
        ["error: x", "a.json:1:2: warning: b [c-d, E_F]", "  1 | x", "    |   ^^", "  help: y", "+ a", "- b", "@@ 1"]
    )
    | st.text(st.characters(exclude_characters="\x1b\n"), max_size=20)
)


@given(LINES)
def test_colors_change_no_character(lines):
    text = "\n".join(lines)
    assert CONTROL.sub("", paint_report(text)) == text
    assert CONTROL.sub("", paint_diff(text)) == text


def test_a_diff_is_colored_by_what_is_added_and_removed(iamglue, tmp_path):
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    for name, action in (("old.json", "s3:GetObject"), ("new.json", "s3:PutObject")):
        policy = {"Version": "2012-10-17", "Statement": [{**statement, "Action": action}]}
        (tmp_path / name).write_text(json.dumps(policy), encoding="utf-8")
    shown = iamglue("diff", tmp_path / "old.json", tmp_path / "new.json", "--color", "always").stdout
    assert f"{RED}\x1b[1mnew access" in shown
    assert f"{RED}  - allow   s3:GetObject" in shown
    assert "\x1b[32m  + allow   s3:PutObject" in shown


class Stopwatch:
    """A clock of whole seconds, one for each look at it."""

    now = 0.0

    def monotonic(self):
        self.now += 1
        return self.now


def show(monkeypatch, capsys, steps):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(progress, "time", Stopwatch())
    with progress.show_progress("reading\x1b[2J") as report:
        for step in range(1, steps + 1):
            report(step, steps)
    return capsys.readouterr().err


def test_progress_is_shown_after_two_seconds_and_erased(monkeypatch, capsys):
    shown = show(monkeypatch, capsys, 4)
    assert shown.startswith("\r\x1b[Kreading\\x1b[2J: 2 of 4")
    assert shown.endswith("\r\x1b[K")


def test_short_work_shows_no_progress(monkeypatch, capsys):
    assert show(monkeypatch, capsys, 1) == ""


def test_a_run_in_a_terminal_that_takes_long_shows_progress(tmp_path):
    for number in range(3):
        (tmp_path / f"p{number}.json").write_text(BLOG.read_text(encoding="utf-8"), encoding="utf-8")
    program = (
        "import sys, iamglue.cli.progress as p\np.DELAY_SECONDS = 0\np._INTERVAL_SECONDS = 0\n"
        "from iamglue.cli.main import main\nsys.argv[0] = 'iamglue'\nmain()\n"
    )
    (tmp_path / "impatient.py").write_text(program, encoding="utf-8")
    shown = run_in_terminal(["lint", "."], tmp_path, program=[str(tmp_path / "impatient.py")])
    assert "checking files: 2 of 3" in shown
    assert shown.index("checking files") < shown.index("not-a-document")


def test_no_progress_goes_to_a_pipe():
    program = "import iamglue.cli.progress as p; p.DELAY_SECONDS = 0\nwith p.show_progress('x') as report: report(1, 2)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert (run.stdout, run.stderr) == (b"", b"")


@pytest.mark.parametrize("name", NAMES)
def test_help_ends_with_two_examples_or_more(iamglue, name):
    lines = iamglue(*name.split(), "--help").stdout.splitlines()
    examples = lines[lines.index("Examples:") + 1 :]
    assert len(examples) >= 2
    assert [line for line in examples if not line.startswith("  ") or len(line) > 80] == []


@every_row("name", EXAMPLES)
def test_the_examples_are_command_lines_that_are_understood(name):
    for example in EXAMPLES[name]:
        lexer = shlex.shlex(example.replace('"$(', "; ").replace(')"', ""), posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words = list(lexer)
        start = len(words) - words[::-1].index("iamglue")
        words = words[start:]
        words = words[: next((index for index, word in enumerate(words) if word in ("|", ">", "&&")), len(words))]
        group = command(words[0])
        leaf, rest = (group, words[1:]) if words[0] != "infer" else (group.get_command(None, words[1]), words[2:])
        leaf.make_context(words[0], rest)


@pytest.mark.parametrize("name", HEADINGS)
def test_headings_name_options_that_the_command_has(name):
    listed = {option for options in HEADINGS[name].values() for option in options}
    assert listed <= {option for parameter in command(name).params for option in parameter.opts}


@pytest.mark.parametrize("name", HEADINGS)
def test_help_shows_every_option_of_a_command_with_headings(iamglue, name):
    shown = iamglue(*name.split(), "--help").stdout
    options = [parameter.opts[-1] for parameter in command(name).params if parameter.param_type_name == "option"]
    assert [option for option in options if option not in shown] == []
    assert "General options:" in shown


@pytest.mark.parametrize("name", [name for name in NAMES if name != "infer"])
def test_every_command_has_the_option_color(iamglue, name):
    assert "--color [auto|always|never]" in iamglue(*name.split(), "--help").stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_the_script_of_the_shell(iamglue, shell):
    run = iamglue("completion", shell)
    assert run.exit_code == 0
    assert f"_IAMGLUE_COMPLETE={shell}_complete" in run.stdout


def test_bash_takes_the_script_and_completes_options(tmp_path):
    entry = tmp_path / "iamglue"
    entry.write_text(f'#!/bin/sh\nexec {sys.executable} -m iamglue "$@"\n', encoding="utf-8")
    script = CliRunner().invoke(main, ["completion", "bash"], prog_name="iamglue").stdout
    program = f"{script}\nCOMP_WORDS=(iamglue lint --unsa)\nCOMP_CWORD=2\n_iamglue_completion {entry}\necho $COMPREPLY"
    entry.chmod(0o755)
    run = subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "--unsafe-fixes", run.stderr


def test_the_help_of_schema_names_every_schema(iamglue):
    shown = re.findall(r"[\w-]+", iamglue("schema", "--help").stdout)
    assert [name for name in SCHEMA_NAMES if name not in shown] == []


def completions(*words):
    """What the last word may become, as bash is told."""
    environment = {
        "COMP_WORDS": " ".join(["iamglue", *words]),
        "COMP_CWORD": str(len(words)),
        "_IAMGLUE_COMPLETE": "bash_complete",
    }
    return CliRunner().invoke(main, [], prog_name="iamglue", env=environment).stdout.split()


@every_row(
    "words",
    [
        ("generate", "s"),
        ("lint", "s"),
        ("can", "s"),
        ("compact", "s"),
        ("diff", "s"),
        ("init", "s"),
        ("infer", "sam", "s"),
        ("infer", "trail", "s"),
        ("infer", "policy-sentry", "s"),
        ("audit", "--spec", "s"),
        ("audit", "--suggest", "s"),
        ("audit", "--only-new", "s"),
        ("lint", "-o", "s"),
        ("check", "x", "--code", "s"),
    ],
)
def test_a_shell_completes_the_names_of_files(words):
    assert completions(*words) == ["file,s"]


def test_a_shell_completes_rules_services_and_triggers():
    assert completions("rules", "unknown-act") == ["plain,unknown-action"]
    assert completions("lint", "--ignore", "one-cl") == ["plain,one-click-policy"]
    assert completions("services", "dynamod") == ["plain,dynamodb"]
    assert completions("services", "--triggers", "sq") == ["plain,sqs"]


def test_a_shell_is_told_what_the_commands_of_infer_read_and_no_command_is_imported():
    environment = {"COMP_WORDS": "iamglue infer ", "COMP_CWORD": "2", "_IAMGLUE_COMPLETE": "zsh_complete"}
    program = """
import sys
from iamglue.cli.main import main
try:
    main(prog_name="iamglue")
finally:
    print("iamglue.cli.infer_code" in sys.modules)
"""
    run = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert "code\nFrom the AWS calls in code.\n" in run.stdout
    assert run.stdout.endswith("False\n")


@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh here")
def test_zsh_without_any_configuration_takes_the_script(iamglue, tmp_path):
    script = tmp_path / "iamglue.zsh"
    script.write_text(iamglue("completion", "zsh").stdout, encoding="utf-8")
    program = f"source {script}; print $_comps[iamglue]"
    run = subprocess.run(
        ["zsh", "-f", "-c", program],
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.stdout, run.stderr) == ("_iamglue_completion\n", "")


TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
BROAD = ("s3:*", "dynamodb:*", "iam:*", "sqs:*", "kms:*")
SMALL = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/k"}


def role(number):
    """A role in authorization details; the number says how much it may do."""
    broad = [{"Effect": "Allow", "Action": action, "Resource": "*"} for action in BROAD[: number % 6]]
    policy = {"Version": "2012-10-17", "Statement": broad or [SMALL]}
    return {
        "RoleName": f"role-{number:02}",
        "Arn": f"arn:aws:iam::123456789012:role/role-{number:02}",
        "RoleId": f"AROA{number:017}",
        "Path": "/",
        "CreateDate": "2026-01-01T00:00:00Z",
        "AssumeRolePolicyDocument": TRUST,
        "RolePolicyList": [{"PolicyName": "inline", "PolicyDocument": policy}],
    }


@pytest.fixture(scope="module")
def large_account(tmp_path_factory):
    """An account of 18 roles, three of which may do little."""
    path = tmp_path_factory.mktemp("account") / "details.json"
    path.write_text(json.dumps({"RoleDetailList": [role(number) for number in range(18)]}), encoding="utf-8")
    return path


def test_an_audit_of_many_roles_fits_a_screen(large_account):
    shown = run_in_terminal(["audit", "--input", large_account, "--color", "never"], large_account.parent)
    shown = shown.rpartition("\r\x1b[K")[2]  # after the line of progress, which a slow machine shows
    assert shown.startswith("Audit: ")
    output = shown.partition("next: ")[0].splitlines()
    assert len(output) + shown.count("next: ") < 24
    assert max(map(len, output)) <= 80


def test_an_audit_shows_the_worst_roles_first_and_counts_the_others(iamglue, large_account):
    lines = iamglue("audit", "--input", large_account).stdout.splitlines()
    risks = [int(line.split()[0]) for line in lines if re.match(" {0,3}[0-9]+  role-", line)]
    assert risks == sorted(risks, reverse=True)
    left_out = [int(line.split()[0]) for line in lines if " more role" in line]
    assert left_out
    assert len(risks) + sum(left_out) == 18


def test_an_audit_of_one_role_without_findings_shows_what_it_may_do(iamglue, tmp_path):
    (tmp_path / "details.json").write_text(json.dumps({"RoleDetailList": [role(0)]}), encoding="utf-8")
    assert (
        "\n   0  role-00                                1      -  0\n"
        in iamglue("audit", "--input", tmp_path / "details.json").stdout
    )


def test_an_audit_with_suggestions_shows_their_size(iamglue, tmp_path):
    folder, spec = ROOT / "examples" / "one-click-role", ROOT / "examples" / "exif-pipeline" / "spec.yaml"
    files = ["--input", folder / "details.json", "--functions", folder / "functions.json", "--spec", spec]
    run = iamglue("audit", *files, "--suggest", tmp_path / "roles")
    assert "      replacement: 289 actions -> 5\n" in run.stdout
    assert len(run.stdout.splitlines()) < 24


def test_the_next_step_of_an_audit_is_a_command_that_shows_all(iamglue, large_account):
    run = iamglue("audit", "--input", large_account)
    (step,) = [line for line in run.stderr.splitlines() if line.startswith("next: see all details: iamglue ")]
    details = iamglue(*shlex.split(step.partition("iamglue ")[2])).stdout
    assert len(details) > len(run.stdout)
    assert details.count("  (role role-") >= 10


def test_what_an_audit_could_not_evaluate_is_on_the_screen(iamglue, tmp_path):
    missing = {"PolicyName": "gone", "PolicyArn": "arn:aws:iam::123456789012:policy/gone"}
    roles = [{**role(number), "AttachedManagedPolicies": [missing]} for number in range(18)]
    (tmp_path / "details.json").write_text(json.dumps({"RoleDetailList": roles}), encoding="utf-8")
    run = iamglue("audit", "--input", tmp_path / "details.json")
    assert run.exit_code == 3
    assert "Not evaluated:" in run.stdout
    assert len(run.stdout.splitlines()) < 24


def test_an_audit_written_to_a_file_has_all_details(iamglue, large_account, tmp_path):
    iamglue("audit", "--input", large_account, "-o", tmp_path / "audit.txt")
    full = iamglue("audit", "--input", large_account, "--verbose").stdout
    assert (tmp_path / "audit.txt").read_text(encoding="utf-8") == full


def test_the_next_step_of_lint_applies_its_fixes(iamglue, tmp_path):
    path = tmp_path / "a policy.json"
    statement = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:GetObject"], "Resource": "arn:aws:s3:::b/*"}
    path.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}), encoding="utf-8")
    run = iamglue("lint", path)
    (step,) = [line for line in run.stderr.splitlines() if line.startswith("next: ")]
    fixed = iamglue(*shlex.split(step.partition("iamglue ")[2]))
    assert "fixed 1 in 1 file" in fixed.stderr
    assert "next: " not in fixed.stderr


def test_work_of_unknown_length_shows_its_seconds(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(progress, "DELAY_SECONDS", 0)
    monkeypatch.setattr(progress, "_INTERVAL_SECONDS", 0.001)
    shown = ""
    with progress.show_elapsed("thinking"):
        while not shown:
            shown = capsys.readouterr().err
    assert re.match(r"\r\x1b\[Kthinking: \d+ s", shown)
    assert capsys.readouterr().err.endswith("\r\x1b[K")


def test_an_overview_has_colors_for_severities(iamglue, large_account):
    shown = iamglue("audit", "--input", large_account, "--color", "always").stdout
    severities = re.findall(r"^ {6}(\S*?)(?:error|security-warning|warning|suggestion)\b", shown, re.MULTILINE)
    assert severities
    assert "" not in severities
