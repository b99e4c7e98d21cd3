"""The `iamglue` command itself: help, version, exit codes, the error boundary."""

from __future__ import annotations

import re
import subprocess
import sys

import click
import pytest

from iamglue.catalog import services
from iamglue.cli.error_boundary import run_command
from iamglue.errors import ExitCode, IamglueError, Location, MultipleErrors, NotEvaluatedError
from iamglue.version import VERSION


def raising(error: BaseException):
    def command() -> None:
        raise error

    return command


def test_version_shows_the_programs_version_and_the_date_of_the_facts(iamglue):
    result = iamglue("--version")
    assert result.stdout == f"iamglue {VERSION} (AWS reference data of {services.reference_date()})\n"
    assert re.search(r"\d{4}-\d\d-\d\d", result.stdout)


def test_python_m_iamglue_is_the_same_program():
    run = subprocess.run([sys.executable, "-m", "iamglue", "--version"], capture_output=True, text=True, check=True)
    assert run.stdout.startswith(f"iamglue {VERSION} ")


def test_without_a_command_the_help_goes_to_stderr_and_the_exit_code_is_2(iamglue):
    result = iamglue()
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Commands:" in result.stderr


def test_an_unknown_command_names_the_nearest(iamglue):
    result = iamglue("genrate")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: there is no command `genrate`; did you mean `generate`?")


@pytest.mark.parametrize("arguments", [["--nope"], ["generate", "--nope"], ["generate"], ["schema", "extra"]])
def test_bad_usage_is_2_with_a_hint_at_the_help(iamglue, arguments):
    result = iamglue(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    assert "--help`" in result.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (IamglueError("wrong"), 2),
        (MultipleErrors([IamglueError("wrong")]), 2),
        (NotEvaluatedError("no answer"), 3),
        (RuntimeError("oh"), 4),
        (RecursionError("deep"), 4),
        (click.FileError("f", "gone"), 2),
    ],
)
def test_every_error_has_its_exit_code(error, code, capsys):
    assert run_command(raising(error)) == code
    assert capsys.readouterr().out == ""


def test_an_error_is_told_with_its_place_and_hint(capsys):
    run_command(raising(IamglueError("wrong", hint="do right", location=Location("s.yaml", 3, 5))))
    assert capsys.readouterr().err == "error: s.yaml:3:5: wrong\n  hint: do right\n"


def test_each_of_several_problems_is_told(capsys):
    several = [IamglueError("b", location=Location("s", 2)), IamglueError("a", hint="h", location=Location("s", 1))]
    run_command(raising(MultipleErrors(several)))
    assert capsys.readouterr().err == "error: s:1: a\n  hint: h\nerror: s:2: b\n"


def test_a_bug_asks_for_a_report_and_shows_no_traceback(capsys):
    run_command(raising(KeyError("x")))
    shown = capsys.readouterr().err
    assert "report" in shown
    assert "Traceback" not in shown


def test_a_bug_shows_its_traceback_when_asked(capsys, monkeypatch):
    monkeypatch.setenv("IAMGLUE_DEBUG", "1")
    run_command(raising(KeyError("x")))
    assert "Traceback" in capsys.readouterr().err


def test_ctrl_c_is_130(capsys):
    assert run_command(raising(click.Abort())) == ExitCode.INTERRUPTED
    assert capsys.readouterr().err == "error: interrupted\n"


def test_ctrl_c_in_a_running_command_is_130(iamglue, monkeypatch, exif):
    monkeypatch.setattr("iamglue.cli.spec_permission_sets.read_spec", lambda _: raising(KeyboardInterrupt())())
    assert iamglue("generate", exif).exit_code == 130


def test_ctrl_c_while_a_rule_runs_names_the_rule(iamglue, monkeypatch, exif):
    interrupt = KeyboardInterrupt()
    interrupt.add_note("while the rule no-loops ran")
    monkeypatch.setattr("iamglue.cli.spec_permission_sets.read_spec", lambda _: raising(interrupt)())
    assert iamglue("generate", exif).stderr.strip() == "error: interrupted while the rule no-loops ran"


def test_control_characters_of_a_hostile_input_do_not_reach_the_terminal(capsys):
    run_command(raising(IamglueError("bad \x1b[31mred\x07 \u202etxt")))
    assert capsys.readouterr().err == "error: bad \\x1b[31mred\\x07 \\u202etxt\n"


def test_a_reader_that_closes_the_pipe_is_no_error(exif):
    program = f"{sys.executable} -m iamglue services | head -c 1; echo ${{PIPESTATUS[0]}}"
    run = subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=True)
    assert (run.stdout, run.stderr) == ("a0\n", "")
