"""A whole purchase in the simulator's page, in Chromium: a customer buys and pays, the merchant brings it."""

import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from tests.journeys.product import Product

pytestmark = [pytest.mark.integration, pytest.mark.browser]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SCREENSHOTS = Path(__file__).parent / "screenshots"
PATIENCE_MS = 20_000
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

if CHROMIUM is None:
    pytest.skip("There is no Chromium on this machine: install Debian's package chromium.", allow_module_level=True)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        await opened.close()


async def shoot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"{name}.png")


def phone_of(page: Page, name: str) -> Locator:
    return page.get_by_label(f"{name}'s phone", exact=True)


async def hold(page: Page, name: str, *, chat: str) -> Locator:
    """Takes a person's phone in hand, unless it is, and opens a chat on it."""
    person = page.locator(".person", has_text=name).first  # journeys may have met a namesake
    if await person.get_attribute("aria-pressed") != "true":
        await person.click()
    phone = phone_of(page, name)
    await phone.locator(".chat-row", has_text=chat).click()
    return phone


async def write(phone: Locator, text: str) -> None:
    await phone.get_by_role("textbox").fill(text)
    await phone.get_by_label("Send", exact=True).click()


async def press(phone: Locator, title: str) -> None:
    """Taps the newest button with this title, once it is there."""
    await phone.get_by_role("button", name=title, exact=True).last.click(timeout=PATIENCE_MS)


async def hears(phone: Locator, text: str) -> Locator:
    """The newest message with these words, once it is there."""
    message = phone.locator(".row.theirs", has_text=text).last
    await expect(message).to_be_visible(timeout=PATIENCE_MS)
    return message


async def test_a_customer_buys_and_the_merchant_delivers(product: Product, browser: Browser):
    page = await browser.new_page(viewport={"width": 1280, "height": 860})
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    await page.goto(f"{product.settings.emulator_url}/simulator")

    sipho = await hold(page, "Sipho", chat="Diepsloot Kasi Market")
    await write(sipho, "Sawubona, ngicela amakota amabili ne-Coke 2L")
    basket = await hears(sipho, "2 × Kota")
    await expect(basket).to_contain_text("1 × Coke (2L)")
    await expect(basket).to_contain_text("R97")
    await shoot(page, "1-basket")

    await press(sipho, "Qeda i-oda")
    await press(sipho, "Ngiletheleni")
    await press(sipho, "Send location")
    await sipho.locator(".sheet .choice").first.click()
    await expect(sipho.get_by_role("button", name="Khokha").last).to_be_visible(timeout=PATIENCE_MS)
    await shoot(page, "2-review")
    await press(sipho, "Khokha")
    await press(sipho, "Ikhadi (Paystack)")

    await press(sipho, "Khokha manje")
    hosted = sipho.frame_locator("iframe")
    await expect(hosted.locator("#pay")).to_be_visible(timeout=PATIENCE_MS)
    await shoot(page, "3-pay")
    await hosted.locator("#pay").click()
    await hosted.locator("a, button").first.click()
    await hears(sipho, "✅")
    await shoot(page, "4-receipt")

    thandi = await hold(page, "Thandi Mahlangu", chat="Diepsloot Kasi Market")
    await press(thandi, "Yamukela")
    await hears(sipho, "iyamukele")
    await press(thandi, "Isilungile")
    await press(thandi, "Isendleleni")
    told = await hears(sipho, "Ikhodi yakho")
    code = re.search(r"\b\d{4}\b", (await told.inner_text()).split("1001")[-1])
    assert code is not None
    await press(thandi, "Ilethiwe")
    await hears(thandi, "khodi")
    await write(thandi, code.group())
    await hears(thandi, "Wenze kahle")
    await shoot(page, "5-delivered")
    assert problems == []


async def test_the_page_fits_a_small_phone(product: Product, browser: Browser):
    page = await browser.new_page(viewport={"width": 360, "height": 740})
    await page.goto(f"{product.settings.emulator_url}/simulator")
    await page.locator(".person").first.click()
    await page.locator(".chat-row:visible").first.click()
    await expect(page.get_by_role("textbox", name="Message to").locator("visible=true")).to_be_visible()
    await shoot(page, "6-small")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
