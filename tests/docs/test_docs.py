"""The documents say what the program does."""

from __future__ import annotations

import json
import re
import tomllib

import pytest
from click.testing import CliRunner
from docs.write_docs import EXIF, PAGES, ROOT, help_text
from support.rows import every_row

from iamglue.cli import infer
from iamglue.cli.main import COMMANDS, main
from iamglue.errors import ExitCode
from iamglue.formats.policies.renderer import FORMATS
from iamglue.readers.usage_file import read_usage
from iamglue.version import VERSION

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS_PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
WRITTEN = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
SET_UP = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)


@pytest.mark.parametrize("path", PAGES, ids=[path.name for path in PAGES])
def test_computed_pages_are_up_to_date(path):
    assert path.read_text(encoding="utf-8") == PAGES[path](), "run `make docs`"


def test_the_readme_begins_with_the_two_set_up_commands():
    blocks = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
    assert [block[1].strip() for block in blocks[:2]] == SET_UP


def test_the_automatic_checks_run_the_readmes_second_command_and_then_only_spark():
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    after = " ".join(line.strip() for line in lines[lines.index(SET_UP[1]) + 1 :] if not line.startswith("#"))
    assert re.fullmatch(
        r' java=\$\(.*\) if \[ "\$\{java:-0\}" -ge 17 \]; then make test-spark else echo "Spark was not tried: .*" fi',
        after,
    )
    assert "`make test-spark`" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_contributors_are_told_the_same_command():
    assert SET_UP[1] in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_the_readme_shows_the_examples_spec():
    shown = re.search(r"```yaml\n(.*?)```", README, re.DOTALL)[1]
    ours = (ROOT / "examples" / "exif-pipeline" / "spec.yaml").read_text(encoding="utf-8")
    assert _without_comments(shown) == _without_comments(ours)


def test_the_readme_shows_the_examples_policy():
    shown = re.search(r"```json\n(.*?)```", README, re.DOTALL)[1]
    assert shown == CliRunner().invoke(main, ["generate", str(EXIF)]).stdout


def test_the_readme_names_exactly_the_commands_there_are():
    assert set(re.findall(r"^\| `iamglue (\w+)", README, re.MULTILINE)) == set(COMMANDS)


def test_the_readme_names_every_format():
    assert [name for name in FORMATS if f"`{name}`" not in README] == []


def test_the_page_of_the_commands_names_every_exit_code():
    table = COMMANDS_PAGE.partition("## Exit codes")[2].partition("\n## ")[0]
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)} == {int(code) for code in ExitCode}


def test_every_command_that_the_pages_show_has_the_options_they_show():
    pages = "\n".join(path.read_text(encoding="utf-8") for path in WRITTEN if path.name != "cli.md")
    for line in re.findall(r"^(?:\$ )?(iamglue (?:.*\\\n)*.*)$", pages, re.MULTILINE):
        words = line.split()
        command = " ".join(words[1:3]) if words[1] == "infer" else words[1]
        options = re.findall(r"(?<= )--?[a-z-]+", line.partition("#")[0].partition(">")[0].partition("|")[0])
        assert [o for o in options if o not in help_text(command)] == [], line


@every_row("name", ["", *COMMANDS, *(f"infer {name}" for name in infer.COMMANDS)])
def test_help_fits_in_80_columns_and_has_no_marks(name):
    assert "\\b" not in help_text(name)
    assert [line for line in help_text(name).splitlines() if len(line) > 80] == []


@every_row("name", COMMANDS)
def test_every_option_has_help(name):
    command = main.get_command(None, name)
    assert [p.name for p in command.params if p.param_type_name == "option" and not p.help] == []


def test_the_line_of_the_table_is_the_line_of_the_commands_list():
    shown = " ".join(help_text("").split())
    assert [name for name, (_, line) in COMMANDS.items() if line not in shown] == []


def test_documents_link_to_files_that_are_there():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
    links = [
        (page, link)
        for page in pages
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
        if "://" not in link
    ]
    assert [f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()] == []


def test_the_changelog_knows_the_version_or_is_unreleased():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[(Unreleased|{re.escape(VERSION)})\]", text, re.MULTILINE)


def test_the_lock_file_names_no_index_and_holds_every_requirement():
    lock = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    locked = {_normal(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE)}
    assert {_normal(re.match(r"[A-Za-z0-9._-]+", requirement)[0]) for requirement in wanted} <= locked
    assert re.search(r"https?://|file:|--(extra-)?index-url|--find-links", lock) is None


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _without_comments(text: str) -> list[str]:
    return [line.partition("#")[0].rstrip() for line in text.splitlines() if line.partition("#")[0].strip()]


def test_the_examples_policy_has_five_actions():
    policy = json.loads(CliRunner().invoke(main, ["generate", str(EXIF)]).stdout)
    assert sum(len(statement["Action"]) for statement in policy["Statement"]) == 5


@every_row("path", WRITTEN)
def test_the_pages_name_only_commands_there_are(path):
    assert set(re.findall(r"`iamglue ([a-z]+)", path.read_text(encoding="utf-8"))) <= set(COMMANDS)


def test_the_usage_file_shown_is_one_that_audit_takes():
    page = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    usage = read_usage("usage.json", shown)
    assert len(usage.access) == len(usage.coverage) == 1


def test_no_page_installs_iamglue_from_an_index_that_does_not_have_it():
    # An extra of the installed package is no such case: pip takes the package that is there.
    pages = [*ROOT.glob("docs/**/*.md"), ROOT / "CONTRIBUTING.md"]
    texts = {path.name: path.read_text(encoding="utf-8") for path in pages}
    assert [name for name, text in texts.items() if re.search(r"(?:pip|pipx) install iamglue\b(?!\[)", text)] == []
