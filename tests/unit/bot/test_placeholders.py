"""What stands in for TensorFlow must not be mistaken for it by libraries that ask whether a value is a tensor."""

import sys

from matplotlib.figure import Figure


def test_plain_numbers_are_no_tensors():
    assert sys.modules["tensorflow"].is_tensor(1.0) is False


def test_a_chart_of_plain_numbers_can_be_drawn():
    axes = Figure().subplots()
    bars = axes.barh([0.25, 0.5], [3.0, 4.0], edgecolor="white")
    assert len(bars) == 2
