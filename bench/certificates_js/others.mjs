// Four other verifiers of HC1 behind one shape: verify({text, der, kid, at}) -> true for "valid". Each is used as its own page
// shows; what it does not look at (clock, schema, key usage) it does not look at here. None of them may use the network.
import crypto from "node:crypto";
import http from "node:http";
import https from "node:https";
import zlib from "node:zlib";
import {createRequire, register} from "node:module";

for (const each of [http, https]) {
  each.request = each.get = () => {
    throw new Error("offline");
  };
}
console.log = console.warn = console.error = () => {};

const require = createRequire(import.meta.url);
const {DCC} = require("dcc-utils");
const cosette = require("cosette/build/sign");
const base45 = require("base45");
const cbor = require("cbor");
register("./sdk_hooks.mjs", import.meta.url);
const sdk = await import("./node_modules/@pathcheck/dcc-sdk/lib/main.js");

const pem = (der) => `-----BEGIN CERTIFICATE-----\n${der.match(/.{1,64}/g).join("\n")}\n-----END CERTIFICATE-----\n`;
const keyOf = (der) => new crypto.X509Certificate(Buffer.from(der, "base64")).publicKey;
const asBytes = (view) => Buffer.from(view.buffer ?? view, view.byteOffset ?? 0, view.byteLength ?? view.length);

// Keys that were read once, as a verifier at a door would keep them.
const kept = new Map();
const keep = (name, make) => {
  if (!kept.has(name)) kept.set(name, make());
  return kept.get(name);
};

// What a developer writes in an afternoon: prefix, key id, signature, time.
const byHand = ({text, der, kid, at}) => {
  if (!text.startsWith("HC1:")) return false;
  const message = cbor.decodeFirstSync(zlib.inflateSync(base45.decode(text.slice(4))));
  const [head, unprotected, payload, signature] = message.value ?? message;
  const protectedHead = head.length ? cbor.decodeFirstSync(head) : new Map();
  const header = (label) => protectedHead.get(label) ?? unprotected.get?.(label);
  if (!asBytes(header(4)).equals(kid)) return false;
  const signed = cbor.encodeOne(["Signature1", asBytes(head), Buffer.alloc(0), asBytes(payload)], {highWaterMark: 65536});
  const key = keep(`key ${der}`, () => keyOf(der));
  const how =
    header(1) === -37
      ? {key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32}
      : {key, dsaEncoding: "ieee-p1363"};
  if (!crypto.verify("sha256", signed, how, asBytes(signature))) return false;
  const claims = cbor.decodeFirstSync(payload);
  return claims.get(6) <= at && at <= claims.get(4) && claims.get(-260)?.get(1) !== undefined;
};

const byCosette = async ({text, der, kid}) => {
  if (!text.startsWith("HC1:")) return false;
  const bytes = zlib.inflateSync(base45.decode(text.slice(4)));
  await cosette.verify(bytes, async (found, algorithm) => {
    if (!asBytes(found).equals(kid)) throw new Error("another key");
    const use = algorithm.name === "ECDSA" ? {...algorithm, namedCurve: "P-256"} : {...algorithm, hash: "SHA-256"};
    const spki = () => keyOf(der).export({type: "spki", format: "der"});
    return {key: await keep(`web ${der}`, () => cosette.webcrypto.subtle.importKey("spki", spki(), use, true, ["verify"]))};
  });
  return true;
};

const byUtils = async ({text, der, kid}) => {
  const certificate = await DCC.fromRaw(text);
  if (certificate.kid !== kid.toString("base64")) return false;
  await certificate.checkSignatureWithCertificate(keep(`pem ${der}`, () => pem(der)));
  return true;
};

const bySdk = async ({text, der, kid}) => {
  keep(`sdk ${der}`, () => sdk.addCachedCerts({[kid.toString("base64")]: der}) ?? true);
  const {status} = await sdk.verify(await sdk.unpack(text));
  return status === "verified";
};

const answering = (verify) => async (asked) => {
  try {
    return Boolean(await verify(asked));
  } catch {
    return false;
  }
};

export const others = {
  "dcc-utils": answering(byUtils),
  "dcc-sdk": answering(bySdk),
  cosette: answering(byCosette),
  "node:crypto": answering(byHand),
};
export {sdk, cosette, cbor, base45};
