import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, request as forward, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { startOperator } from "../operator-process.ts";
import { PROJECT } from "../project.ts";
import { until } from "../until.ts";
import { Lab } from "./lab.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "security-"));
});
afterAll(() => rm(folder, { recursive: true }));

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

async function listening(server: Server, host: string): Promise<number> {
  server.listen(0, host);
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function closed(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, "close");
}

describe("a redirect to another host", () => {
  it.each([301, 302, 303, 307, 308])("never carries the token there: %i", async (status) => {
    const strangers: string[] = [];
    const stranger = createServer((incoming, response) => {
      strangers.push(`${incoming.method} ${incoming.url} ${incoming.headers.authorization}`);
      response.writeHead(200, { "content-type": "application/json" }).end("[]");
    });
    const port = await listening(stranger, "127.0.0.2");
    onTestFinished(() => closed(stranger));
    const lab = await Lab.start();
    onTestFinished(() => lab.stop());
    lab.simulator.faults.add({
      effect: {
        kind: "status",
        status,
        headers: { location: `http://127.0.0.2:${port}/v1/instance` },
      },
    });
    await lab.applyInstance("sent-away");
    await lab.untilReason("hpci/sent-away", "Synced", "Unreachable");
    expect(strangers).toEqual([]);
  });
});

describe("what a resource says", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start();
  });
  afterAll(() => lab.stop());

  /** Fields whose name sounds like a place, a program or a credential. */
  const PLACE = /url|uri|path|host|endpoint|server|file|proxy|address|token|command|image|mount/i;

  /** The names of all fields, each behind those that it lies in. */
  function fieldsOf(schema: Schema, path: string): string[] {
    const fields = Object.entries(schema.properties ?? {});
    const deeper = fields.flatMap(([name, field]) => fieldsOf(field, `${path}.${name}`));
    return [path, ...deeper, ...(schema.items ? fieldsOf(schema.items, `${path}[]`) : [])];
  }

  it("has no field for a place, neither a URL nor a file nor a host, but for an account's URL", async () => {
    const folderOfCrds = join(PROJECT, "crds");
    const names = (await readdir(folderOfCrds)).filter((name) => /^hpc-park.*\.yaml$/.test(name));
    const texts = await Promise.all(
      names.map((name) => readFile(join(folderOfCrds, name), "utf8")),
    );
    const fields = texts.flatMap((text) =>
      fieldsOf(parse(text).spec.versions[0].schema.openAPIV3Schema.properties.spec, "spec"),
    );
    expect(fields).toContain("spec.ssh.keySecretRef.name");
    // Which ones are allowed is the operator's option; see the tests of accounts.
    const places = fields.filter((field) => PLACE.test(field) && !field.includes("SecretRefs"));
    expect(places).toEqual(["spec.url"]);
  });

  it("stays in the body of a request, whatever it looks like", async () => {
    const place = "http://127.0.0.2/../../admin?x=1#";
    await lab.applyInstance("pointing", {
      label: "../../admin",
      gpuType: place,
      containerType: place,
      tariffType: place,
    });
    await lab.untilReason("hpci/pointing", "Synced", "Refused");
    const odd = lab.simulator.ledger.entries
      .map(({ path }) => path)
      .filter(
        (path) =>
          !/^\/(openapi\.json|v1\/(user|token|instance|storage|namespace)(\/\d+(\/[a-z]+\/)?)?)$/.test(
            path,
          ),
      );
    expect(odd).toEqual([]);
  });

  it("names a Secret of its own namespace only", async () => {
    const keySecretRef = { name: "../../kube-system/secrets/x" };
    const { code } = await lab.kubectl.apply({
      apiVersion: "hpc-park.ru/v1alpha1",
      kind: "HpcInstance",
      metadata: { name: "elsewhere" },
      spec: {
        containerType: "cuda",
        gpuType: "A100",
        gpuCount: 1,
        tariffType: "hourly",
        ssh: { enabled: true, keySecretRef },
      },
    });
    expect(code).not.toBe(0);
  });

  it("cannot send a Secret to HPC Park that is no public key", async () => {
    const values = {
      password: "hunter2-hunter2",
      "ssh-privatekey": "-----BEGIN OPENSSH PRIVATE KEY-----",
    };
    const literals = Object.entries(values).map(([key, value]) => `--from-literal=${key}=${value}`);
    await lab.kubectl.run("create", "secret", "generic", "database", ...literals);
    for (const key of Object.keys(values)) {
      const keySecretRef = { name: "database", key };
      await lab.applyInstance(`thief-${key}`, { ssh: { enabled: true, keySecretRef } });
    }
    await until("both were judged", async () => {
      const list = JSON.parse(await lab.kubectl.run("get", "hpci", "-o", "json"));
      const thieves: { status?: { conditions?: unknown[] } }[] = list.items.filter(
        ({ metadata }: { metadata: { name: string } }) => metadata.name.startsWith("thief"),
      );
      return thieves.every(({ status }) => (status?.conditions ?? []).length > 0);
    });
    await lab.applyInstance("honest");
    await lab.untilReady("hpci/honest");
    const sent = JSON.stringify(lab.requests("createInstance").map(({ body }) => body));
    for (const value of Object.values(values)) expect(sent).not.toContain(value);
  });
});

describe("the certificate of HPC Park", () => {
  let lab: Lab;
  let server: Server;
  let url: string;
  let seen = 0;
  const certificate = (): string => join(folder, "certificate.pem");
  const key = (): string => join(folder, "key.pem");

  beforeAll(async () => {
    const request = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=hpc-park";
    const name = "-addext subjectAltName=IP:127.0.0.1";
    const files = ["-out", certificate(), "-keyout", key()];
    await promisify(execFile)("openssl", `${request} ${name}`.split(" ").concat(files));
    lab = await Lab.start();
    const [cert, secret] = await Promise.all([readFile(certificate()), readFile(key())]);
    server = createTlsServer({ cert, key: secret }, (incoming, response) => {
      seen += 1;
      const { method, headers } = incoming;
      const onward = forward(
        `${lab.simulator.url}${incoming.url}`,
        { method, headers },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      onward.on("error", () => response.destroy());
      incoming.pipe(onward);
    });
    url = `https://127.0.0.1:${await listening(server, "0.0.0.0")}`;
    await lab.operator.end("SIGTERM");
  });
  afterAll(async () => {
    await lab.stop();
    await closed(server);
  });

  async function serve(environment: Readonly<Record<string, string>>): Promise<void> {
    await lab.operator.end("SIGTERM");
    lab.operator = await startOperator({ ...lab.environment, HPC_PARK_URL: url, ...environment });
  }

  it("is refused where nobody known has signed it, with a word about what to do", async () => {
    await serve({});
    await lab.applyInstance("far");
    const { message } = await lab.untilReason("hpci/far", "Synced", "Unreachable");
    expect(message).toContain("HPC_PARK_CA_FILE");
    expect(seen, "requests that left").toBe(0);
  });

  it("is refused where it is for another name, though its authority is known", async () => {
    const other = url.replace("127.0.0.1", "127.0.0.2");
    await serve({ HPC_PARK_CA_FILE: certificate(), HPC_PARK_URL: other });
    await until("it was tried", () => lab.operator.log().includes("ERR_TLS_CERT_ALTNAME_INVALID"));
    expect(seen, "requests that left").toBe(0);
  });

  it("is accepted where its authority is named", async () => {
    await serve({ HPC_PARK_CA_FILE: certificate() });
    await lab.untilReady("hpci/far");
    expect(seen).toBeGreaterThan(0);
  });
});
