// One question in, one answer out, as JSON: {"judge": [{text, der, kid, at}]} asks the four others; {"make": {certificate, key,
// jwk, kid, issuer, issued, expires, content}} has two of them sign a certificate of their own.
import zlib from "node:zlib";
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {base45, cbor, cosette, others, sdk} from "./others.mjs";

const {HeaderParameters} = createRequire(import.meta.url)("cosette/build/common");
const asked = JSON.parse(readFileSync(0, "utf8"));
const answer = {};

for (const each of asked.judge ?? []) {
  each.kid = Buffer.from(each.kid, "base64");
  for (const [name, verify] of Object.entries(others)) (answer[name] ??= []).push(await verify(each));
}

if (asked.make) {
  const {certificate, key, jwk, kid, issuer, issued, expires, content} = asked.make;
  const claims = new Map([[1, issuer], [4, expires], [6, issued], [-260, new Map([[1, content]])]]);
  answer["dcc-sdk"] = await sdk.signAndPack(claims, certificate, key);
  const signer = await cosette.webcrypto.subtle.importKey("jwk", jwk, {name: "ECDSA", namedCurve: "P-256"}, true, ["sign"]);
  // Its own "kid" takes texts only; the EU's are bytes.
  HeaderParameters.kid_bytes = HeaderParameters.kid;
  const headers = {p: {alg: "ES256", kid_bytes: Buffer.from(kid, "base64")}, u: {}};
  const message = await cosette.create(headers, cbor.encodeOne(claims, {highWaterMark: 65536}), {key: signer});
  answer.cosette = "HC1:" + base45.encode(zlib.deflateSync(Buffer.from(message)));
}
process.stdout.write(JSON.stringify(answer) + "\n");
