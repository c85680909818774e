"""What a travel server answers about a card that cannot be told from what it answers about none: carriers before
departure, and whoever guesses at cards.

A carrier hears fit or not fit: every answer is of one length, and nothing but the sealed bit tells cards apart; which
not fit it is, not even the plaintext tells. A card that there is and one that there is not are one answer to who has no
secret of it; a filing looks the same whether the traveller has another card or none.
"""

import json
import re
import secrets
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from likeness import Send, compare, likeness
from row import Row

import carriers
import travel
from carriers import CarrierDraft, CarrierQuestion
from lindung_client import raw_public
from travel import Travel, card, citizen, passport
from wire import Connection, request_bytes

# Answers of one comparison of each set; a filing is judged by the route rules and costs the most.
COMPARED = {"carriers": 40_000, "shown": 40_000, "changed": 40_000, "withdrawn": 40_000, "filed": 10_000}
SHORT = 120
CONFIG = "[cards]\nfilings_per_minute = 1000000\n"
AHEAD_S = 30 * 86_400  # departure of every card
NUMBER = "GA 825"
# What is random in the answer to a filing.
FILED = [re.compile(f'"{name}":"([^"]*)"') for name in ("card", "secret", "qr", "changed_at")]


class Cards:
    """Cards of each kind, filed over the public interface."""

    def __init__(self, server, each, rng):
        self.server, self.each, self.random = server, each, rng
        self.day = int(time.time() + AHEAD_S) // 86_400
        self.number = 10**8

    def file(self, state="UTO", carrier="GA"):
        self.number += 1
        document = passport(f"L{self.number}", "Anna Maria", "1974-08-12", issuing_state=state, nationality=state)
        filed = card({"document": document, "seat": "11F"}, departure=AHEAD_S)
        filed["journey"]["carrier"] = carrier
        made = self.server.file(filed, secrets.token_hex(16))
        return made, filed

    def many(self, **more):
        return [self.file(**more)[0] for _ in range(self.each)]

    def changed(self):
        made, filed = self.file()
        filed["contact"]["address"] = "Jalan Merdeka 2, Bandung"
        status, _ = self.server.call("PUT", "/v1/cards/" + made["card"], filed, made["secret"])
        assert status == 200, status
        return made

    def withdrawn(self):
        made, _ = self.file()
        status, _ = self.server.call("DELETE", "/v1/cards/" + made["card"], secret=made["secret"])
        assert status == 200, status
        return made


class TravelAlike(Row):
    name = "travel-alike"
    what = "answers about cards that there are, that ended and that never were: the same bytes, size and time"
    unit = "answers"
    goal, short = sum(COMPARED.values()), SHORT * len(COMPARED)

    def run(self, work):
        server = Travel(work.folder / "t", CONFIG)
        try:
            server.init()
            server.start().unseal()
            host, port = server.url.removeprefix("http://").split(":")
            self.authority = f"{host}:{port}"
            with Connection((host, int(port))) as connection:
                self.compare_all(work, server, connection)
        finally:
            server.kill()

    def compare_all(self, work, server, connection):
        cards = Cards(server, 3 if work.is_short else 60, work.random)
        sets = {
            "carriers": lambda: self.carriers_ask(server, connection, cards),
            "shown": lambda: self.strangers(connection, cards, "GET"),
            "changed": lambda: self.strangers(connection, cards, "PUT"),
            "withdrawn": lambda: self.strangers(connection, cards, "DELETE"),
            "filed": lambda: self.filings(connection, cards),
        }
        done = 0 if work.is_short else self.goal - work.left()
        for name, count in COMPARED.items():
            done -= count  # what runs before have compared
            if done < 0 and work.goes_on():
                compare(work, name, sets[name](), SHORT if work.is_short else count)

    def carriers_ask(self, server, connection, cards):
        key = Ed25519PrivateKey.generate()
        server.run("carrier", "add", "GA", "--name", "Garuda", "--public-key", raw_public(key).hex())
        holder, sealed_to = carriers.holder("GA", key), carriers.gateway_key(server)
        good = cards.many(state="IDN")
        kinds = {
            "fit": (good, True, {}),
            "not fit": (cards.many(), False, {}),
            "unknown": ([{"card": secrets.token_hex(16)} for _ in range(cards.each)], False, {}),
            "withdrawn": ([cards.withdrawn() for _ in range(cards.each)], False, {}),
            "superseded": ([cards.changed() for _ in range(cards.each)], False, {}),
            "of another carrier": (cards.many(state="IDN", carrier="SQ"), False, {}),
            "another number": (good, False, {"number": "GA 827"}),
            "another day": (good, False, {"day": cards.day + 1}),
        }

        def prepare(made, fits, more):
            def one():
                card_id = bytes.fromhex(cards.random.choice(made)["card"])
                question = CarrierQuestion(card_id, **{"number": NUMBER, "day": cards.day, **more})
                draft = CarrierDraft(holder, sealed_to, self.authority, question)
                data = request_bytes("POST", carriers.PATH, draft.headers(), draft.body)

                def looks(response):
                    """The plaintext is the bit and zeros (open() holds it to that); the ciphertext's length counts."""
                    if response.status == 200 and draft.is_fit(response.body) == fits:
                        response.body = b"*" * len(response.body)
                    return likeness(response)

                return Send(connection, data, looks=looks)

            return one

        return {name: prepare(*kind) for name, kind in kinds.items()}

    def strangers(self, connection, cards, method):
        there, gone = cards.many(), [cards.withdrawn() for _ in range(cards.each)]
        body = json.dumps(card({"document": passport("L898902C3", "Anna", "1974-08-12")}, departure=AHEAD_S)).encode()

        def prepare(card_of):
            def one():
                fields = [("Host", self.authority), ("Lindung-Card-Secret", secrets.token_urlsafe(16))]
                if method == "PUT":
                    fields += [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
                data = request_bytes(method, "/v1/cards/" + card_of(), fields, body if method == "PUT" else b"")
                return Send(connection, data)

            return one

        return {
            "there": prepare(lambda: cards.random.choice(there)["card"]),
            "withdrawn": prepare(lambda: cards.random.choice(gone)["card"]),
            "missing": prepare(lambda: secrets.token_hex(16)),
        }

    def filings(self, connection, cards):
        """By NIK, inside the country: of somebody who has a card of that day, and of somebody who has none."""

        def body(nik):
            filed = card({"document": citizen(nik, "Siti Aminah")}, scope="domestic", origin="DPS", departure=AHEAD_S)
            return json.dumps({"filing": secrets.token_hex(16), "card": filed}).encode()

        def request(nik):
            content = body(nik)
            fields = [("Host", self.authority), ("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
            return request_bytes("POST", "/v1/cards", fields, content)

        known = [f"31740560019{number:05}" for number in range(1, 1 + 10 * cards.each)]
        for nik in known:
            response = connection.raw(request(nik))
            assert response.status == 201, response
        self.fresh = 0

        def fresh():
            self.fresh += 1
            return f"3275{10 + self.fresh // 9_999:02}600190{1 + self.fresh % 9_999:04}"  # 0000 is nobody's number

        def prepare(nik_of):
            return lambda: Send(connection, request(nik_of()), FILED)

        return {"has one": prepare(lambda: cards.random.choice(known)), "has none": prepare(fresh)}


ROWS = [TravelAlike()]
