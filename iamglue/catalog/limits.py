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
# The default of a quota that can be raised.
TRUST_POLICY = 2_048
# What Access Analyzer holds an identity policy against, of whatever kind.
IDENTITY_POLICY = 10_240

# White space counts here. SCPs had 5,120 until May 2026.
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
SERVICE_CONTROL_POLICY = 10_240
RESOURCE_CONTROL_POLICY = 5_120

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
RESOURCE_POLICY = 20_480
# https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
KEY_POLICY = 32_768
