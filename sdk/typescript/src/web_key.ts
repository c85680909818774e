// WebCrypto's keys, named by what gives them: their own names are known only to programs that have the browser's types.

export type WebKey = Awaited<ReturnType<typeof globalThis.crypto.subtle.importKey>>;

export interface WebKeyPair {
  readonly publicKey: WebKey;
  readonly privateKey: WebKey;
}
