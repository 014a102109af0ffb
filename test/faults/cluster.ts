import { kinds } from "../../src/api/kinds.ts";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { KubeClient } from "../../src/kube/client.ts";
import { loadKubeConfig } from "../../src/kube/kube-config.ts";
import { KubeTransport } from "../../src/kube/transport.ts";
import { PROJECT } from "../project.ts";
import { bundled } from "./programs.ts";
import type { Cluster } from "./world.ts";

const CRDS = kinds.map(({ group, plural }) => `${group}_${plural}.yaml`);

/** Reads the admin's kubeconfig and puts the CRDs into the cluster. */
export async function openCluster(kubeconfigPath: string): Promise<Cluster> {
  const config = parse(await readFile(kubeconfigPath, "utf8"));
  const [{ cluster }] = config.clusters;
  const [{ user }] = config.users;
  const kubeConfig = loadKubeConfig(kubeconfigPath);
  const transport = new KubeTransport({ kubeConfig, userAgent: "fault-suite" });
  for (const file of CRDS) {
    const body: unknown = parse(await readFile(`${PROJECT}/crds/${file}`, "utf8"));
    const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    await transport.send({ method: "POST", path, body });
  }
  return {
    server: cluster.server,
    ca: Buffer.from(cluster["certificate-authority-data"], "base64").toString(),
    token: user.token,
    client: new KubeClient(transport),
    transport,
    program: await bundled(join(PROJECT, "src")),
  };
}
