"""What a worker has claimed and not yet begun: conversations side by side, the rows of each one after the other.

Claims are read while turns run, so what is read may be of a moment before a turn failed or a partition was lost. Such
rows are not taken in: `looking` marks the moment, and what changed since is remembered until the next look.
"""

from collections import deque
from collections.abc import Collection, Iterable

from commerce.inbox.service import Claim


class Ahead:
    """The rows held. One a worker; nothing here waits or reads."""

    def __init__(self) -> None:
        self._rows: dict[str, deque[Claim]] = {}
        self._ready: deque[str] = deque()
        self._busy: dict[str, Claim] = {}
        self._changed: set[str] = set()
        self._lost: set[int] = set()

    @property
    def held(self) -> list[int]:
        """The `seq` of every row that waits here or is under way."""
        waiting = [claim.seq for rows in self._rows.values() for claim in rows]
        return waiting + [claim.seq for claim in self._busy.values()]

    @property
    def is_ready(self) -> bool:
        """Whether a row could be begun now."""
        return bool(self._ready)

    def looking(self) -> None:
        """A look at the inbox begins: what changes from here on makes its answer stale for that conversation."""
        self._changed.clear()
        self._lost.clear()

    def add(self, claims: Iterable[Claim]) -> int:
        """Takes in what the look found, in order. Returns how many rows that were."""
        added = 0
        for claim in claims:
            key = claim.conversation_key
            if key in self._changed or claim.partition in self._lost:
                continue
            rows = self._rows.get(key)
            if rows is None:
                rows = self._rows[key] = deque()
                if key not in self._busy:
                    self._ready.append(key)
            rows.append(claim)
            added += 1
        return added

    def begin(self) -> Claim | None:
        """The next row whose conversation rests; conversations take turns."""
        if not self._ready:
            return None
        key = self._ready.popleft()
        rows = self._rows[key]
        claim = rows.popleft()
        if not rows:
            del self._rows[key]
        self._busy[key] = claim
        return claim

    def end(self, claim: Claim, *, go_on: bool) -> None:
        """A row is over. Unless its conversation may `go_on`, its later rows are left to be claimed when it is due."""
        key = claim.conversation_key
        del self._busy[key]
        if not go_on:
            self._changed.add(key)
            self._rows.pop(key, None)
        elif key in self._rows:
            self._ready.append(key)

    def lose(self, partitions: Collection[int]) -> None:
        """Leaves the rows of partitions that are no longer ours, or were others' meanwhile."""
        self._lost.update(partitions)
        for key in [key for key, rows in self._rows.items() if rows[0].partition in self._lost]:
            del self._rows[key]
        self._ready = deque(key for key in self._ready if key in self._rows)
