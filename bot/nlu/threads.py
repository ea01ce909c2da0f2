"""Keeps linear algebra to one thread a process.

The products here are small: one message is a few hundred numbers times a hundred. Splitting that over cores costs
more than it saves, and on a busy machine the waiting threads spin. The cores are used by processes, not by threads.
"""

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

_limits: list[threadpool_limits] = []


def one_thread() -> None:
    """Limits the BLAS of this process, once and for its lifetime."""
    if not _limits:
        _limits.append(threadpool_limits(limits=1, user_api="blas"))
