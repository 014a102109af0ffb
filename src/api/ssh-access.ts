import { Type } from "typebox";
import type { CelRule } from "./kind.ts";
import { objectName } from "./spec-fields.ts";

/** Room for the longest RSA key in use and its options; beyond that it is no key. */
const MAX_KEY_LENGTH = 16_384;

export const sshSchema = Type.Object(
  {
    enabled: Type.Boolean({
      description:
        "true opens SSH into the container; then exactly one of key and keySecretRef is needed.",
    }),
    key: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: MAX_KEY_LENGTH,
        description:
          "The public key that may log in, one authorized_keys line such as ssh-ed25519 AAAA… you@host.",
      }),
    ),
    keySecretRef: Type.Optional(
      Type.Object(
        {
          name: objectName("Name of the Secret, in the namespace of this object."),
          key: Type.String({
            default: "ssh-publickey",
            minLength: 1,
            maxLength: 253,
            pattern: "^[-._a-zA-Z0-9]+$",
            description: "Which entry of the Secret holds the public key.",
          }),
        },
        {
          description:
            "A Secret that holds the public key. It is read once, when the instance is created.",
        },
      ),
    ),
  },
  { description: "SSH access to the container. Left out, there is none. Cannot be changed." },
);

const hasKey = "has(self.ssh) && has(self.ssh.key)";

export const sshRules: readonly CelRule[] = [
  {
    rule: "!has(self.ssh) || !self.ssh.enabled || has(self.ssh.key) != has(self.ssh.keySecretRef)",
    message: "ssh.enabled needs one public key: set exactly one of ssh.key and ssh.keySecretRef.",
    fieldPath: ".ssh",
  },
  {
    rule: "!has(self.ssh) || self.ssh.enabled || !(has(self.ssh.key) || has(self.ssh.keySecretRef))",
    message:
      "ssh.key and ssh.keySecretRef need ssh.enabled: set ssh.enabled to true, or remove the key.",
    fieldPath: ".ssh",
  },
  {
    rule: `!(${hasKey}) || !self.ssh.key.contains('PRIVATE KEY')`,
    message:
      "ssh.key must be the public key; this is a private one. Put the content of the .pub file here, and replace the key pair.",
    fieldPath: ".ssh.key",
  },
  {
    rule: String.raw`!(${hasKey}) || self.ssh.key.matches(r'(ssh|ecdsa|sk)-\S+ +\S+')`,
    message: "ssh.key must be a public key, one line such as 'ssh-ed25519 AAAA... you@host'.",
    fieldPath: ".ssh.key",
  },
  {
    rule: String.raw`!(${hasKey}) || !self.ssh.key.matches(r'\S\s*[\n\r]\s*\S')`,
    message: "ssh.key must be a single line: HPC Park takes one key. Remove the other lines.",
    fieldPath: ".ssh.key",
  },
];
