"""What the comparison with policy_sentry says, by execution."""

import pytest
from botocore.exceptions import ClientError
from docs.write_docs import _policy_sentry
from execution import exif_pipeline, generated


def test_the_function_does_not_run_under_the_72_actions_of_policy_sentry():
    policy = _policy_sentry()
    assert sum(len(statement["Action"]) for statement in policy["Statement"]) == 72
    assert any(s["Action"] == ["iam:PassRole"] and s["Resource"] == ["*"] for s in policy["Statement"])
    scenario = exif_pipeline.SCENARIO
    service = scenario.deploy(generated.trust(scenario.example), policy)
    with pytest.raises(ClientError, match="not authorized to perform: logs:CreateLogStream"):
        scenario.play(service)
