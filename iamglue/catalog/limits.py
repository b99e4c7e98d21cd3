"""IAM quotas for sizes (in characters without white space, unless stated otherwise) and counts.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from __future__ import annotations

ROLE_INLINE_POLICIES_SIZE = 10_240
GROUP_INLINE_POLICIES_SIZE = 5_120
USER_INLINE_POLICIES_SIZE = 2_048
MANAGED_POLICY_SIZE = 6_144
# The default of a quota that can be raised.
MANAGED_POLICIES_PER_ROLE = 10
ROLE_NAME_LENGTH = 64
# The default of a quota that can be raised.
TRUST_POLICY_SIZE = 2_048
# The size limit that Access Analyzer checks identity policies against, managed or inline.
IDENTITY_POLICY_SIZE = 10_240

# White space counts here. SCPs had 5,120 until May 2026.
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
SERVICE_CONTROL_POLICY_SIZE = 10_240
RESOURCE_CONTROL_POLICY_SIZE = 5_120

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
RESOURCE_POLICY_SIZE = 20_480
# https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
KEY_POLICY_SIZE = 32_768
