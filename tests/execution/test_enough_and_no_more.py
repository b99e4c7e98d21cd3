"""The generated policy is enough for each example's function, and nothing of it can be left out."""

import pytest
from botocore.exceptions import ClientError
from execution import exif_pipeline, generated, nightly_report, queue_to_vault, tenant_api

SCENARIOS = [module.SCENARIO for module in (exif_pipeline, queue_to_vault, tenant_api, nightly_report)]
every_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
every_action = pytest.mark.parametrize(
    ("scenario", "action"),
    [
        pytest.param(scenario, action, id=f"{scenario}-{action}")
        for scenario in SCENARIOS
        for action in sorted(frozenset.union(*scenario.granted.values()))
    ],
)


@every_scenario
def test_the_policy_grants_exactly_these_actions_on_exactly_these_arns(scenario):
    granted = {}
    for statement in generated.policy(scenario.example)["Statement"]:
        assert statement["Effect"] == "Allow"
        for resource in statement["Resource"]:
            granted[resource] = granted.get(resource, frozenset()) | set(statement["Action"])
    assert granted == scenario.granted


@every_scenario
def test_the_function_does_its_work_under_the_policy(scenario):
    service = scenario.deploy(generated.trust(scenario.example), generated.policy(scenario.example))
    scenario.play(service)
    scenario.check()
    assert service.gate.denied == []


@every_scenario
def test_every_action_that_is_granted_is_asked_for(scenario):
    service = scenario.deploy(generated.trust(scenario.example), generated.policy(scenario.example))
    scenario.play(service)
    assert {request.action for request in service.gate.asked} == frozenset.union(*scenario.granted.values())


@every_action
def test_without_any_one_action_the_run_fails_on_exactly_it(scenario, action):
    policy = generated.without(generated.policy(scenario.example), action)
    service = scenario.deploy(generated.trust(scenario.example), policy)
    with pytest.raises(ClientError) as failure:
        scenario.play(service)
    assert failure.value.response["Error"]["Code"] == "AccessDenied"
    assert f"not authorized to perform: {action} on" in str(failure.value)
    assert set(service.gate.denied) == {action}


@every_scenario
def test_with_no_policy_at_all_nothing_runs(scenario):
    service = scenario.deploy(generated.trust(scenario.example))
    with pytest.raises(ClientError, match="AccessDenied"):
        scenario.play(service)
