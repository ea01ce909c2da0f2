"""Which shop a turn is about."""

from uuid import UUID

from actions.turn import Turn
from commerce.carts import service as carts
from commerce.carts.basket import Basket
from commerce.tenants import service as tenants
from commerce.tenants.models import Shop


async def shop_of_talk(turn: Turn) -> Shop | None:
    """The shop talked about: a tapped one, the number's, the basket's, the one chosen before, the only one."""
    shop_id = turn.id("shop_id") or turn.unit.shop_id
    if shop_id is None:
        basket = await carts.find_basket(turn.session, turn.customer_id)
        shop_id = basket.shop_id if basket else turn.uuid(turn.slot("shop_id"))
    if shop_id is not None:
        return await tenants.get_shop(turn.session, shop_id)
    shops = await tenants.list_shops(turn.session)
    return shops[0] if len(shops) == 1 else None


async def preferred_shops(turn: Turn, basket: Basket | None) -> list[str | None]:
    """Where to buy when several shops sell it: the basket's shop, the number's, the one chosen before."""
    chosen = turn.slot("shop_id")
    return [str(one) if one else None for one in (basket and basket.shop_id, turn.unit.shop_id, chosen)]


def remember_shop(turn: Turn, shop_id: UUID) -> None:
    """The shop that the talk is about from now on."""
    turn.keep("shop_id", str(shop_id))
