import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CredentialReader } from "../../../src/kube/credentials.ts";
import { loadKubeConfig, ownNamespace } from "../../../src/kube/kube-config.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kubeconfig-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function kubeconfig(user: string, context = ""): Promise<string> {
  const path = join(folder, "kubeconfig");
  await writeFile(
    path,
    `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: u, user: {${user}}}]
contexts: [{name: x, context: {cluster: c, user: u${context}}}]
current-context: x
`,
  );
  return path;
}

async function authorizationOf(reader: CredentialReader): Promise<string | undefined> {
  return (await reader.read(false)).headers["Authorization"];
}

describe("a kubeconfig", () => {
  it("gives its token", async () => {
    const reader = new CredentialReader(loadKubeConfig(await kubeconfig("token: written")));

    expect(await authorizationOf(reader)).toBe("Bearer written");
  });

  it("names a token file next to it, which wins over its token and is read each time", async () => {
    await writeFile(join(folder, "token"), "one\n");
    const path = await kubeconfig("token: written, tokenFile: token");
    const reader = new CredentialReader(loadKubeConfig(path));

    const first = await authorizationOf(reader);
    await writeFile(join(folder, "token"), "two\n");

    expect(first).toBe("Bearer one");
    expect(await authorizationOf(reader)).toBe("Bearer two");
  });

  it("with a token file that is not there is told without delay", async () => {
    const reader = new CredentialReader(loadKubeConfig(await kubeconfig("tokenFile: nowhere")));

    await expect(reader.read(false)).rejects.toThrow(/credentials cannot be read: .*nowhere/);
  });

  it.each([
    { context: ", namespace: mine", namespace: "mine" },
    { context: "", namespace: "default" },
  ])("means the namespace $namespace", async ({ context, namespace }) => {
    const config = loadKubeConfig(await kubeconfig("token: t", context));

    expect(ownNamespace(config)).toBe(namespace);
  });
});
