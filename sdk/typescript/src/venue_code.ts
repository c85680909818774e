// What a QR code at a door holds (protocol.md section 6). Whether it is genuine is the gateway's to say; here it is only
// told from other QR codes, so that a visitor who scanned a menu hears so without a question being spent.

import {fromBase32} from "./base_n.js";
import type {Bytes} from "./bytes.js";

export const venueCodeMax = 160;
const prefix = "LINDUNG:1:";

/** The bytes in "LINDUNG:1:…"; undefined for any other text. */
export function venueCodeBytes(text: string): Bytes | undefined {
  if (!text.startsWith(prefix)) return undefined;
  const bytes = fromBase32(text.slice(prefix.length));
  return bytes !== undefined && bytes.length > 0 && bytes.length <= venueCodeMax ? bytes : undefined;
}
