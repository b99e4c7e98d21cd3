"""The rules of an organization for iamglue."""
