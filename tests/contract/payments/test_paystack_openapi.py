"""Our Paystack client and the emulated Paystack, both held against Paystack's own OpenAPI description."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import ClientResponse, ClientSession
from jsonschema import Draft202012Validator
from payment_worlds import PAYSTACK_KEY, World

from connectors.paystack.client import PaystackPayments

SPEC = yaml.safe_load((Path(__file__).parent / "paystack.openapi.yaml").read_text())
only_paystack = pytest.mark.parametrize("world", ["paystack"], indirect=True)


class Recorder:
    """Stands in for the client session and keeps what went over the wire."""

    def __init__(self, http: ClientSession) -> None:
        self._http = http
        self.calls: list[tuple[str, str, Any, int, Any]] = []

    @asynccontextmanager
    async def request(self, method: str, url: str, **kwargs: Any) -> AsyncIterator[ClientResponse]:
        async with self._http.request(method, url, **kwargs) as response:
            self.calls.append((method, url, kwargs.get("json"), response.status, json.loads(await response.read())))
            yield response


@only_paystack
async def test_requests_and_answers_have_the_forms_that_paystack_describes(world: World) -> None:
    recorder = Recorder(world.http)
    base = world.emulator.config.public_url
    client = PaystackPayments(recorder, secret_key=PAYSTACK_KEY, url=base)
    request = world.request()
    await client.open_checkout(request)
    checkout = await client.open_checkout(request)
    await client.find_payment(request.reference, checkout.checkout_ref)
    await world.submit(checkout.url, world.card)
    await client.find_payment(request.reference, checkout.checkout_ref)
    refund = await client.refund(request.reference, checkout.checkout_ref, request.amount_cents)
    await client.refund(request.reference, checkout.checkout_ref, request.amount_cents)
    await client.find_refund(refund)

    seen = set()
    for method, url, sent, status, answer in recorder.calls:
        path, operation = operation_of(method, url.removeprefix(base).partition("?")[0])
        seen.add((method, path, status))
        if sent is not None:
            check(sent, operation["requestBody"]["content"]["application/json"]["schema"])
        response = resolve(operation["responses"][str(status)])
        check(answer, response["content"]["application/json"]["schema"])
    assert seen == {
        ("POST", "/transaction/initialize", 200),
        ("POST", "/transaction/initialize", 400),
        ("GET", "/transaction/verify/{reference}", 200),
        ("GET", "/refund", 200),
        ("POST", "/refund", 200),
        ("GET", "/refund/{id}", 200),
    }


@only_paystack
async def test_a_wrong_key_is_answered_as_paystack_describes(world: World) -> None:
    async with world.http.get(f"{world.emulator.config.public_url}/transaction/verify/wk1") as response:
        answer = await response.json()
    assert response.status == 401
    assert answer["message"] == resolve({"$ref": "#/components/responses/Unauthorized"})["content"][
        "application/json"
    ]["example"]["message"]  # fmt: skip


def test_the_check_itself_refuses_a_form_that_is_wrong() -> None:
    schema = SPEC["components"]["schemas"]["TransactionInitialize"]
    with pytest.raises(AssertionError):
        check({"email": "a@example.com", "amount": "12.50"}, schema)


def operation_of(method: str, path: str) -> tuple[str, dict[str, Any]]:
    for template, operations in SPEC["paths"].items():
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path) and method.lower() in operations:
            return template, operations[method.lower()]
    raise AssertionError(f"Paystack describes no {method} {path}")


def check(value: Any, schema: dict[str, Any]) -> None:
    errors = list(Draft202012Validator(json_schema(schema)).iter_errors(value))
    assert not errors, "\n".join(f"{list(error.path)}: {error.message}" for error in errors)


def resolve(node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    found: Any = SPEC
    for part in node["$ref"].split("/")[1:]:
        found = found[part]
    return resolve(found)


def json_schema(node: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema: references in place, `nullable` as a type; without a type it is anything."""
    if isinstance(node, list):
        return [json_schema(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    node = resolve(node)
    converted = {key: json_schema(value) for key, value in node.items() if key not in {"nullable", "example"}}
    if node.get("nullable") is True and isinstance(node.get("type"), str):
        converted["type"] = [node["type"], "null"]
    return converted
