// Passkeys as JSON (WebAuthn Level 3 section 5.1.9): the server's options in, what the authenticator signed out.
import {fromBase64, toBase64} from "./bytes";

interface Descriptor {
  id: string;
  type: "public-key";
  transports?: AuthenticatorTransport[];
}

export interface CreationOptions {
  challenge: string;
  rp: PublicKeyCredentialRpEntity;
  user: {id: string; name: string; displayName: string};
  pubKeyCredParams: PublicKeyCredentialParameters[];
  excludeCredentials?: Descriptor[];
  authenticatorSelection?: AuthenticatorSelectionCriteria;
  attestation?: AttestationConveyancePreference;
  timeout?: number;
}

export interface RequestOptions {
  challenge: string;
  rpId?: string;
  allowCredentials?: Descriptor[];
  userVerification?: UserVerificationRequirement;
  timeout?: number;
}

export interface CredentialJson {
  id: string;
  rawId: string;
  type: string;
  response: Record<string, unknown>;
  clientExtensionResults: Record<string, never>;
}

function base64url(bytes: ArrayBuffer): string {
  return toBase64(new Uint8Array(bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

const descriptors = (list: readonly Descriptor[] = []): PublicKeyCredentialDescriptor[] =>
  list.map((each) => ({...each, id: fromBase64(each.id)}));

export function hasPasskeys(): boolean {
  return typeof PublicKeyCredential === "function";
}

/** Makes one. Throws a DOMException when the holder says no. */
export async function createPasskey(options: CreationOptions): Promise<CredentialJson> {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: fromBase64(options.challenge),
      user: {...options.user, id: fromBase64(options.user.id)},
      excludeCredentials: descriptors(options.excludeCredentials),
    },
  });
  if (!(made instanceof PublicKeyCredential)) throw new Error("no passkey");
  const response = made.response as AuthenticatorAttestationResponse;
  return {
    id: made.id,
    rawId: base64url(made.rawId),
    type: made.type,
    response: {
      clientDataJSON: base64url(response.clientDataJSON),
      attestationObject: base64url(response.attestationObject),
      transports: response.getTransports(),
    },
    clientExtensionResults: {},
  };
}

/** Has one sign the server's challenge. Throws a DOMException when the holder says no. */
export async function usePasskey(options: RequestOptions): Promise<CredentialJson> {
  const got = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: fromBase64(options.challenge),
      allowCredentials: descriptors(options.allowCredentials),
    },
  });
  if (!(got instanceof PublicKeyCredential)) throw new Error("no passkey");
  const response = got.response as AuthenticatorAssertionResponse;
  return {
    id: got.id,
    rawId: base64url(got.rawId),
    type: got.type,
    response: {
      clientDataJSON: base64url(response.clientDataJSON),
      authenticatorData: base64url(response.authenticatorData),
      signature: base64url(response.signature),
      userHandle: response.userHandle ? base64url(response.userHandle) : null,
    },
    clientExtensionResults: {},
  };
}
