"""The root of the business's errors.

CommerceError
├── TenantMissing
└── one tree an area, in its own `errors.py`
"""


class CommerceError(Exception):
    """Something the business refuses. The message says what to do next; it never holds another tenant's data."""

    def __init__(self, message: str | None = None, **details: object) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())
        self.details = details


class TenantMissing(CommerceError):
    """A transaction began without a tenant: open it with Database.transaction(tenant_id)."""
