"""Every table, imported in one place: what migrations compare with and what the row-level-security test walks over."""

from commerce.audit import models as audit
from commerce.carts import models as carts
from commerce.catalogue import models as catalogue
from commerce.conversations import models as conversations
from commerce.customers import models as customers
from commerce.database import Base
from commerce.delivery import models as delivery
from commerce.inbox import models as inbox
from commerce.onboarding import models as onboarding
from commerce.orders import models as orders
from commerce.outbox import models as outbox
from commerce.payments import models as payments
from commerce.teaching import models as teaching
from commerce.tenants import models as tenants

AREAS = (
    tenants,
    catalogue,
    customers,
    carts,
    orders,
    payments,
    delivery,
    conversations,
    onboarding,
    teaching,
    inbox,
    outbox,
    audit,
)

metadata = Base.metadata
tenant_tables = tuple(table for table in metadata.sorted_tables if "tenant_id" in table.columns)
