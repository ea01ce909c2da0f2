"""The way of a message's status: a plain order, no machine of states, for statuses come late, twice, and unordered."""

_RANK = {"queued": 0, "sent": 1, "delivered": 2, "read": 3, "played": 4}
_ENDS = frozenset({"failed", "refused"})


def advance(old: str, new: str) -> bool:
    """Whether a message at `old` moves to `new`.

    Forward only (queued < sent < delivered < read < played). `failed` is taken from anywhere before `delivered`, and
    is final, as is `refused` (we never sent it). A status we do not know moves nothing.
    """
    if old in _ENDS:
        return False
    if new in _ENDS:
        return _RANK.get(old, 0) < _RANK["delivered"]
    return _RANK.get(new, -1) > _RANK.get(old, 0)
