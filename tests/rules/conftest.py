"""Under mutation testing, no test is answered from what another one left in a cache."""

from __future__ import annotations

import os
import sys

import pytest

if "MUTANT_UNDER_TEST" in os.environ:

    @pytest.fixture(autouse=True)
    def _empty_caches():
        modules = [module for name, module in sys.modules.items() if name.startswith("iamglue.rules.")]
        for value in [value for module in modules for value in vars(module).values()]:
            if hasattr(value, "cache_clear"):
                value.cache_clear()
