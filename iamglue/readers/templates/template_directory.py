"""The templates of a directory that are deployed together: the stacks of the CDK, a serverless.yml, or all templates.

https://docs.aws.amazon.com/cdk/v2/guide/deploy.html#deploy-how-synth-assemblies
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from iamglue.errors import IamglueError, Location
from iamglue.files.text_files import MAX_TEXT_BYTES, read_text

_MANIFEST = "manifest.json"
_STACK, _ASSEMBLY = "aws:cloudformation:stack", "cdk:cloud-assembly"
SERVERLESS_FILES = ("serverless.yml", "serverless.yaml", "serverless.json")
_SUFFIXES = (".json", ".template", ".yaml", ".yml")


def directory_templates(directory: str) -> tuple[str, ...]:
    """The paths of the templates in a directory, in the order of their names; of a cloud assembly, its stacks.

    Raises IamglueError for a manifest that cannot be read, and for a directory without templates.
    """
    root = Path(directory)
    artifacts = _artifacts(root)
    if artifacts is not None:
        paths = list(_stacks(root, artifacts))
    else:
        serverless = [root / name for name in SERVERLESS_FILES if (root / name).is_file()]
        paths = serverless[:1] or [path for path in sorted(root.iterdir()) if _may_be_template(path)]
    if not paths:
        hint = "expected templates of CloudFormation or SAM, a serverless.yml, a cdk.out, or Terraform files"
        raise IamglueError("the directory has no templates", hint=hint, location=Location(directory))
    return tuple(map(str, paths))


def _stacks(assembly: Path, artifacts: Mapping[str, Any]) -> Iterator[Path]:
    """The templates of the stacks in a cloud assembly, and in the assemblies that it contains."""
    for artifact in artifacts.values():
        properties = artifact.get("properties") if isinstance(artifact, dict) else None
        if not isinstance(properties, dict):
            continue
        if artifact.get("type") == _STACK and isinstance(properties.get("templateFile"), str):
            yield assembly / properties["templateFile"]
        elif artifact.get("type") == _ASSEMBLY and isinstance(properties.get("directoryName"), str):
            inner = assembly / properties["directoryName"]
            inner_artifacts = _artifacts(inner)
            if inner_artifacts is None:
                raise IamglueError("the cloud assembly has no manifest with artifacts", location=Location(str(inner)))
            yield from _stacks(inner, inner_artifacts)


def _artifacts(directory: Path) -> dict[str, Any] | None:
    """The artifacts in the manifest of a cloud assembly; None if the directory is none.

    A web application may have a file of this name too. Raises IamglueError if the manifest is not a JSON object.
    """
    path = directory / _MANIFEST
    if not path.is_file():
        return None
    try:
        data = json.loads(read_text(str(path)))
    except (ValueError, RecursionError) as error:
        raise IamglueError(f"the manifest is not JSON: {error}", location=Location(str(path))) from error
    if not isinstance(data, dict):
        raise IamglueError("the manifest of a cloud assembly is a map", location=Location(str(path), 1, 1))
    artifacts = data.get("artifacts")
    return artifacts if isinstance(artifacts, dict) else None


def _may_be_template(path: Path) -> bool:
    """Whether a file may be a template: resources of AWS are in its text, and CloudFormation accepts its size (1 MB).

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
    """
    if path.suffix not in _SUFFIXES or path.name.startswith(".") or not path.is_file():
        return False
    if path.stat().st_size > MAX_TEXT_BYTES:
        return False
    text = read_text(str(path))
    return "Resources" in text and "AWS::" in text
