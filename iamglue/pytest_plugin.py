"""A plugin of pytest that records the calls of AWS which a project's tests make: `pytest --iamglue-record FILE`.

It is loaded in every run of pytest where iamglue is installed, so it imports nothing until an option is given.
"""

from __future__ import annotations

from typing import Any


def pytest_addoption(parser: Any) -> None:
    """Add the options of the plugin."""
    group = parser.getgroup("iamglue", "least-privilege IAM roles for AWS Lambda functions")
    group.addoption(
        "--iamglue-record",
        metavar="FILE",
        help="Write the calls of AWS that the code under test makes, for `iamglue infer record FILE`.",
    )
    group.addoption(
        "--iamglue-spec",
        metavar="SPEC[#FUNCTION]",
        help="Fail a test whose code calls what the policy of this spec does not allow.",
    )


def pytest_load_initial_conftests(early_config: Any) -> None:
    """Start to record before the project's code is imported."""
    options = early_config.known_args_namespace
    if options.iamglue_record or options.iamglue_spec:
        from iamglue.recording.session import start_recording  # noqa: PLC0415 - no cost when off

        start_recording(early_config, options.iamglue_record, options.iamglue_spec)
