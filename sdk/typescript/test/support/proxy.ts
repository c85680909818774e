// A TCP proxy in front of the server, that lets a request through and then loses its reply, as networks do; and a fetch that
// goes through it under the server's own name.

import {once} from "node:events";
import * as http from "node:http";
import {connect, createServer, type AddressInfo, type Server, type Socket} from "node:net";

import type {Fetch} from "../../dist/index.js";

export class LossyProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** How many connections that carry a question lose what the server replies. */
  toLose = 0;
  lost = 0;

  constructor(private readonly port: number) {
    this.#server = createServer((client) => this.#carry(client));
  }

  async listen(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #carry(client: Socket): void {
    const server = connect(this.port, "127.0.0.1");
    let asks = false;
    client.on("data", (piece) => {
      asks ||= piece.toString("latin1").startsWith("POST ");
      server.write(piece);
    });
    server.on("data", (piece) => {
      // The server has answered, so it has been recorded; the client sees a broken connection.
      if (asks && this.toLose > 0) {
        --this.toLose;
        ++this.lost;
        client.resetAndDestroy();
        server.destroy();
      } else {
        client.write(piece);
      }
    });
    for (const [here, there] of [[client, server], [server, client]] as const) {
      this.#sockets.add(here);
      here.on("close", () => {
        this.#sockets.delete(here);
        there.destroy();
      });
      here.on("error", () => there.destroy());
    }
  }
}

/** fetch with a Host field of its own, which Node's does not allow: a gateway behind a proxy keeps its authority. */
export function fetchAs(host: string): Fetch {
  return (url, init) =>
    new Promise((resolve, reject) => {
      const headers = {...Object.fromEntries(new Headers(init.headers)), host};
      const body = init.body as Uint8Array | undefined;
      const fields = body ? {...headers, "content-length": body.length} : headers;
      const request = http.request(url, {method: init.method, headers: fields, agent: false, signal: init.signal ?? undefined});
      request.on("error", reject);
      request.on("response", (response) => {
        const pieces: Buffer[] = [];
        response.on("data", (piece: Buffer) => pieces.push(piece));
        response.on("error", reject);
        response.on("end", () => {
          const got = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as [string, string]);
          resolve(new Response(Buffer.concat(pieces), {status: response.statusCode ?? 0, headers: got}));
        });
      });
      request.end(body);
    });
}
