"""What is true of every document of docs/openapi*.yaml, alone and against the server that it is about."""

import json
import unittest

import jsonschema

import demo
import wire
from openapi import Document, name_of


class PageCase:
    """Of the document alone."""

    document = None
    unreferred = frozenset()  # components that nothing in the document leads to

    def setUp(self):
        self.page = Document(self.document)

    def test_every_reference_leads_somewhere_and_everything_is_referred_to(self):
        used = set()

        def walk(node):
            if isinstance(node, dict):
                for key, value in node.items():
                    if key == "$ref":
                        self.page.at(value)
                        used.add(value)
                    walk(value)
            elif isinstance(node, list):
                for value in node:
                    walk(value)

        walk(self.page.root)
        self.assertEqual(self.page.root["openapi"], "3.1.0")
        there = {f"#/components/{kind}/{name}" for kind, all_ in self.page.root["components"].items() for name in all_}
        self.assertEqual(there - used, {f"#/components/{name}" for name in self.unreferred})

    def test_schemas_are_schemas_and_names_are_unique(self):
        for name, schema in self.page.root["components"]["schemas"].items():
            with self.subTest(name):
                jsonschema.Draft202012Validator.check_schema(schema)
        names = [operation["operationId"] for _, _, operation in self.page.operations()]
        self.assertEqual(len(names), len(set(names)))
        tags = {tag["name"] for tag in self.page.root["tags"]}
        for method, path, operation in self.page.operations():
            with self.subTest(path, method=method):
                self.assertLessEqual(set(operation["tags"]), tags)
                declared = {p["name"] for p in map(self.page.open, operation.get("parameters", [])) if p["in"] == "path"}
                self.assertEqual({part[1:-1] for part in path.split("/") if part.startswith("{")}, declared)

    def test_what_changes_something_says_that_its_outcome_may_be_unknown(self):
        for method, path, operation in self.page.operations():
            if method == "GET" or "503" not in operation["responses"]:
                continue
            with self.subTest(path, method=method):
                promised = {name for m, p, status, name in self.page.promises() if (m, p, status) == (method, path, 503)}
                self.assertIn("outcome-unknown", promised)

    def test_a_response_that_is_not_documented_is_found(self):
        problem = {"type": "urn:lindung:problem:pact-outdated", "title": "x", "status": 400}
        post = next((method, path) for method, path, _ in self.page.operations() if method == "POST")
        cases = [
            (wire.Response(418, [("Content-Type", "text/plain")], b""), "418"),
            (wire.Response(200, [("Content-Type", "text/html")], b""), "text/html"),
            (wire.Response(200, [("Content-Type", "text/plain; charset=utf-8")], b"ok\n"), "Cache-Control"),
        ]
        for response, words in cases:
            with self.assertRaisesRegex(AssertionError, words):
                self.page.check("GET", "/healthz", response)
        wrong = wire.Response(400, [("Content-Type", "application/problem+json")], json.dumps(problem).encode())
        with self.assertRaisesRegex(AssertionError, "not documented here"):
            self.page.check(*post, wrong)
        with self.assertRaises(jsonschema.ValidationError):
            bare = wire.Response(400, [("Content-Type", "application/problem+json")], b"{}")
            self.page.check(*post, bare)


class ServedCase(unittest.TestCase):
    """Of a server that runs: `page`, `address` and `authority` are the class's."""

    page = address = authority = None
    PLACES = {"{level}": "0", "{index}": "000", "{list}": "x.json"}  # a path's parameters, where nothing else is said

    def target(self, path):
        for name, value in self.PLACES.items():
            path = path.replace(name, value)
        return path

    def assertAllRoutesDocumented(self, surface):
        routes = {(route["method"], route["path"]) for route in surface["routes"]}
        self.assertEqual(len(routes), len(surface["routes"]))
        no_routes, undocumented = self.page.routes_apart(routes)
        self.assertEqual(no_routes, set(), "documented, and no route of the server")
        self.assertEqual(undocumented, set(), "routes that are not documented")

    def refuses_what_no_route_takes(self, method, path):
        """Another method, fields that are too large, and a body where none is."""
        host = [("Host", self.authority)]
        with wire.Connection(self.address) as connection:
            target = self.target(path)
            response = connection.request("PATCH", target, [*host, ("Content-Length", "0")])
            self.assertEqual(name_of(self.page.check(method, path, response)), "method")
            response = connection.request(method, target, [*host, ("X-Padding", "x" * 17000)])
            self.assertEqual(name_of(self.page.check(method, path, response)), "too-large")
            size = "1" if method == "GET" else str(10**10)
            response = connection.request(method, target, [*host, ("Content-Length", size)], b"x")
            self.assertEqual(name_of(self.page.check(method, path, response)), "too-large")

    def is_slow_everywhere(self):
        """The first half of a request to every operation: all of them wait at once."""
        slow = []
        for method, path, _ in self.page.operations():
            half = wire.Connection(self.address)
            self.addCleanup(half.close)
            half.socket = demo.socket_to(self.address)
            half.socket.sendall(f"{method} {self.target(path)} HTTP/1.1\r\nHost: x\r\n".encode())
            slow.append((method, path, half))
        for method, path, half in slow:
            with self.subTest(path, what="slow"):
                self.assertEqual(name_of(self.page.check(method, path, half.read(False))), "timeout")
