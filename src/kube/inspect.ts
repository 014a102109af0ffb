import { errorOfStatus } from "./errors.ts";
import type { KubeRequest, KubeTransport } from "./transport.ts";

/** What an access review asks: may I do this? Group "" is the core group; no namespace means all. */
export interface AccessAttributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

export interface ServerVersion {
  readonly text: string;
  /** Undefined where the server names none that is a number. */
  readonly minor: number | undefined;
}

/** Questions about the cluster as a whole. Each rejects with a KubeError. */
export async function readVersion(
  transport: KubeTransport,
  signal: AbortSignal,
): Promise<ServerVersion> {
  const { gitVersion, minor }: { gitVersion?: unknown; minor?: unknown } = Object(
    await answerTo(transport, { method: "GET", path: "/version", signal }),
  );
  const count = Number.parseInt(String(minor), 10);
  return { text: String(gitVersion), minor: Number.isNaN(count) ? undefined : count };
}

/** A SelfSubjectAccessReview: everybody may ask that of himself. */
export async function isAllowed(
  transport: KubeTransport,
  resourceAttributes: AccessAttributes,
  signal: AbortSignal,
): Promise<boolean> {
  const { status }: { status?: { allowed?: unknown } } = Object(
    await answerTo(transport, {
      method: "POST",
      path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
      body: {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectAccessReview",
        spec: { resourceAttributes },
      },
      signal,
    }),
  );
  return status?.allowed === true;
}

/** A CRD as the API server has it. */
export function readCrd(
  transport: KubeTransport,
  name: string,
  signal: AbortSignal,
): Promise<unknown> {
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${encodeURIComponent(name)}`;
  return answerTo(transport, { method: "GET", path, signal });
}

async function answerTo(transport: KubeTransport, request: KubeRequest): Promise<unknown> {
  const { status, body, retryAfter } = await transport.send(request);
  if (status >= 200 && status < 300) return body;
  throw errorOfStatus(`${request.method} ${request.path}`, status, body, retryAfter);
}
