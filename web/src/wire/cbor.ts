// Reads one CBOR item (RFC 8949) of bounded depth: what certificates are made of.
import type {Bytes} from "./bytes";

export class Tagged {
  constructor(
    readonly tag: number,
    readonly value: Cbor,
  ) {}
}
export type Cbor = number | string | boolean | null | Bytes | Cbor[] | Map<number | string, Cbor> | Tagged;

const deepest = 16;

class Reader {
  private at = 0;
  private readonly view: DataView;
  constructor(private readonly bytes: Bytes) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  atEnd(): boolean {
    return this.at === this.bytes.length;
  }

  private take(size: number): number {
    if (size > this.bytes.length - this.at) throw new Error("CBOR: ends early");
    const at = this.at;
    this.at += size;
    return at;
  }

  private argument(low: number): number {
    if (low < 24) return low;
    if (low === 24) return this.view.getUint8(this.take(1));
    if (low === 25) return this.view.getUint16(this.take(2));
    if (low === 26) return this.view.getUint32(this.take(4));
    if (low !== 27) throw new Error("CBOR: length");
    const value = this.view.getBigUint64(this.take(8));
    if (value > Number.MAX_SAFE_INTEGER) throw new Error("CBOR: number");
    return Number(value);
  }

  private simple(low: number): Cbor {
    if (low === 20 || low === 21) return low === 21;
    if (low === 22 || low === 23) return null;
    if (low === 26) return this.view.getFloat32(this.take(4));
    if (low === 27) return this.view.getFloat64(this.take(8));
    throw new Error("CBOR: simple value");
  }

  item(depth = 0): Cbor {
    if (depth > deepest) throw new Error("CBOR: depth");
    const head = this.view.getUint8(this.take(1));
    const major = head >> 5;
    if (major === 7) return this.simple(head & 31);
    const n = this.argument(head & 31);
    switch (major) {
      case 0:
        return n;
      case 1:
        return -1 - n;
      case 2: {
        const at = this.take(n);
        return this.bytes.slice(at, at + n);
      }
      case 3: {
        const at = this.take(n);
        return new TextDecoder("utf-8", {fatal: true}).decode(this.bytes.subarray(at, at + n));
      }
      case 4: {
        if (n > this.bytes.length - this.at) throw new Error("CBOR: ends early");
        return Array.from({length: n}, () => this.item(depth + 1));
      }
      case 5: {
        const map = new Map<number | string, Cbor>();
        for (let i = 0; i < n; ++i) {
          const key = this.item(depth + 1);
          if ((typeof key !== "number" && typeof key !== "string") || map.has(key)) throw new Error("CBOR: key");
          map.set(key, this.item(depth + 1));
        }
        return map;
      }
      default:
        return new Tagged(n, this.item(depth + 1));
    }
  }
}

/** Throws for anything but exactly one item. */
export function readCbor(bytes: Bytes): Cbor {
  const reader = new Reader(bytes);
  const item = reader.item();
  if (!reader.atEnd()) throw new Error("CBOR: bytes behind the item");
  return item;
}

export function entry(map: Cbor | undefined, key: number | string): Cbor | undefined {
  return map instanceof Map ? map.get(key) : undefined;
}

/** Definite-length bytes or text as CBOR writes them: what a Sig_structure needs. */
export function header(major: 2 | 3 | 4, size: number): Uint8Array {
  if (size < 24) return Uint8Array.of((major << 5) | size);
  if (size < 0x100) return Uint8Array.of((major << 5) | 24, size);
  return Uint8Array.of((major << 5) | 25, size >> 8, size & 0xff);
}
