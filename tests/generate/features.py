"""Specs of what functions really use: each with its policy, requests that AWS evaluates, and notes (`features/`)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from support.generated import HEAD, bundle_of
from support.judge import Request

from iamglue.formats.policies.renderer import render_permission_sets
from iamglue.model.permission_set import PermissionSet

FOLDER = Path(__file__).parent / "features"
EXPECTED = FOLDER / "expected"


@dataclass(frozen=True)
class Feature:
    """A spec; requests that its policy must allow, and others that it must not; texts in its notes, in their order."""

    name: str
    spec: str
    allowed: tuple[Request, ...]
    denied: tuple[Request, ...]
    notes: tuple[str, ...]

    @property
    def expected(self) -> Path:
        """Where its policy is kept."""
        return EXPECTED / f"{self.name}.json"


def _feature(path: Path) -> Feature:
    data = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return Feature(path.stem, data["spec"], _requests(data["allowed"]), _requests(data["denied"]), tuple(data["notes"]))


def _requests(rows: list[list[Any]]) -> tuple[Request, ...]:
    return tuple(Request(*row) for row in rows)


FEATURES = tuple(map(_feature, sorted(FOLDER.glob("*.yaml"))))


def spec_text(feature: Feature) -> str:
    """The whole spec; without settings of its own the function does not log, so that the policy is the feature's."""
    return HEAD + feature.spec + ("" if "settings:" in feature.spec else "settings: {logs: false}\n")


def permission_set(feature: Feature) -> PermissionSet:
    """What the spec generates."""
    return bundle_of(spec_text(feature), head="")


def policy_text(feature: Feature) -> str:
    """The policy as `iamglue generate` prints it."""
    return render_permission_sets((permission_set(feature),), "json")


def policies(feature: Feature) -> list[dict[str, Any]]:
    """The expected policy, for the judge."""
    return [json.loads(feature.expected.read_text(encoding="utf-8"))]


def write() -> None:
    """Write every expected policy anew."""
    EXPECTED.mkdir(exist_ok=True)
    for feature in FEATURES:
        feature.expected.write_text(policy_text(feature), encoding="utf-8")
