"""Rasa without TensorFlow: what works, and what says why it does not."""

import subprocess
import sys

import pytest

from ops.settings import ROOT

pytestmark = pytest.mark.integration

CONFIG = """
recipe: default.v1
assistant_id: test
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: CountVectorsFeaturizer
  - name: DIETClassifier
"""
NLU = """
version: "3.1"
nlu:
- intent: greet
  examples: |
    - hi
    - hello there
- intent: bye
  examples: |
    - goodbye
    - see you
"""


def test_a_neural_component_is_refused_with_the_reason(tmp_path):
    (tmp_path / "config.yml").write_text(CONFIG)
    (tmp_path / "nlu.yml").write_text(NLU)
    command = [
        sys.executable, "-m", "ops", "rasa", "train", "nlu", "--config", str(tmp_path / "config.yml"),
        "--nlu", str(tmp_path / "nlu.yml"), "--out", str(tmp_path / "models"),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode != 0
    assert "DIETClassifier" in said
    assert "Wakala runs Rasa without it" in said


def test_rasa_data_validates():
    command = [
        sys.executable,
        "-m",
        "ops",
        "rasa",
        "data",
        "validate",
        "--data",
        "data/nlu",
        "data/rules",
        "data/stories",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]
