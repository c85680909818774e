"""A document of docs/openapi*.yaml as a test reads it: references resolved, requests and responses held to it.

What one document takes from another by a reference to that file stands in it as if it were written there.
"""

import json
import pathlib
import re

import jsonschema
import yaml

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
PROBLEM = "application/problem+json"
METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")


class OneOfEachName(yaml.SafeLoader):
    """A name that stands twice is no document: the second would silently take the place of the first."""

    def construct_mapping(self, node, deep=False):
        names = [name.value for name, _ in node.value]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise AssertionError(f"{', '.join(map(str, twice))}: twice {node.start_mark}")
        return super().construct_mapping(node, deep)


def read(name):
    return yaml.load((DOCS / name).read_text(encoding="utf-8"), OneOfEachName)


def at(root, pointer):
    here = root
    for part in pointer.removeprefix("#/").split("/"):
        here = here[part.replace("~1", "/").replace("~0", "~")]
    return here


class Whole:
    """One document with what it takes from others."""

    def __init__(self, name):
        self.name = name
        self.files = {name: read(name)}
        self.root = self.files[name]
        self.root["paths"] = self.taken(self.root["paths"], name)
        for kind in list(self.root["components"].values()):
            for each in [each for each in kind if "x-taken" not in kind[each]]:
                kind[each] = self.taken(kind[each], name)

    def taken(self, node, file):
        """A copy of a node of a file, with references into this document alone."""
        if isinstance(node, list):
            return [self.taken(each, file) for each in node]
        if not isinstance(node, dict):
            return node
        if not isinstance(node.get("$ref"), str):
            return {name: self.taken(value, file) for name, value in node.items()}
        where, pointer = node["$ref"].split("#")
        where = where or file
        if where == self.name:
            return dict(node)
        if where not in self.files:
            self.files[where] = read(where)
        other = at(self.files[where], "#" + pointer)
        if not pointer.startswith("/components/"):
            return self.taken(other, where)
        _, _, kind, name = pointer.split("/")
        here = self.root.setdefault("components", {}).setdefault(kind, {})
        mark = f"of {where}"
        if name not in here:
            here[name] = {"x-taken": mark}  # before what is below it, which may lead back here
            here[name] = self.taken(other, where) | {"x-taken": mark}
        elif here[name].get("x-taken") != mark:
            raise AssertionError(f"{kind}/{name} stands in {self.name} and in {where}")
        return {**node, "$ref": "#" + pointer}


def name_of(problem):
    return problem["type"].removeprefix("urn:lindung:problem:")


class Document:
    def __init__(self, name="openapi.yaml"):
        self.root = Whole(name).root
        self.seen = set()  # (method, path, status, name of the problem or None) of what was checked

    def at(self, pointer):
        return at(self.root, pointer)

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

    def promises(self):
        """(method, path, status, name of the problem or None) of every answer that stands here."""
        for method, path, operation in self.operations():
            for status, response in operation["responses"].items():
                for kind, content in self.open(response).get("content", {}).items():
                    names = [name_of(example) for example in self.examples_of(content)] if kind == PROBLEM else [None]
                    yield from ((method, path, int(status), name) for name in names)

    def routes_apart(self, routes):
        """Of a server's table [(method, path)]: documented operations that no route answers, and routes that no
        operation documents."""

        def route_of(method, path):
            """As the router does: the path as it stands before a pattern, and of those the longest."""
            here = [r for r in routes if r[1] == path]
            below = [r for r in routes if r[1].endswith("/*") and path.startswith(r[1][:-1])]
            here = here or [r for r in below if len(r[1]) == max(len(b[1]) for b in below)]
            return next((r for r in here if r[0] == method), None)

        answered = {(method, path): route_of(method, path) for method, path, _ in self.operations()}
        return {operation for operation, route in answered.items() if route is None}, set(routes) - set(answered.values())

    def problems(self):
        """Every example: (name, status, title) by cause and mend."""
        out = {}
        for example in self.root["components"]["examples"].values():
            text = " ".join(example["description"].split())
            cause, mend = re.fullmatch(r"Cause: (.*) Mend: (.*)", text).groups()
            value = example["value"]
            name = name_of(value)
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
        self.seen.add((method, path, response.status, name_of(value) if kind == PROBLEM else None))
        if kind == PROBLEM:
            told = (value["type"], value["status"], value["title"])
            if told not in [(e["type"], e["status"], e["title"]) for e in self.examples_of(content)]:
                raise AssertionError(f"{method} {path}: {told} is not documented here")
        return value
