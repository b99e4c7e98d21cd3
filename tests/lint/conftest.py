"""Under mutation testing, no test is answered from what another one left in a cache."""

from __future__ import annotations

import gc
import os
import sys
from functools import cache

import pytest

if "MUTANT_UNDER_TEST" in os.environ:
    gc.disable()  # a process for each mutant, which all would look through what they were forked with

    @pytest.fixture(autouse=True)
    def _empty_caches():
        for cached in _caches(len(sys.modules)):
            cached.cache_clear()

    @cache
    def _caches(loaded):
        modules = [module for name, module in sys.modules.items() if name.startswith("iamglue.lint.")]
        return [value for module in modules for value in vars(module).values() if hasattr(value, "cache_clear")]
