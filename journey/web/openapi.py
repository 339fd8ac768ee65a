"""The description of the JSON API, as the Dutch API Design Rules ask: version, contact, server, security and refusals.

FastAPI leaves these out, and announces a 422 that we never send.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from journey.web.api import FieldProblem, Problem

API_VERSION = "1.0.0"
PREFIX = "/api/v1"
DESCRIPTION = """
Studies, participants, journeys and figures of Journey. Send a token as `Authorization: Bearer …`.

Every POST takes an `Idempotency-Key`: the same key with the same body gives the first answer again, with another body
409. Refusals are `application/problem+json`. Days are `YYYY-MM-DD` in Europe/Amsterdam.
"""
REFUSALS = {
    400: "The request is not right; `errors` names the fields",
    401: "No valid token",
    403: "Not for the role of this token",
    404: "It does not exist, or not for this token",
    406: "Who asks takes no JSON",
    409: "It clashes with what is recorded, such as a withdrawal",
    413: "The body is too large",
    415: "The body is no JSON",
}
VERSION_HEADER = {
    "description": "Full version of the API",
    "schema": {"type": "string", "examples": [API_VERSION]},
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Own key of this request, so that a retry does nothing twice",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}


def install(app: FastAPI) -> None:
    """Make `app.openapi()` describe the API as it behaves."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = describe(app)
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    base_url = app.state.house.settings.base_url.rstrip("/")
    document = get_openapi(
        title="Journey",
        version=API_VERSION,
        description=DESCRIPTION,
        contact={"name": "Beheer van Journey", "url": base_url},
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        servers=[{"url": base_url + PREFIX, "description": "This installation"}],
        routes=app.routes,
    )
    document["paths"] = {
        path.removeprefix(PREFIX): item for path, item in document["paths"].items() if path.startswith(PREFIX)
    }
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for model in (Problem, FieldProblem):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schema.pop("$defs", None)
        schemas[model.__name__] = schema
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    components["headers"] = {"API-Version": VERSION_HEADER}
    components["responses"] = {str(status): _refusal(text) for status, text in REFUSALS.items()}
    for item in document["paths"].values():
        for method, operation in item.items():
            _complete(method, operation)
    return document


def _complete(method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    for answer in responses.values():
        answer.setdefault("headers", {})["API-Version"] = {"$ref": "#/components/headers/API-Version"}
    for status in REFUSALS:
        if status not in (413, 415) or method == "post":
            responses[str(status)] = {"$ref": f"#/components/responses/{status}"}
    operation["security"] = [{"token": []}]
    if method == "post":
        operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)


def _refusal(text: str) -> dict[str, Any]:
    return {
        "description": text,
        "headers": {"API-Version": {"$ref": "#/components/headers/API-Version"}},
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
