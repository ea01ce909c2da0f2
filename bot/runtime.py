"""Rasa 3.6.21, unmodified, on today's Python without TensorFlow.

Rasa imports TensorFlow at start-up for five neural components that Wakala does not use. Call `prepare()` before the
first `import rasa`: it registers placeholder modules, so that those imports succeed, switches telemetry off, and makes
every neural component refuse to be configured, with the reason.

The placeholders hand out real classes, not instances: other libraries ask `sys.modules["tensorflow"]` for `Tensor`
and use it in `isinstance` checks.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
import warnings
from collections.abc import Sequence
from types import ModuleType
from typing import Any

_PLACEHOLDER_ROOTS = frozenset({"tensorflow", "tensorflow_hub", "tensorflow_text", "tensorflow_addons", "keras"})

_NEURAL_COMPONENTS = (
    ("rasa.nlu.classifiers.diet_classifier", "DIETClassifier"),
    ("rasa.nlu.selectors.response_selector", "ResponseSelector"),
    ("rasa.nlu.featurizers.dense_featurizer.convert_featurizer", "ConveRTFeaturizer"),
    ("rasa.nlu.featurizers.dense_featurizer.lm_featurizer", "LanguageModelFeaturizer"),
    ("rasa.core.policies.ted_policy", "TEDPolicy"),
    ("rasa.core.policies.unexpected_intent_policy", "UnexpecTEDIntentPolicy"),
)

_WHY = (
    "tensorflow (Wakala runs Rasa without it: name bot.nlu.classifier.NgramIntentClassifier and RulePolicy "
    "in config.yml instead of this component)"
)


class _PlaceholderType(type):
    """The type of every placeholder: any attribute of a placeholder class is another placeholder class."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = _PlaceholderType(name, (), {"__module__": cls.__module__})
        setattr(cls, name, value)
        return value

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        # A placeholder used as a decorator, with or without arguments, leaves what it decorates as it is.
        if len(args) == 1 and not kwargs and callable(args[0]):
            return args[0]
        return lambda decorated: decorated


class _PlaceholderModule(ModuleType):
    """A module whose every name is a placeholder class."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = _PlaceholderType(name, (), {"__module__": self.__name__})
        setattr(self, name, value)
        return value


class _PlaceholderFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds placeholder modules for TensorFlow and its relatives, at any depth."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - the finder's interface
        target: ModuleType | None = None,  # noqa: ARG002 - the finder's interface
    ) -> importlib.machinery.ModuleSpec | None:
        """Claims the names under our placeholder roots and no others."""
        if fullname.partition(".")[0] in _PLACEHOLDER_ROOTS:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Makes the empty placeholder."""
        return _PlaceholderModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Gives the root what libraries ask a loaded TensorFlow: its version, and whether a value is of its own."""
        module.__dict__["__version__"] = "0.0.0"
        # matplotlib asks it of all that it draws; a placeholder's answer would be a function, and so always true.
        module.__dict__["is_tensor"] = lambda _value: False


def prepare() -> None:
    """Makes `import rasa` work here. Safe to call more than once; must come before the first import of Rasa."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    # Rasa draws a progress bar for each policy and each rule; whoever trains shows one of their own.
    os.environ.setdefault("TQDM_DISABLE", "1")
    if any(isinstance(finder, _PlaceholderFinder) for finder in sys.meta_path):
        return
    sys.meta_path.insert(0, _PlaceholderFinder())
    _quiet_warnings()
    # Recorded, not ignored: the libraries put filters of their own in front of ours while they are imported.
    with warnings.catch_warnings(record=True):
        importlib.import_module("rasa.core.agent")
        for module_name, class_name in _NEURAL_COMPONENTS:
            component = getattr(importlib.import_module(module_name), class_name)
            component.required_packages = staticmethod(lambda: [_WHY])


def _quiet_warnings() -> None:
    """Leaves out what nobody here can act on: the libraries of 2023 use interfaces whose end today's announce."""
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    warnings.filterwarnings("ignore", category=FutureWarning)
    warnings.filterwarnings("ignore", message="Slot auto-fill has been removed")
