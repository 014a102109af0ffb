import { GenericContainer } from "testcontainers";

/** As the Deployment runs it: nothing can be written, nothing is allowed beyond what any process may do. */
export class OperatorContainer extends GenericContainer {
  constructor(image: string) {
    super(image);
    this.withNetworkMode("host")
      .withDroppedCapabilities("ALL")
      .withSecurityOpt("no-new-privileges")
      .withResourcesQuota({ memory: 0.25, cpu: 1 })
      .withAutoRemove(false);
  }

  protected override beforeContainerCreated = async (): Promise<void> => {
    this.hostConfig.ReadonlyRootfs = true;
  };
}
