import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";

/** What a server does with a connection once a request is there in full. */
export type Behaviour = (socket: Socket) => void;

/** A real TCP server on loopback that need not speak HTTP. */
export class RawServer implements AsyncDisposable {
  behaviour: Behaviour;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(behaviour: Behaviour) {
    this.behaviour = behaviour;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(behaviour: Behaviour = (socket) => socket.end()): Promise<RawServer> {
    const server = new RawServer(behaviour);
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    // A client that gives up resets the connection.
    socket.on("error", () => undefined);
    let head = "";
    const read = (chunk: Buffer): void => {
      head += chunk.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      head = "";
      this.behaviour(socket);
    };
    socket.on("data", read);
  }
}

/** Writes all of it and closes. */
export function says(bytes: Uint8Array | string): Behaviour {
  return (socket) => void socket.end(bytes);
}

/** Writes a piece every so often until the client has gone. */
export function drips(first: string, piece: Uint8Array | string, everyMs: number): Behaviour {
  return (socket) => {
    socket.write(first);
    const timer = setInterval(() => socket.write(piece), everyMs);
    socket.once("close", () => clearInterval(timer));
  };
}

/** Writes the same piece as fast as it is taken, until the client has gone. Tells how much that was. */
export function floods(
  first: string,
  piece: Uint8Array,
  onSent: (bytes: number) => void,
): Behaviour {
  return (socket) => {
    socket.write(first);
    const more = (): void => {
      let isTaken = true;
      while (isTaken && socket.writable) {
        isTaken = socket.write(piece);
        onSent(piece.length);
      }
    };
    socket.on("drain", more);
    more();
  };
}
