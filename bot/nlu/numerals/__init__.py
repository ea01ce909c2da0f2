"""Number words of the twelve languages, and the grammar that reads numbers from tokens."""

from bot.nlu.numerals.grammar import Number, read_number, whole

__all__ = ["Number", "read_number", "whole"]
