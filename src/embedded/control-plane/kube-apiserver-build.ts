import { cp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AssetWayOptions } from "./asset-way.ts";
import { runCommand } from "./run-command.ts";

interface KubeApiserverBuild extends AssetWayOptions {
  /** The unpacked Debian source package. */
  readonly source: string;
  readonly version: string;
  /** Directory of reflect2 1.0.2. */
  readonly reflect2: string;
  readonly logFile: string;
}

const GO_BIN = "/usr/lib/go-1.19/bin";
/** Five minutes on two idle cores; the rest is for a busy machine. */
const BUILD_DEADLINE_MS = 40 * 60_000;

/** Builds the binary from the vendored tree, without the network, and returns its path. */
export async function buildKubeApiserver(build: KubeApiserverBuild): Promise<string> {
  const { source } = build;
  await replaceReflect2(build);
  const gopath = join(source, ".go");
  await mkdir(join(gopath, "src/k8s.io"), { recursive: true });
  await symlink(source, join(gopath, "src/k8s.io/kubernetes"));
  const versionFile = join(source, ".kube-version");
  await writeFile(versionFile, versionVariables(build.version));
  await runCommand("make", ["WHAT=cmd/kube-apiserver"], {
    step: `build kube-apiserver ${build.version} (about five minutes)`,
    logFile: build.logFile,
    deadlineMs: BUILD_DEADLINE_MS,
    cwd: source,
    env: {
      GOPATH: gopath,
      GOCACHE: join(source, ".go-cache"),
      GOFLAGS: "",
      GOPROXY: "off",
      CGO_ENABLED: "0",
      PATH: `${GO_BIN}:${process.env["PATH"] ?? ""}`,
      KUBE_GIT_VERSION_FILE: versionFile,
    },
    onProgress: build.onProgress,
    signal: build.signal,
  });
  return join(source, "_output/local/go/bin/kube-apiserver");
}

/** The vendored reflect2 1.0.1 crashes in map iteration when built with Go 1.18 or newer; 1.0.2 does not. */
async function replaceReflect2({ source, reflect2 }: KubeApiserverBuild): Promise<void> {
  const vendored = join(source, "vendor/github.com/modern-go/reflect2");
  await rm(vendored, { recursive: true });
  await cp(reflect2, vendored, { recursive: true, dereference: true });
}

function versionVariables(version: string): string {
  const [major, minor] = version.replace(/^v/, "").split(".");
  return [
    `KUBE_GIT_VERSION='${version}'`,
    `KUBE_GIT_MAJOR='${major ?? ""}'`,
    `KUBE_GIT_MINOR='${minor ?? ""}'`,
    "KUBE_GIT_TREE_STATE='archive'",
    "KUBE_GIT_COMMIT='debian'",
    "",
  ].join("\n");
}
