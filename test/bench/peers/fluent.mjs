/** The job on `kubernetes-fluent-client`, the client and watch of Pepr. */
import { GenericKind, K8s, RegisterKind } from "kubernetes-fluent-client";
import { createInstance, deleteInstance, FINALIZER, readyStatus } from "./hpc-park.mjs";

class HpcInstance extends GenericKind {}
RegisterKind(HpcInstance, {
  group: "hpc-park.ru",
  version: "v1alpha1",
  kind: "HpcInstance",
  plural: "hpcinstances",
});

const FINALIZERS = "/metadata/finalizers";

async function reconcile(instance, phase) {
  if (phase === "DELETED") return;
  const { metadata, status } = instance;
  const { name, namespace, generation } = metadata;
  const has = metadata.finalizers?.includes(FINALIZER) ?? false;
  if (metadata.deletionTimestamp !== undefined) {
    if (!has) return;
    await deleteInstance(status?.id);
    await K8s(HpcInstance, { name, namespace }).Patch([{ op: "remove", path: FINALIZERS }]);
    return;
  }
  if (!has) {
    const patch = { op: "add", path: FINALIZERS, value: [FINALIZER] };
    await K8s(HpcInstance, { name, namespace }).Patch([patch]);
    return;
  }
  if (status?.observedGeneration === generation) return;
  const { id } = await createInstance(instance);
  await K8s(HpcInstance).PatchStatus({
    metadata: { name, namespace },
    status: readyStatus(id, generation),
  });
}

const watcher = K8s(HpcInstance).InNamespace(process.env.WATCH_NAMESPACES).Watch(reconcile);
watcher.events.once("connect", () => process.send?.("ready"));
watcher.events.on("data_error", (error) => process.stderr.write(`${error}\n`));
await watcher.start();
