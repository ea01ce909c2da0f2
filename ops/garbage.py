"""Python's garbage collection in a process that lives long: what lives as long as it is left out."""

import contextlib
import ctypes
import gc


def spare() -> None:
    """Takes what is there now (modules, a model) out of the collections to come, after one that goes through it all.

    Going through the modules cost a sixth of a webhook of five messages, and through a model a quarter of a second.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def collect_less_often() -> None:
    """For processes whose objects seldom hold each other."""
    gc.set_threshold(20_000, 20, 20)


def give_back() -> None:
    """Gives what the loading of a large thing, or its end, left behind back: malloc keeps what was freed."""
    spare()
    with contextlib.suppress(OSError, AttributeError):  # only glibc has it
        ctypes.CDLL(None).malloc_trim(0)
