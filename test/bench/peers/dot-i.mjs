/** The job on `@dot-i/k8s-operator`, after the example of its README. */
import operatorModule from "@dot-i/k8s-operator";
import { createInstance, deleteInstance, FINALIZER, readyStatus } from "./hpc-park.mjs";

const { default: Operator, ResourceEventType } = operatorModule;

class HpcInstanceOperator extends Operator {
  async init() {
    await this.watchResource(
      "hpc-park.ru",
      "v1alpha1",
      "hpcinstances",
      async (event) => {
        if (event.type === ResourceEventType.Deleted) return;
        const isHandled = await this.handleResourceFinalizer(event, FINALIZER, () =>
          deleteInstance(event.object.status?.id),
        );
        if (!isHandled) await this.#resourceModified(event);
      },
      process.env.WATCH_NAMESPACES,
    );
  }

  async #resourceModified({ object, meta }) {
    const { metadata, status } = object;
    if (status?.observedGeneration === metadata.generation) return;
    const { id } = await createInstance(object);
    await this.patchResourceStatus(meta, readyStatus(id, metadata.generation));
  }
}

await new HpcInstanceOperator().start();
process.send?.("ready");
