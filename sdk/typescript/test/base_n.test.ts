// Bytes as text: every length there and back, as Node writes it, and one spelling only.

import assert from "node:assert/strict";
import {test} from "node:test";

import {base64, base64url, fromBase32, fromBase64, fromBase64url, fromHex, hex} from "../dist/base_n.js";

const samples = Array.from({length: 70}, (_, length) => Uint8Array.from({length}, (_, i) => (i * 151 + length * 7) % 256));

test("every length is written as Node writes it, and read again", () => {
  for (const bytes of samples) {
    const buffer = Buffer.from(bytes);
    for (const [written, other, read] of [
      [hex(bytes), buffer.toString("hex"), fromHex(hex(bytes))],
      [base64(bytes), buffer.toString("base64"), fromBase64(base64(bytes))],
      [base64url(bytes), buffer.toString("base64url"), fromBase64url(base64url(bytes))],
    ] as const) {
      assert.equal(written, other);
      assert.deepEqual(read, new Uint8Array(bytes));
    }
  }
});

test("a second spelling is refused", () => {
  for (const text of ["Zg", "Zg=", "Zh==", "Zg===", "Z", "Zg==\n", "Zm8", "Zm8_", "====", "=", "Zg==Zg=="]) {
    assert.equal(fromBase64(text), undefined, text);
  }
  for (const text of ["Zg==", "Zh", "Z", "Zm8+", "Zm 8"]) assert.equal(fromBase64url(text), undefined, text);
  for (const text of ["MZ", "M", "my", "MY======", "M1"]) assert.equal(fromBase32(text), undefined, text);
  for (const text of ["0", "0g", "0x", " 00"]) assert.equal(fromHex(text), undefined, text);
  assert.deepEqual(fromBase32("MZXW6YTBOI"), new Uint8Array(Buffer.from("foobar")));
});
