"""Interactive messages: buttons, lists, links, requests for a pin, products, flows."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from connectors.emulators.whatsapp.parts import (
    Body,
    Footer,
    Header,
    ListBody,
    Strict,
    TextHeader,
    WebAddress,
    refuse_repeats,
    tap_id,
    words,
)

_LIST_ROWS, _PRODUCTS = 10, 30


class Reply(Strict):
    """What a reply button says, and the id that comes back."""

    id: tap_id(256)  # type: ignore[valid-type]
    title: words(20)  # type: ignore[valid-type]


class ReplyButton(Strict):
    """One reply button."""

    type: Literal["reply"]
    reply: Reply


class ButtonAction(Strict):
    """One to three reply buttons."""

    buttons: list[ReplyButton] = Field(min_length=1, max_length=3)

    @model_validator(mode="after")
    def _told_apart(self) -> "ButtonAction":
        refuse_repeats((button.reply.id for button in self.buttons), "button ids")
        refuse_repeats((button.reply.title for button in self.buttons), "button titles")
        return self


class ButtonMessage(Strict):
    """Text with reply buttons."""

    type: Literal["button"]
    header: Header | None = None
    body: Body
    footer: Footer | None = None
    action: ButtonAction


class ListRow(Strict):
    """A row behind the list's button."""

    id: tap_id(200)  # type: ignore[valid-type]
    title: words(24)  # type: ignore[valid-type]
    description: words(72) | None = None  # type: ignore[valid-type]


class ListSection(Strict):
    """Rows under a title, which a lone section may do without."""

    title: words(24) | None = None  # type: ignore[valid-type]
    rows: list[ListRow] = Field(min_length=1, max_length=_LIST_ROWS)


class ListAction(Strict):
    """At most ten rows in all."""

    button: words(20)  # type: ignore[valid-type]
    sections: list[ListSection] = Field(min_length=1, max_length=10)

    @model_validator(mode="after")
    def _within_limits(self) -> "ListAction":
        rows = [row for section in self.sections for row in section.rows]
        if len(rows) > _LIST_ROWS:
            raise ValueError("total row count exceeds the maximum of 10")
        refuse_repeats((row.id for row in rows), "row ids")
        if len(self.sections) > 1 and any(section.title is None for section in self.sections):
            raise ValueError("a section title is required when there is more than one section")
        return self


class ListMessage(Strict):
    """Text with a list behind one button."""

    type: Literal["list"]
    header: TextHeader | None = None
    body: ListBody
    footer: Footer | None = None
    action: ListAction


class LinkParameters(Strict):
    """What the link button says and opens."""

    display_text: words(20)  # type: ignore[valid-type]
    url: WebAddress


class LinkAction(Strict):
    """A link button."""

    name: Literal["cta_url"]
    parameters: LinkParameters


class LinkMessage(Strict):
    """Text with one button that opens a page."""

    type: Literal["cta_url"]
    header: Header | None = None
    body: Body
    footer: Footer | None = None
    action: LinkAction


class LocationAction(Strict):
    """The button that shares a pin."""

    name: Literal["send_location"]


class LocationRequest(Strict):
    """Text with a button that shares a pin."""

    type: Literal["location_request_message"]
    body: Body
    action: LocationAction


class ProductItem(Strict):
    """A product of the connected catalogue."""

    product_retailer_id: words(100)  # type: ignore[valid-type]


class ProductSection(Strict):
    """Products under a title."""

    title: words(24)  # type: ignore[valid-type]
    product_items: list[ProductItem] = Field(min_length=1, max_length=_PRODUCTS)


class ProductListAction(Strict):
    """At most thirty products in ten sections."""

    catalog_id: words(100)  # type: ignore[valid-type]
    sections: list[ProductSection] = Field(min_length=1, max_length=10)

    @model_validator(mode="after")
    def _within_limits(self) -> "ProductListAction":
        if sum(len(section.product_items) for section in self.sections) > _PRODUCTS:
            raise ValueError("total product count exceeds the maximum of 30")
        return self


class ProductListMessage(Strict):
    """Products of the catalogue, by section."""

    type: Literal["product_list"]
    header: Header
    body: Body
    footer: Footer | None = None
    action: ProductListAction


class ProductAction(Strict):
    """One product of the catalogue."""

    catalog_id: words(100)  # type: ignore[valid-type]
    product_retailer_id: words(100)  # type: ignore[valid-type]


class ProductMessage(Strict):
    """One product."""

    type: Literal["product"]
    body: Body | None = None
    footer: Footer | None = None
    action: ProductAction


class NamedAction(Strict):
    """An action whose parameters are checked where it is used: catalogues and flows are not played here."""

    name: Literal["catalog_message", "flow"]
    parameters: dict[str, Any]


class NamedMessage(Strict):
    """A catalogue or a flow."""

    type: Literal["catalog_message", "flow"]
    header: Header | None = None
    body: Body
    footer: Footer | None = None
    action: NamedAction


Interactive = Annotated[
    ButtonMessage | ListMessage | LinkMessage | LocationRequest | ProductListMessage | ProductMessage | NamedMessage,
    Field(discriminator="type"),
]
