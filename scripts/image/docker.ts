import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCommand, runCommand } from "../../src/embedded/control-plane/run-command.ts";

/** The docker client, for one engine. */
export class Docker {
  readonly #host: string | undefined;
  readonly #say: (line: string) => void;

  constructor(host: string | undefined, say: (line: string) => void) {
    this.#host = host;
    this.#say = say;
  }

  async run(args: readonly string[], step: string, deadlineMs: number): Promise<void> {
    const logFile = join(tmpdir(), `hpc-park-operator-docker-${process.pid}.log`);
    const env = { DOCKER_BUILDKIT: "1", ...this.#environment };
    await runCommand("docker", args, { step, deadlineMs, logFile, env, onProgress: this.#say });
  }

  async read(...args: readonly string[]): Promise<string> {
    const host = this.#host === undefined ? [] : ["--host", this.#host];
    return (await readCommand("docker", [...host, ...args])).trim();
  }

  async hasImage(name: string): Promise<boolean> {
    return this.read("image", "inspect", name).then(
      () => true,
      () => false,
    );
  }

  async canPull(name: string, deadlineMs: number): Promise<boolean> {
    return this.run(["pull", "--quiet", name], `pulling ${name}`, deadlineMs).then(
      () => true,
      () => false,
    );
  }

  get #environment(): Record<string, string> {
    return this.#host === undefined ? {} : { DOCKER_HOST: this.#host };
  }
}
