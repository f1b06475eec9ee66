"""The examples in docstrings show what the code does."""

import doctest
import importlib
import pkgutil

import evalkit

LEFT_OUT = {"evalkit.__main__"}  # importing it runs the command


def test_examples_in_docstrings_are_true():
    names = [module.name for module in pkgutil.walk_packages(evalkit.__path__, "evalkit.")]
    failures, examples = {}, 0
    for name in set(names) - LEFT_OUT:
        result = doctest.testmod(importlib.import_module(name))
        examples += result.attempted
        if result.failed:
            failures[name] = result
    assert failures == {}
    assert examples > 0
