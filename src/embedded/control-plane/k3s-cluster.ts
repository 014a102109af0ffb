/** A Kubernetes in a container; the data lives and dies with it. */
export interface K3sCluster {
  readonly server: string;
  readonly kubeconfig: string;
  readonly kubectl: string;
  stopApiServer(): Promise<void>;
  startApiServer(): Promise<void>;
  remove(): Promise<void>;
}
