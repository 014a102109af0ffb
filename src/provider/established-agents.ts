import { Agent as HttpAgent, type AgentOptions, type ClientRequestArgs } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Duplex } from "node:stream";
import { getCACertificates } from "node:tls";

type Handed = (error: Error | null, socket: Duplex) => void;

export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/**
 * Agents with keep-alive that hand a connection to a request only once it stands. Whatever is asked when the request gets its socket
 * is then asked in the turn in which its first byte is written, and no handshake lies between.
 *
 * @param ca Certificate authorities in PEM, trusted beside those of the system.
 */
export function establishedAgents(ca: string | undefined): Agents {
  const trusted = ca === undefined ? {} : { ca: [...getCACertificates(), ca] };
  return {
    http: new EstablishedHttpAgent({ keepAlive: true }),
    https: new EstablishedHttpsAgent({ keepAlive: true, ...trusted }),
  };
}

class EstablishedHttpAgent extends HttpAgent {
  override createConnection(options: ClientRequestArgs, handed?: Handed): Duplex | undefined {
    return handOver(super.createConnection(options), "connect", handed);
  }
}

class EstablishedHttpsAgent extends HttpsAgent {
  override createConnection(options: AgentOptions, handed?: Handed): Duplex | undefined {
    return handOver(super.createConnection(options), "secureConnect", handed);
  }
}

function handOver(
  socket: Duplex | null | undefined,
  event: string,
  handed: Handed | undefined,
): Duplex | undefined {
  if (socket === null || socket === undefined || handed === undefined) return socket ?? undefined;
  const fail = (error: Error): void => handed(error, socket);
  socket.once("error", fail);
  socket.once(event, () => {
    socket.off("error", fail);
    handed(null, socket);
  });
  return undefined;
}
