"""api/openapi.yaml as something to hold answers against."""
import pathlib
import re
import urllib.parse

import jsonschema
import yaml

FILE = pathlib.Path(__file__).resolve().parent.parent.parent / "api" / "openapi.yaml"
METHODS = ("get", "put", "post", "patch", "delete")
TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"


class Operation:
    def __init__(self, contract, method, path, item):
        self.contract, self.method, self.path = contract, method.upper(), path
        self.document = item[method]
        self.parameters = [contract.resolve(each) for each in item.get("parameters", []) + self.document.get("parameters", [])]
        several = {each["name"] for each in self.parameters if each.get("x-segments") == "several"}
        part = re.compile(r"{(\w+)}")
        self.pattern = re.compile(part.sub(lambda m: "(.+)" if m.group(1) in several else "([^/]+)", path) + "$")

    def __str__(self):
        return self.document["operationId"]

    def response(self, status):
        found = self.document["responses"].get(str(status)) or self.document["responses"]["default"]
        return self.contract.resolve(found)

    def succeeds_with(self):
        return [int(status) for status in self.document["responses"] if status.startswith("2")]

    def mistakes_in_reply(self, reply):
        """What in the reply is not as the file says; empty when all is."""
        if reply.status < 300 and reply.status not in self.succeeds_with():
            return [f"status {reply.status} is not in the file"]
        described = self.response(reply.status)
        return self._headers(described, reply) + self._body(described, reply)

    @staticmethod
    def _headers(described, reply):
        known = described.get("headers", {})
        wrong = [f"{name} is not in the file" for name in ("ETag", "Location", "Link", "Set-Cookie") if name in reply.headers and name not in known]
        always = [name for name in known if name not in ("Link", "Retry-After")]
        return wrong + [f"{name} is missing" for name in always if name not in reply.headers]

    def _body(self, described, reply):
        content = described.get("content")
        if not content:
            return ["a body is not in the file"] if reply.body else []
        media_type = reply.headers["Content-Type"].split(";")[0]
        if media_type not in content:
            return [f"the media type {media_type} is not in the file"]
        return self.contract.mistakes(self.contract.strict(content[media_type]["schema"]), reply.json)

    def mistakes_in_request(self, body, query):
        names = {each["name"] for each in self.parameters if each["in"] == "query"}
        wrong = [f"?{name} is not in the file" for name, _ in urllib.parse.parse_qsl(query) if name not in names]
        described = self.document.get("requestBody")
        if body is None or described is None:
            return wrong
        return wrong + self.contract.mistakes(self.contract.plain(described["content"]["application/json"]["schema"]), body)


class Contract:
    def __init__(self, document=None):
        self.document = document or yaml.safe_load(FILE.read_text())
        self.operations = [Operation(self, method, path, item) for path, item in self.document["paths"].items() for method in METHODS if method in item]

    def resolve(self, node):
        while "$ref" in node:
            place = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                place = place[part]
            node = place
        return node

    def operation(self, method, path):
        fits = [each for each in self.operations if each.method == method and each.pattern.match(path)]
        # A literal segment goes before a parameter, as in /bindings/remove.
        return min(fits, key=lambda each: each.path.count("{"), default=None)

    def plain(self, schema):
        return self._expanded(schema, strict=False)

    def strict(self, schema):
        """The schema with every $ref in place, and nothing allowed that it does not name: what the server says more is not in the contract."""
        return self._expanded(schema, strict=True)

    def _expanded(self, schema, strict, part_of_all=False):
        if isinstance(schema, list):
            return [self._expanded(each, strict) for each in schema]
        if not isinstance(schema, dict):
            return schema
        schema = self.resolve(schema)
        out = {}
        for key, value in schema.items():
            if key == "properties":
                out[key] = {name: self._expanded(each, strict) for name, each in value.items()}
            elif key == "allOf":
                out[key] = [self._expanded(each, strict, part_of_all=True) for each in value]
            else:
                out[key] = self._expanded(value, strict) if key in ("items", "anyOf", "additionalProperties") else value
        if strict and schema.get("format") == "date-time":
            out["pattern"] = TIME
        if strict and not part_of_all and ("properties" in out or "allOf" in out):
            out["unevaluatedProperties"] = False
        return out

    @staticmethod
    def mistakes(schema, value):
        found = jsonschema.Draft202012Validator(schema).iter_errors(value)
        return [f"{'.'.join(str(part) for part in each.absolute_path) or 'it'}: {each.message[:300]}" for each in found]


class Exchanges:
    """Everything that clients ask of /api/v1 while it is installed, for the contract to judge."""

    def __init__(self, contract):
        self.contract, self.seen = contract, {}

    def install(self, monkeypatch, client_class):
        send = client_class.request

        def request(client, method, path, body=None, *more, **kw):
            reply = send(client, method, path, body, *more, **kw)
            target = urllib.parse.urlsplit(path)
            if target.path.startswith("/api/v1/"):
                self.note(method, target, body, reply)
            return reply

        monkeypatch.setattr(client_class, "request", request)
        return self

    def note(self, method, target, body, reply):
        operation = self.contract.operation(method, target.path)
        wrong = [f"{method} {target.path} is not in the file"]
        if operation:
            wrong = operation.mistakes_in_reply(reply)
            if reply.status < 300:
                wrong += operation.mistakes_in_request(body if isinstance(body, dict) else None, target.query)
        story = f"{method} {urllib.parse.urlunsplit(target)} → {reply.status} {reply.body[:400]!r}"
        self.seen.setdefault(str(operation), []).append((reply.status, story, wrong))

    def mistakes(self, operation):
        return [f"{story}\n    " + "\n    ".join(wrong) for _, story, wrong in self.seen.get(operation, []) if wrong]

    def succeeded(self, operation):
        return any(status < 300 for status, _, _ in self.seen.get(operation, []))
