// The signature of a request: RFC 9421 and RFC 9530 in the one spelling of protocol.md section 4.

import {base64, base64url} from "./base_n.js";
import type {Bytes} from "./bytes.js";

/** What a signature names of the endpoint that it is for. */
export interface SignatureProfile {
  readonly path: string;
  readonly contentType: string;
  readonly tag: string;
}
export const exchangeSignature: SignatureProfile = {
  path: "/v1/partner/exchange",
  contentType: "application/vnd.lindung.request",
  tag: "lindung-request",
};
export const bundleSignature: SignatureProfile = {
  path: "/v1/partner/bundle",
  contentType: "application/vnd.lindung.bundle",
  tag: "lindung-bundle",
};
const components = '("@method" "@authority" "@path" "content-type" "content-digest" "lindung-pact")';

export interface SignatureParameters {
  /** Unix seconds. */
  readonly created: number;
  readonly expires: number;
  /** 16 random bytes. */
  readonly nonce: Bytes;
  readonly keyId: string;
}

export function isKeyId(text: string): boolean {
  return /^[a-z0-9.-]{1,64}$/.test(text);
}

/** A digest as a structured field: sha-256=:…: */
export function digestField(digest: Uint8Array): string {
  return `sha-256=:${base64(digest)}:`;
}

/** The value of Signature-Input without its label; it closes the signature base as well. */
export function signatureInput(profile: SignatureProfile, parameters: SignatureParameters): string {
  const {created, expires, nonce, keyId} = parameters;
  return (
    `${components};created=${created};expires=${expires};nonce="${base64url(nonce)}"` +
    `;keyid="${keyId}";alg="ed25519";tag="${profile.tag}"`
  );
}

/** RFC 9421 section 2.5. */
export function signatureBase(
  profile: SignatureProfile,
  authority: string,
  contentDigest: string,
  pact: string,
  input: string,
): string {
  return [
    '"@method": POST',
    `"@authority": ${authority}`,
    `"@path": ${profile.path}`,
    `"content-type": ${profile.contentType}`,
    `"content-digest": ${contentDigest}`,
    `"lindung-pact": ${pact}`,
    `"@signature-params": ${input}`,
  ].join("\n");
}

/** The fields of a signed request, in the order of section 4; Host and Content-Length are the transport's. */
export function requestFields(
  profile: SignatureProfile,
  contentDigest: string,
  pact: string,
  input: string,
  signature: Uint8Array,
): [string, string][] {
  return [
    ["Content-Type", profile.contentType],
    ["Content-Digest", contentDigest],
    ["Lindung-Pact", pact],
    ["Signature-Input", `lindung=${input}`],
    ["Signature", `lindung=:${base64(signature)}:`],
  ];
}
