"""Notes on what a Bedrock entry may also need, where the entry or AWS's pages do not say."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.cross_region_profiles import profile_model
from iamglue.catalog.operations import operation_keys
from iamglue.generate.requirements.arn_validation import whole_arn_parameter
from iamglue.model.spec import AccessEntry
from iamglue.policy.patterns.variables import has_named_parameters


def bedrock_notes(entry: AccessEntry, entries: tuple[AccessEntry, ...]) -> Iterator[str]:
    """Yield notes on what a Bedrock entry may also need; `entries` are all entries of the function."""
    typed = entry.resource_type or ""
    guardrail = entry.guardrail or (entry.resource.text if typed == "guardrail" else None)
    if guardrail and not any(other.resource_type == "guardrail-profile" for other in entries):
        yield (
            f"if guardrail `{guardrail}` uses cross-Region inference, calls also need its guardrail profile: add "
            "`calls: - bedrock/guardrail-profile: PROFILE`, such as us.guardrail.v1:0"
        )
    names_model = entry.resource_type in (None, "foundation-model") and entry.access == "calls"
    if names_model and (whole_arn_parameter(entry.resource) or has_named_parameters(entry.resource.text or "")):
        yield (
            "the parameter is taken for a model; if it is an inference profile, write `bedrock/inference-profile` with "
            "`model` and `regions`"
        )
    words = {key for word in entry.do for key in operation_keys(word.rpartition(":")[2])}
    if "retrieveandgeneratestream" in words:
        yield (
            "AWS does not document whether RetrieveAndGenerateStream also needs bedrock:InvokeModelWithResponseStream: "
            "if it is denied, add `calls: - bedrock: MODEL` with `do: stream`"
        )
    if words & {"retrieveandgenerate", "retrieveandgeneratestream"} and any(map(profile_model, entry.models)):
        yield (
            "AWS does not document whether RetrieveAndGenerate reads the inference profile: if "
            "bedrock:GetInferenceProfile is denied, add `reads: - bedrock/inference-profile: PROFILE` with "
            "`do: GetInferenceProfile`"
        )
