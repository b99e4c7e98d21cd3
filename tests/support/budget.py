"""A share of the profile's examples, for property tests whose examples are dear."""

from hypothesis import settings


def share(part: float) -> settings:
    """Settings with this part of the examples that the profile in use allows."""
    return settings(max_examples=max(1, int(settings.default.max_examples * part)))
