"""A small market for the language tests: two shops with overlapping goods."""

from bot.nlu.catalogue_index import CatalogueIndex
from bot.nlu.order_lines import find_lines
from bot.nlu.reading import Reading
from commerce.catalogue.entries import CatalogueEntry, Name, OptionEntry, SizeEntry


def named(**languages: str) -> tuple[Name, ...]:
    return tuple(Name(text.strip(), language) for language, texts in languages.items() for text in texts.split(","))


CHEESE = named(en="cheese", zu="ushizi", st="tjhisi", af="kaas")
ATCHAR = named(en="atchar,achar", zu="u-atchar", st="atjhare", af="atjar")
POLONY = named(en="polony", zu="upholoni", xh="ipoloni", st="polone", af="polonie")


def kota_options(item: str) -> tuple[OptionEntry, ...]:
    return (
        OptionEntry(f"{item}-chips", "Chips", "included", names=named(en="chips", zu="amashipsi")),
        OptionEntry(f"{item}-atchar", "Atchar", "included", names=ATCHAR),
        OptionEntry(f"{item}-polony", "Polony", "included", names=POLONY),
        OptionEntry(f"{item}-cheese", "Cheese", "extra", 800, names=CHEESE),
        OptionEntry(f"{item}-russian", "Russian", "extra", 1500, names=named(en="russian", zu="irashiyeni")),
    )


KOTA_SIZES = (
    SizeEntry("kota-quarter", "Quarter", 3500, named(en="quarter", af="kwart", zu="ikwata"), is_default=True),
    SizeEntry("kota-half", "Half", 5500, named(en="half", af="halwe,half", zu="uhhafu")),
    SizeEntry("kota-full", "Full", 9000, named(en="full", af="vol", st="e felletseng")),
)
COKE_SIZES = (
    SizeEntry("coke-300", "300ml", 1200, named(en="300ml,can")),
    SizeEntry("coke-500", "500ml", 1500, named(en="500ml,buddy"), is_default=True),
    SizeEntry("coke-2l", "2L", 2700, named(en="2L,2 litre", zu="amalitha amabili")),
)
CHIPS_SIZES = (
    SizeEntry("chips-small", "Small", 2500, named(en="small", zu="encane"), is_default=True),
    SizeEntry("chips-large", "Large", 4500, named(en="large,big", st="e kgolo,tse kgolo")),
)

KITCHEN = (
    CatalogueEntry(
        "kota",
        "thandi",
        "Kota",
        3500,
        named(en="kota,kotas", zu="ikota,amakota", st="kota,dikota"),
        KOTA_SIZES,
        kota_options("kota"),
    ),
    CatalogueEntry(
        "magwinya", "thandi", "Magwinya", 300, named(en="vetkoek,fat cake", zu="igwinya,amagwinya", st="magwinya")
    ),
    CatalogueEntry(
        "chips", "thandi", "Chips", 2500, named(en="chips,slap chips", zu="amashipsi", st="ditjhipisi"), CHIPS_SIZES
    ),
    CatalogueEntry("russian", "thandi", "Russian", 1800, named(en="russian,russians", zu="irashiyeni")),
    CatalogueEntry("pap", "thandi", "Pap and vleis", 7000, named(en="pap and vleis,pap & vleis", st="papa le nama")),
    CatalogueEntry("coke", "thandi", "Coke", 1500, named(en="coke,coca cola", zu="i-coke,ikhokhi"), COKE_SIZES),
)
SPAZA = (
    CatalogueEntry(
        "white-bread",
        "joe",
        "White bread",
        2000,
        named(en="white bread,bread", zu="isinkwa esimhlophe,isinkwa,izinkwa", af="witbrood,brood"),
    ),
    CatalogueEntry(
        "brown-bread",
        "joe",
        "Brown bread",
        1800,
        named(en="brown bread,bread", zu="isinkwa esinsundu,isinkwa,izinkwa", af="bruinbrood,brood"),
    ),
    CatalogueEntry("egg", "joe", "Loose egg", 400, named(en="egg,eggs", zu="iqanda,amaqanda", st="lehe,mahe")),
    CatalogueEntry(
        "joe-coke",
        "joe",
        "Coke",
        1600,
        named(en="coke", zu="i-coke"),
        (SizeEntry("joe-coke-2l", "2L", 2800, named(en="2L")),),
    ),
    CatalogueEntry("five-roses", "joe", "Five Roses tea", 3500, named(en="five roses,five roses tea")),
)

KITCHEN_INDEX = CatalogueIndex.build(KITCHEN)
MARKET_INDEX = CatalogueIndex.build(KITCHEN + SPAZA)


def order(text: str, index: CatalogueIndex = KITCHEN_INDEX, language: str = "") -> list[tuple[object, ...]]:
    """The order as (quantity, item, size, with, without), for comparison in one line."""
    return [
        (line["qty"], line["candidates"][0]["item_id"], line["size"], tuple(line["with"]), tuple(line["without"]))
        for line in find_lines(Reading.of(text), index, language)
    ]
