"""Sizes and counts that IAM allows, in characters without white space unless said otherwise.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from __future__ import annotations

ROLE_INLINE_SUM = 10_240
GROUP_INLINE_SUM = 5_120
USER_INLINE_SUM = 2_048
MANAGED_POLICY = 6_144
# The default of a quota that can be raised.
MANAGED_POLICIES_PER_ROLE = 10
ROLE_NAME = 64
