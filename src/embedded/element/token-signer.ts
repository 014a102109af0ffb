import { createSign, createVerify, generateKeyPair, type KeyObject, randomUUID } from "node:crypto";
import { promisify } from "node:util";

const MODULUS_BITS = 2_048;

export interface Claims {
  readonly iss: string;
  readonly sub: string;
  /** Seconds since 1970. */
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
}

/** Makes and proves the panel's tokens: JSON Web Tokens with RS512, under a key pair of this one start of the panel. */
export class TokenSigner {
  readonly #publicKey: KeyObject;
  readonly #privateKey: KeyObject;
  readonly #keyId = randomUUID();

  private constructor(keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject }) {
    this.#publicKey = keys.publicKey;
    this.#privateKey = keys.privateKey;
  }

  static async make(): Promise<TokenSigner> {
    return new TokenSigner(
      await promisify(generateKeyPair)("rsa", { modulusLength: MODULUS_BITS }),
    );
  }

  sign(claims: Claims): string {
    const header = { alg: "RS512", typ: "JWT", kid: this.#keyId };
    const signed = `${encode(header)}.${encode(claims)}`;
    const signature = createSign("RSA-SHA512").update(signed).sign(this.#privateKey, "base64url");
    return `${signed}.${signature}`;
  }

  /** The claims, or undefined where the signature is not this panel's. Says nothing about expiry. */
  verify(token: string): Claims | undefined {
    const [header = "", claims = "", signature = "", ...more] = token.split(".");
    if (more.length > 0 || signature === "") return undefined;
    const isOurs = createVerify("RSA-SHA512")
      .update(`${header}.${claims}`)
      .verify(this.#publicKey, signature, "base64url");
    if (!isOurs) return undefined;
    const read: unknown = JSON.parse(Buffer.from(claims, "base64url").toString("utf8"));
    return isClaims(read) ? read : undefined;
  }
}

/** What this panel has signed is what this panel has made. */
function isClaims(value: unknown): value is Claims {
  return typeof value === "object" && value !== null && "jti" in value && "exp" in value;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
