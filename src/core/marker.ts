import { hash } from "node:crypto";

/** RFC 4648 base32 in lower case: what survives in a label, a URL and a human's eye. */
const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
const PREFIX = " k8s-";
const LENGTH = 12;
const SUFFIX = new RegExp(`${PREFIX}[${ALPHABET}]{${LENGTH}}$`);

/** Length of the suffix that a marker adds to a label, in characters. */
export const MARKER_SUFFIX_LENGTH = PREFIX.length + LENGTH;

export interface MarkerOwner {
  /** `--owner-id`, by default the UID of the `kube-system` namespace. */
  readonly ownerId: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/**
 * The proof that a remote thing belongs to one resource: 60 bits of a hash over who owns it.
 *
 * The same owner, kind, namespace and name give the same marker in any cluster and at any time; that is what lets a
 * restored or moved cluster find its things again. The uid is left out on purpose.
 */
export function markerFor(owner: MarkerOwner): string {
  const parts = [owner.ownerId, owner.kind, owner.namespace, owner.name];
  const digest = hash("sha256", parts.join("\n"), "buffer");
  // 256 is a multiple of 32, so the remainder is uniform.
  const characters = [...digest.subarray(0, LENGTH)].map((byte) => ALPHABET[byte % 32]);
  return `k8s-${characters.join("")}`;
}

/** The marker at the end of a remote label, if there is one. */
export function markerOf(label: string): string | undefined {
  return SUFFIX.exec(label)?.[0].slice(1);
}

/** Joins a label and a marker; the label gives way where both would be longer than `maxLength` characters. */
export function labelWithMarker(label: string, marker: string, maxLength: number): string {
  const room = maxLength - MARKER_SUFFIX_LENGTH;
  return `${Array.from(label).slice(0, room).join("").trimEnd()} ${marker}`;
}

/** A remote label without the marker: what the user called it. */
export function labelWithoutMarker(label: string): string {
  return label.replace(SUFFIX, "");
}
