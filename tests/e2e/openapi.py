"""docs/openapi.yaml as a test reads it: references resolved, requests and responses held to it."""

import json
import pathlib
import re

import jsonschema
import yaml

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
PROBLEM = "application/problem+json"
METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")


class Document:
    def __init__(self, text=None):
        self.root = yaml.safe_load(PAGE.read_text(encoding="utf-8") if text is None else text)

    def at(self, pointer):
        here = self.root
        for part in pointer.removeprefix("#/").split("/"):
            here = here[part]
        return here

    def open(self, node):
        """What a node is, or refers to."""
        while isinstance(node, dict) and "$ref" in node:
            node = self.at(node["$ref"])
        return node

    def operations(self):
        for path, item in self.root["paths"].items():
            for method in METHODS:
                if method in item:
                    yield method.upper(), path, item[method]

    def operation(self, method, path):
        return self.root["paths"][path][method.lower()]

    def matches(self, value, schema):
        """Fails when a value is not of the schema."""
        whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": self.root["components"]}
        jsonschema.Draft202012Validator({**whole, "allOf": [schema]}).validate(value)

    def problems(self):
        """Every example: (name, status, title) by cause and mend."""
        out = {}
        for example in self.root["components"]["examples"].values():
            text = " ".join(example["description"].split())
            cause, mend = re.fullmatch(r"Cause: (.*) Mend: (.*)", text).groups()
            value = example["value"]
            name = value["type"].removeprefix("urn:lindung:problem:")
            out[name, value["status"], value["title"]] = (cause, mend)
            self.matches(value, {"$ref": "#/components/schemas/Problem"})
            if example["summary"] != value["title"]:
                raise AssertionError(f"{name}: its summary is another title")
        return out

    def examples_of(self, content):
        return [self.open(example)["value"] for example in content.get("examples", {}).values()]

    def check(self, method, path, response):
        """Holds a response to what stands here for the operation; returns its body as JSON, if it is."""
        documented = self.operation(method, path)["responses"].get(str(response.status))
        if documented is None:
            raise AssertionError(f"{method} {path}: {response.status} is not documented: {response.body[:200]!r}")
        documented = self.open(documented)
        kind = response.one("Content-Type")
        if kind not in documented["content"]:
            raise AssertionError(f"{method} {path} {response.status}: {kind} is not documented")
        for name, header in documented.get("headers", {}).items():
            header = self.open(header)
            values = response.all(name)
            if header.get("required") and len(values) != 1:
                raise AssertionError(f"{method} {path} {response.status}: {name} stands {len(values)} times")
            for value in values:
                self.matches(value, header["schema"])
        content = documented["content"][kind]
        if kind.startswith(("application/json", PROBLEM)):
            value = json.loads(response.body)
        else:
            value = response.body.decode("utf-8" if kind.startswith("text/") else "latin-1")
        self.matches(value, content["schema"])
        if kind == PROBLEM:
            told = (value["type"], value["status"], value["title"])
            if told not in [(e["type"], e["status"], e["title"]) for e in self.examples_of(content)]:
                raise AssertionError(f"{method} {path}: {told} is not documented here")
        return value
