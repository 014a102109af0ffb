/** What both peers need of HPC Park, written as anybody would: with fetch, which keeps its connections. */
import { readFile } from "node:fs/promises";

const { HPC_PARK_URL = "", HPC_PARK_TOKEN_FILE = "" } = process.env;
const authorization = `Bearer ${(await readFile(HPC_PARK_TOKEN_FILE, "utf8")).trim()}`;

export const FINALIZER = "hpc-park.ru/remote";

export async function createInstance({ metadata, spec }) {
  const response = await fetch(`${HPC_PARK_URL}/v1/instance`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({
      label: `${metadata.namespace}/${metadata.name}`,
      container_type: spec.containerType,
      gpu_type: spec.gpuType,
      gpu_count: spec.gpuCount,
      tariff_type: spec.tariffType,
    }),
  });
  if (!response.ok) throw new Error(`create: ${response.status}`);
  return response.json();
}

export async function deleteInstance(id) {
  const response = await fetch(`${HPC_PARK_URL}/v1/instance/${id}`, {
    method: "DELETE",
    headers: { authorization },
  });
  if (!response.ok && response.status !== 404) throw new Error(`delete: ${response.status}`);
  await response.arrayBuffer();
}

export function readyStatus(id, generation) {
  const lastTransitionTime = new Date().toISOString();
  const conditions = ["Ready", "Synced"].map((type) => ({
    type,
    status: "True",
    reason: "Available",
    message: "running",
    observedGeneration: generation,
    lastTransitionTime,
  }));
  return { id, observedGeneration: generation, conditions };
}
