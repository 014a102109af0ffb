/** Tells testcontainers, in whatever process it is used, which engine is meant. */
export function useEngine(host: string | undefined): void {
  if (host !== undefined) process.env["DOCKER_HOST"] = host;
  // Its helper cannot be pulled everywhere; what is started here is ended here.
  process.env["TESTCONTAINERS_RYUK_DISABLED"] = "true";
  // Containers use the host's network. Without this it would ask for the bridge, which need not be there.
  process.env["TESTCONTAINERS_HOST_OVERRIDE"] = "127.0.0.1";
}
