"""From the command line: what each feature's spec generates allows the requests that AWS evaluates, says `can`."""

from __future__ import annotations

import json

import pytest
from generate.features import FEATURES, Feature, spec_text

features = pytest.mark.parametrize("feature", FEATURES, ids=[item.name for item in FEATURES])


@features
def test_can_allows_and_denies_what_it_should(feature: Feature, iamglue, tmp_path):
    spec, policy, requests = (tmp_path / name for name in ("spec.yaml", "policy.json", "requests.jsonl"))
    spec.write_text(spec_text(feature), encoding="utf-8")
    assert iamglue("generate", spec, "-o", policy).exit_code == 0
    lines = [
        json.dumps({"action": request.action, "resource": request.resource, "context": dict(request.context)})
        for request in (*feature.allowed, *feature.denied)
    ]
    requests.write_text("\n".join(lines), encoding="utf-8")
    result = iamglue("can", policy, "--requests", requests)
    decisions = [json.loads(line)["decision"] for line in result.stdout.splitlines()]
    assert decisions == ["allowed"] * len(feature.allowed) + ["implicitly-denied"] * len(feature.denied)
