"""A basket and its lines as the business works with them."""

from dataclasses import dataclass, field
from uuid import UUID

from commerce.carts.errors import LineUnknown


@dataclass(slots=True)
class Line:
    """So many of an item, in a size, with and without options."""

    id: UUID
    item_id: UUID
    size_id: UUID | None
    quantity: int
    with_option_ids: list[UUID]
    without_option_ids: list[UUID]
    position: int


@dataclass(slots=True)
class Basket:
    """What a customer means to buy from one shop, with its lines in the order they were added."""

    id: UUID
    customer_id: UUID
    shop_id: UUID
    address_id: UUID | None
    fulfilment: str | None
    state: str
    lines: list[Line] = field(default_factory=list)

    def line(self, line_id: UUID) -> Line:
        """The line of this id. Raises `LineUnknown`."""
        for line in self.lines:
            if line.id == line_id:
                return line
        raise LineUnknown

    def line_of_item(self, item_id: UUID) -> Line:
        """The line of this item; of several, the one added last. Raises `LineUnknown`."""
        for line in reversed(self.lines):
            if line.item_id == item_id:
                return line
        raise LineUnknown
