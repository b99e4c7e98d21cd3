"""Hostile inputs for every reader, through the command line: `make fuzz-hostile`, or `hostile.py COUNT [SEED [FIRST]]`.

The same seed gives the same inputs. Whatever stands in them: the exit code is a documented one and never 4, nothing
is raised, the output is bounded, and nothing in it acts on a terminal or the log of a CI job.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from click.testing import CliRunner

sys.path[:0] = [str(Path(__file__).parents[1])]  # as a program; the tests have it already

from fuzz import hostile_seeds as seeds  # noqa: E402
from fuzz.hostile_texts import hostile, order  # noqa: E402
from support.ci_log import commands, unseen  # noqa: E402

from iamglue.cli.main import main  # noqa: E402

CODES = (0, 1, 2, 3)
# What people read of a file of a megabyte at most.
MOST_OUTPUT = 8_000_000
LINT = ("text", "json", "sarif", "junit", "github", "gitlab", "markdown")
AUDIT = ("text", "json", "sarif", "junit", "github", "markdown", "html")
GENERATE = ("json", "yaml", "cloudformation", "sam", "terraform", "serverless", "aws-cli")
_ACTION = ("--action", "s3:GetObject", "--resource", "arn:aws:s3:::b/k")
_EXPORTED = ("audit", "--input", "export.json", "--functions", "functions.json")


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads a hostile file: the file's names, what valid ones hold, and the commands, in which `@` names it."""

    names: tuple[str, ...]
    texts: tuple[str, ...]
    commands: tuple[tuple[str, ...], ...]
    formats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A hostile file and the command that reads it."""

    reader: str
    name: str
    data: bytes
    arguments: tuple[str, ...]


_LINT = (("lint", "@"), ("lint", "@", "--pedantic"), ("lint", "@", "--fix", "--unsafe-fixes", "--diff"))
_TEMPLATE = (*_LINT, ("audit", "--template", "@", "--jobs", "1"))
_POLICY = (
    *_LINT,
    ("diff", "@", "good.json"),
    ("diff", "good.json", "@"),
    ("can", "@", *_ACTION),
    ("can", "good.json", *_ACTION, "--resource-policy", "@"),
    ("compact", "@"),
    ("compact", "@", "--limit", "120"),
)


def _dump(*data: object) -> tuple[str, ...]:
    return tuple(json.dumps(each, indent=1) for each in data)


READERS = {
    "policy JSON": Reader(("p.json",), _dump(seeds.POLICY, seeds.TRUST, seeds.BUCKET), _POLICY),
    "policy YAML": Reader(("p.yaml", "p.yml"), (seeds.POLICY_YAML, seeds.POLICY_YAML.split("- <<")[0]), _POLICY),
    "AWS CLI output": Reader(("out.json",), _dump(*seeds.CLI_OUTPUTS), _LINT),
    "CloudFormation": Reader(("t.json", "t.yaml"), (*_dump(seeds.TEMPLATE), seeds.TEMPLATE_YAML), _TEMPLATE),
    "SAM": Reader(("t.json", "template.yaml"), _dump(seeds.SAM), _TEMPLATE),
    "Serverless": Reader(("serverless.yml",), (seeds.SERVERLESS,), _TEMPLATE),
    "Terraform": Reader(("main.tf",), (seeds.TERRAFORM,), _TEMPLATE),
    "Terraform JSON": Reader(("main.tf.json",), _dump(seeds.TERRAFORM_JSON), _TEMPLATE),
    "Terraform plan": Reader(("plan.json",), _dump(seeds.PLAN), _TEMPLATE),
    "spec": Reader(
        ("spec.yaml",),
        (seeds.SPEC,),
        (
            ("generate", "@"),
            ("generate", "@", "--explain", "--region", "eu-west-1", "--account", seeds.ACCOUNT),
            ("lint", "@"),
            ("diff", "good.json", "--against", "@", "--region", "eu-west-1", "--account", seeds.ACCOUNT),
            (*_EXPORTED, "--spec", "@"),
        ),
    ),
    "account export": Reader(
        ("e.json",),
        _dump(seeds.EXPORT),
        (("audit", "--input", "@"), ("audit", "--input", "@", "--functions", "functions.json", "--suggest", "out")),
    ),
    "functions": Reader(
        ("f.json",), _dump(seeds.FUNCTIONS), (("audit", "--input", "export.json", "--functions", "@"),)
    ),
    "saved account": Reader(
        ("s.json",), (), (("audit", "--input", "@"), ("audit", "--input", "@", "--suggest", "out"))
    ),
    "usage": Reader(("u.json",), _dump(seeds.USAGE), ((*_EXPORTED, "--usage", "@"),)),
    "baseline": Reader(("b.json",), (), (("lint", "good.json", "--baseline", "@"), (*_EXPORTED, "--baseline", "@"))),
    "report": Reader(("r.json",), (), ((*_EXPORTED, "--only-new", "@"),)),
    "configuration": Reader(
        (".iamglue.toml", "pyproject.toml"), (seeds.CONFIGURATION,), (("lint", "good.json"), _EXPORTED)
    ),
    "requests": Reader(("q.jsonl",), (seeds.REQUESTS,), (("can", "good.json", "--requests", "@"),)),
    "denial": Reader(("d.txt",), (seeds.DENIAL,), (("can", "--error", "@"), ("can", "good.json", "--error", "@"))),
    "file name": Reader(("",), _dump(seeds.POLICY), (("lint", "@"), ("lint", "."), ("diff", "@", "good.json"))),
    "arguments": Reader(
        ("p.json",),
        _dump(seeds.POLICY),
        (
            ("can", "@", "--action", "?", "--resource", "?", "--context", "aws:RequestTag/a=?", "--principal", "?"),
            ("can", "@", *_ACTION, "--context", "aws:RequestTag/a=?"),
            ("lint", "@", "--set", "Name=?"),
            ("lint", "@", "--select", "?"),
            ("services", "?"),
            ("services", "s3", "?"),
            ("rules", "?"),
            ("?",),
        ),
    ),
}


def prepare(folder: Path) -> dict[str, str]:
    """Write the files that stand beside the hostile one; the texts of what iamglue itself writes, by reader."""
    _write(folder, "good.json", json.dumps(seeds.POLICY).encode())
    _write(folder, "export.json", json.dumps(seeds.EXPORT).encode())
    _write(folder, "functions.json", json.dumps(seeds.FUNCTIONS).encode())
    written = {
        "saved account": (*_EXPORTED, "--save", "written.json"),
        "baseline": (*_EXPORTED, "--write-baseline", "written.json"),
        "report": (*_EXPORTED, "--format", "json", "-o", "written.json"),
    }
    texts = {}
    for reader, arguments in written.items():
        code, _, _ = invoke(arguments, folder)
        if code not in (0, 1, 3):
            raise RuntimeError(f"{arguments} exits {code}")
        texts[reader] = (folder / "written.json").read_text(encoding="utf-8")
    (folder / "written.json").unlink()
    return texts


def cases(count: int, seed: int, own: dict[str, str], first: int = 0) -> Iterator[Case]:
    """`count` cases; each depends on the seed and its number alone, and every reader comes round."""
    names = list(READERS)
    for number in range(first, first + count):
        random = Random(f"{seed}:{number}")
        yield _case(random, names[number % len(names)], own)


def _case(random: Random, name: str, own: dict[str, str]) -> Case:
    reader = READERS[name]
    text = own.get(name) or random.choice(reader.texts)
    file, data = random.choice(reader.names), hostile(random, text)
    if name == "file name":
        file, data = _file_name(random), text.encode()
    command = random.choice(reader.commands)
    arguments = [order(random) if word == "?" else file if word == "@" else word for word in command]
    arguments = [word.replace("=?", f"={order(random)}") for word in arguments]
    if command[0] in ("lint", "audit") and "--diff" not in command:
        arguments += ["--format", random.choice(LINT if command[0] == "lint" else AUDIT)]
    elif command[0] == "generate":
        arguments += ["--format", random.choice(GENERATE)]
    elif command[0] == "diff":
        arguments += ["--format", random.choice(("text", "json", "markdown"))]
    return Case(name, file, data, tuple(arguments))


def _file_name(random: Random) -> str:
    name = f"{order(random)[:60]}{random.choice(('', 'x', order(random)[:20]))}.json"
    name = name.replace("/", "_").replace("\x00", "").replace("\ud800", "\udc80")
    return f"./{name}" if name.startswith("-") else name


def invoke(arguments: tuple[str, ...], folder: Path) -> tuple[int, str, str]:
    """The exit code, stdout and stderr of a command in this process. Raises whatever it raises."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        result = CliRunner().invoke(main, list(arguments), env={"GITHUB_ACTIONS": "true", "IAMGLUE_DEBUG": "1"})
    finally:
        os.chdir(before)
        gc.enable()
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def faults(arguments: tuple[str, ...], code: int, out: str, err: str) -> list[str]:
    """What is wrong with the outcome of a command; nothing where every property holds."""
    found = [] if code in CODES else [f"exit code {code}: {err[-1500:]}"]
    # With this format the commands are iamglue's own, each at the start of its line.
    ours = [] if "github" not in arguments else [line for line in out.split("\n") if line.startswith("::")]
    found += [f"a command in stdout: {line[:200]!a}" for line in commands(out) if line not in ours]
    found += [f"a command in stderr: {line[:200]!a}" for line in commands(err)]
    found += [
        f"unseen in {name}: {unseen(text)!a}" for name, text in (("stdout", out), ("stderr", err)) if unseen(text)
    ]
    found += [f"{len(text):,} characters of output" for text in (out, err) if len(text) > MOST_OUTPUT]
    return found


def outcome(case: Case, folder: Path) -> tuple[int, list[str]]:
    """The exit code of a case and what is wrong with it."""
    try:
        _write(folder, case.name, case.data)
    except OSError:  # a name that the file system does not take
        return 2, []
    try:
        code, out, err = invoke(case.arguments, folder)
        return code, faults(case.arguments, code, out, err)
    except Exception as error:  # noqa: BLE001 - any is a fault
        return 4, [f"raised {type(error).__name__}: {error}"]
    finally:
        (folder / case.name).unlink(missing_ok=True)


def _write(folder: Path, name: str, data: bytes) -> None:
    (folder / name).write_bytes(data)


def run(
    count: int, seed: int, folder: Path, first: int = 0
) -> tuple[Counter[tuple[str, int]], list[tuple[int, Case, str]]]:
    """The number of cases by reader and exit code, and the faults, each with its case's number."""
    own = prepare(folder)
    counts: Counter[tuple[str, int]] = Counter()
    found: list[tuple[int, Case, str]] = []
    for number, case in enumerate(cases(count, seed, own, first), start=first):
        code, wrong = outcome(case, folder)
        counts[case.reader, code] += 1
        found += [(number, case, each) for each in wrong]
        if wrong:
            print(f"{number} {case.reader} {case.arguments!a}: {wrong[0]}", file=sys.stderr, flush=True)  # noqa: T201
    return counts, found


def table(counts: Counter[tuple[str, int]]) -> str:
    """The counts by reader and exit code."""
    codes = sorted({code for _, code in counts})
    lines = [f"{'reader':<18}" + "".join(f"{f'exit {code}':>9}" for code in codes) + f"{'all':>9}"]
    for reader in [*READERS, "all"]:
        row = [sum(n for (name, of), n in counts.items() if of == code and reader in (name, "all")) for code in codes]
        lines.append(f"{reader:<18}" + "".join(f"{number:>9,}" for number in row) + f"{sum(row):>9,}")
    return "\n".join(lines)


if __name__ == "__main__":
    wanted, seed, first = (*(int(each) for each in sys.argv[1:]), *(25_000, 1, 0)[len(sys.argv) - 1 :])
    with tempfile.TemporaryDirectory() as place:
        totals, wrong = run(wanted, seed, Path(place), first)
    print(table(totals))  # noqa: T201
    print(f"{len(wrong)} faults")  # noqa: T201
    sys.exit(bool(wrong))
