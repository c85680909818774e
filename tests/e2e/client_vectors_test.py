"""The client against the worked examples of the exchange, byte for byte, before it may judge a server.

    client_vectors_test.py

They are read from the file LINDUNG_EXCHANGE_VECTORS, or else from the project's copy.
"""

import json
import os
import pathlib
import unittest

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import lindung_client as client
import transparency

OPERATIONS = {"status": client.STATUS, "check_in": client.CHECK_IN, "check_out": client.CHECK_OUT}
COPY = pathlib.Path(__file__).resolve().parent.parent / "data" / "sealed-exchange.json"
VECTORS = pathlib.Path(os.environ.get("LINDUNG_EXCHANGE_VECTORS") or COPY)


def unhex(text):
    return bytes.fromhex(text)


def draft_of(case):
    p, r = case["partner"], case["request"]
    partner = client.Partner(
        p["id"], p["epoch"], p["key_id"], Ed25519PrivateKey.from_private_bytes(unhex(p["signing_private_key"]))
    )
    question = client.Question(
        OPERATIONS[r["operation"]],
        unhex(case["token"]["token"]),
        unhex(case["venue"]["code"]),
        unhex(r["request_id"]),
        r["client_time"],
    )
    key = client.GatewayKey(case["gateway"]["key_id"], unhex(case["gateway"]["public_key"]))
    draft = client.Draft(partner, key, unhex(p["pact_digest"]), case["http"]["host"], question)
    draft.nonce, draft.created, draft.expires = unhex(p["nonce"]), p["created"], p["expires"]
    draft.ephemeral = unhex(p["ephemeral_private_key"])
    return draft


class ClientVectors(unittest.TestCase):
    def setUp(self):
        self.cases = json.loads(VECTORS.read_text())["positive"]
        self.assertGreaterEqual(len(self.cases), 10)

    def test_each_request_is_made_byte_for_byte(self):
        for case in self.cases:
            with self.subTest(case["name"]):
                draft, r = draft_of(case), case["request"]
                self.assertEqual(draft.plaintext.hex(), r["plaintext"])
                self.assertEqual(draft.info().hex(), r["hpke_info"])
                self.assertEqual(draft.aad().hex(), r["hpke_aad"])
                headers = dict(draft.headers())
                self.assertEqual(draft.body.hex(), r["body"])
                self.assertEqual(draft.sealer.export(b"lindung response v1", 16).hex(), r["response_secret"])
                self.assertEqual(draft.base(), case["http"]["signature_base"])
                for name, value in case["http"]["headers"]:
                    self.assertEqual(headers[name], value)

    def test_each_answer_is_opened_and_its_leaf_recomputed(self):
        for case in self.cases:
            with self.subTest(case["name"]):
                draft, r = draft_of(case).sign(), case["response"]
                answer = client.open_answer(draft, unhex(r["body"]))
                self.assertEqual(answer.plaintext.hex(), r["plaintext"])
                self.assertEqual(answer.outcome, r["outcome"])
                self.assertEqual(answer.colour, r["colour"])
                self.assertEqual(answer.flags, r["flags"])
                self.assertEqual(answer.answered_at, r["answered_at"])
                self.assertEqual(answer.index, r["log_index"])
                self.assertEqual(draft.evidence().hex(), r["evidence"])
                self.assertEqual(client.commitment_of(answer, draft.plaintext).hex(), r["commitment"])
                self.assertEqual(client.check_answer(answer, draft).hex(), r["leaf"])

    def test_an_answer_changed_in_any_byte_is_refused(self):
        case = self.cases[1]
        draft, body = draft_of(case).sign(), unhex(case["response"]["body"])
        for at in range(0, len(body), 7):
            spoiled = bytearray(body)
            spoiled[at] ^= 1
            with self.assertRaises(client.BadAnswer):
                client.open_answer(draft, bytes(spoiled))


class Proofs(unittest.TestCase):
    """The checks of proofs, against trees that are computed here the slow way."""

    def mth(self, leaves):
        if len(leaves) == 1:
            return leaves[0]
        k = 1 << ((len(leaves) - 1).bit_length() - 1)
        return transparency.node_hash(self.mth(leaves[:k]), self.mth(leaves[k:]))

    def path(self, m, leaves):
        if len(leaves) == 1:
            return []
        k = 1 << ((len(leaves) - 1).bit_length() - 1)
        if m < k:
            return self.path(m, leaves[:k]) + [self.mth(leaves[k:])]
        return self.path(m - k, leaves[k:]) + [self.mth(leaves[:k])]

    def subproof(self, m, leaves, whole):
        if m == len(leaves):
            return [] if whole else [self.mth(leaves)]
        k = 1 << ((len(leaves) - 1).bit_length() - 1)
        if m <= k:
            return self.subproof(m, leaves[:k], whole) + [self.mth(leaves[k:])]
        return self.subproof(m - k, leaves[k:], False) + [self.mth(leaves[:k])]

    def test_right_proofs_are_accepted_and_spoiled_ones_refused(self):
        leaves = [transparency.leaf_hash(bytes([i])) for i in range(20)]
        for size in range(1, 21):
            root = self.mth(leaves[:size])
            for index in range(size):
                path = self.path(index, leaves[:size])
                transparency.check_inclusion(index, size, leaves[index], path, root)
                for wrong in ([*path, root], path[:-1] if path else [root]):
                    with self.assertRaises(transparency.Unproven):
                        transparency.check_inclusion(index, size, leaves[index], wrong, root)
            for first in range(1, size + 1):
                old, proof = self.mth(leaves[:first]), self.subproof(first, leaves[:size], True)
                transparency.check_consistency(first, size, proof, old, root)
                with self.assertRaises(transparency.Unproven):
                    transparency.check_consistency(first, size, proof, old, leaves[0] if size > 1 else bytes(32))

    def test_entries_are_read_as_they_are_written(self):
        entry = [1, "answer", "gojek", 300, 1 << 40, b"\x01\x02", True, [0, 23, 24]]
        self.assertEqual(transparency.cbor_read(transparency.cbor(entry)), (entry, len(transparency.cbor(entry))))


if __name__ == "__main__":
    outcome = unittest.main(verbosity=2, exit=False).result
    bad = len(outcome.failures) + len(outcome.errors)
    ran = len(json.loads(VECTORS.read_text())["positive"])
    print(f"vectors sealed-exchange (client): {ran} ran, {bad} failed, 0 skipped")
    raise SystemExit(bad > 0)
