"""The runs of the examples, recorded, show the entries of their specs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from execution import exif_pipeline, generated, nightly_report, queue_to_vault, tenant_api
from execution.lambda_service import EXAMPLES

from iamglue.errors import Location
from iamglue.infer.code.spec import code_spec
from iamglue.infer.entry_grants import entry_grants
from iamglue.infer.recording.hooks import install_hooks
from iamglue.infer.recording.recorded_access import recorded_access
from iamglue.infer.recording.recorder import Recorder
from iamglue.model.spec import SpecFunction
from iamglue.readers.spec.reader import read_spec

SCENARIOS = [module.SCENARIO for module in (exif_pipeline, queue_to_vault, tenant_api, nightly_report)]


def recorded(scenario):
    service = scenario.deploy(generated.trust(scenario.example), generated.policy(scenario.example))
    recorder = Recorder(EXAMPLES)
    undo = install_hooks(recorder)
    try:
        scenario.play(service)
    finally:
        undo()
    return recorded_access(list(recorder.calls))


def plain_grants(entries):
    """(action, resource) of entries, without what a customer managed key and a prefix add."""
    grants = {(grant.action, grant.resource) for entry in entries for grant in entry_grants(entry, check_names=False)}
    return {(action, resource) for action, resource in grants if not action.startswith("kms:")}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_a_recorded_run_shows_the_entries_of_the_spec(scenario):
    (function,) = read_spec(str(EXAMPLES / scenario.example / "spec.yaml")).functions
    inferred = recorded(scenario)
    written = code_spec(inferred, SpecFunction("f", Location("calls.json"))).function
    assert plain_grants(written.entries) == plain_grants(replace(entry, prefix=None) for entry in function.entries)
    assert (inferred.unresolved, inferred.other_roles) == ((), ())
