// What a partner uses of this package.

export {Client, type AskOptions, type ClientOptions, type DoorAsking} from "./client.js";
export {signerFromSeed, signerOf, type Signer} from "./ed25519.js";
export type {Colour} from "./answer.js";
export type {Checkpoint} from "./checkpoint.js";
export type {Pending, Proven, Unproven, UnprovenCode, Unreachable, Verification, VerifyOptions} from "./log_reader.js";
export type {PactStanding} from "./pact.js";
export {
  newPendingLink,
  returnedOf,
  verifiedWebhook,
  type ConsentKey,
  type LinkRequest,
  type PendingLink,
  type Pushed,
  type ReceivedWebhook,
  type Redeemed,
  type Returned,
  type WebhookEvent,
} from "./linking.js";
export type {ProblemCode} from "./problem.js";
export type {Again, Asking, BundledAsking} from "./question.js";
export type {Receipt} from "./receipt.js";
export type * from "./result.js";
export type {RetryOptions, Runtime} from "./retry.js";
export type {Fetch} from "./transport.js";
