import type { Case, Spec } from "./rule-case.ts";

const instance: Spec = {
  containerType: "pytorch",
  gpuType: "A100",
  gpuCount: 4,
  tariffType: "hourly",
  power: "On",
};
const storage: Spec = { storageType: "ssd", sizeGb: 100 };
const account: Spec = { tokenSecretRefs: [{ name: "hpc-park", key: "token" }] };
const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIL3Z you@host";
const bySecret = { enabled: true, keySecretRef: { name: "ssh", key: "ssh-publickey" } };
const byKey = { enabled: true, key: publicKey };

const i = (reason: string, refused: string[], changes: Spec, old?: Spec): Case => ({
  reason,
  kind: "HpcInstance",
  spec: { ...instance, ...changes },
  ...(old === undefined ? {} : { old: { ...instance, ...old } }),
  refused,
});
const a = (reason: string, refused: string[], changes: Spec, old: Spec): Case => ({
  reason,
  kind: "HpcAccount",
  spec: { ...account, ...changes },
  old: { ...account, ...old },
  refused,
});
const s = (reason: string, refused: string[], changes: Spec, old?: Spec): Case => ({
  reason,
  kind: "HpcStorage",
  spec: { ...storage, ...changes },
  ...(old === undefined ? {} : { old: { ...storage, ...old } }),
  refused,
});
const n = (reason: string, refused: string[], spec: Spec, old?: Spec): Case => ({
  reason,
  kind: "HpcNamespace",
  spec,
  ...(old === undefined ? {} : { old }),
  refused,
});
const token: Spec = {
  master: false,
  expiresAfter: "720h",
  secretRef: { name: "ci-token", key: "token" },
};
const t = (reason: string, refused: string[], changes: object, old?: object): Case => ({
  reason,
  kind: "HpcToken",
  spec: withoutUndefined({ ...token, ...changes }),
  ...(old === undefined ? {} : { old: withoutUndefined({ ...token, ...old }) }),
  refused,
});
const ending = { expiresAfter: undefined, expiresAt: "2027-01-01T00:00:00Z" };

export const hpcParkCases: readonly Case[] = [
  i("a spec with only what is needed is good", [], {}),
  i("a spec with everything is good", [], {
    label: "Обучение №1",
    ssh: bySecret,
    namespaceId: 3,
    adopt: { id: 9 },
  }),
  i(
    "what may change changes",
    [],
    { power: "Off", gpuType: "H100", gpuCount: 0, storageIds: [1] },
    {},
  ),
  i(
    "nothing changed",
    [],
    { label: "a", ssh: byKey, adopt: { id: 1 } },
    { label: "a", ssh: byKey, adopt: { id: 1 } },
  ),

  i("label changed", [".label"], { label: "b" }, { label: "a" }),
  i("label set later", [".label"], { label: "b" }, {}),
  i("label taken away", [".label"], {}, { label: "a" }),
  i("containerType changed", [".containerType"], { containerType: "jax" }, {}),
  i("tariffType changed", [".tariffType"], { tariffType: "monthly" }, {}),
  i("namespaceId changed", [".namespaceId"], { namespaceId: 2 }, { namespaceId: 1 }),
  i("namespaceId set later", [".namespaceId"], { namespaceId: 2 }, {}),
  i("namespaceId taken away", [".namespaceId"], {}, { namespaceId: 2 }),
  i("namespaceRef is good", [], { namespaceRef: { name: "a" } }),
  i("namespaceRef unchanged", [], { namespaceRef: { name: "a" } }, { namespaceRef: { name: "a" } }),
  i(
    "namespaceRef changed",
    [".namespaceRef"],
    { namespaceRef: { name: "b" } },
    { namespaceRef: { name: "a" } },
  ),
  i("namespaceRef set later", [".namespaceRef"], { namespaceRef: { name: "b" } }, {}),
  i("a namespace named two ways", [".namespaceRef"], {
    namespaceId: 1,
    namespaceRef: { name: "a" },
  }),
  i(
    "accountRef changed",
    [".accountRef"],
    { accountRef: { name: "b" } },
    { accountRef: { name: "a" } },
  ),
  i("accountRef set later", [".accountRef"], { accountRef: { name: "b" } }, {}),
  i("accountRef taken away", [".accountRef"], {}, { accountRef: { name: "b" } }),
  a("the address of another server", [".url"], { url: "https://b" }, { url: "https://a" }),
  a("an address set later", [".url"], { url: "https://b" }, {}),
  a("other Secrets and another pace", [], { pollInterval: "5m" }, { pollInterval: "1m" }),
  i("ssh switched off", [".ssh"], { ssh: { enabled: false } }, { ssh: byKey }),
  i("ssh set later", [".ssh"], { ssh: byKey }, {}),
  i("ssh taken away", [".ssh"], {}, { ssh: byKey }),
  i("another key", [".ssh"], { ssh: { enabled: true, key: `${publicKey}2` } }, { ssh: byKey }),
  i(
    "another Secret",
    [".ssh"],
    { ssh: { ...bySecret, keySecretRef: { name: "b", key: "k" } } },
    { ssh: bySecret },
  ),
  i("adopt changed", [".adopt"], { adopt: { id: 2 } }, { adopt: { id: 1 } }),
  i("adopt set later would leave a thing behind", [".adopt"], { adopt: { id: 2 } }, {}),
  i("adopt taken away", [".adopt"], {}, { adopt: { id: 2 } }),
  i(
    "all mistakes are told at once",
    [".containerType", ".label"],
    { label: "b", containerType: "jax" },
    {},
  ),

  i("a label that ends like a marker", [".label"], { label: "a k8s-abcdefgh2345" }),
  i("a marker in the middle is no marker", [], { label: "a k8s-abcdefgh2345 b" }),
  i("a marker without the space is no marker", [], { label: "k8s-abcdefgh2345" }),
  i("a label with a line break", [".label"], { label: "a\nb" }),
  i("a label with a tab", [".label"], { label: "a\tb" }),
  i("a label with an escape character", [".label"], { label: "a\u001b[31m" }),
  i("a label with a C1 control character", [".label"], { label: "a\u0085b" }),
  i("a label of spaces", [".label"], { label: "  " }),
  i("a label with a space at its end", [".label"], { label: "a " }),
  i("a label with spaces inside is good", [], { label: "a b" }),

  i("ssh by key is good", [], { ssh: byKey }),
  i("ssh explicitly without is good", [], { ssh: { enabled: false } }),
  i("ssh without a key", [".ssh"], { ssh: { enabled: true } }),
  i("ssh with two keys", [".ssh"], { ssh: { ...byKey, ...bySecret } }),
  i("a key without ssh", [".ssh"], { ssh: { ...byKey, enabled: false } }),
  i("a Secret without ssh", [".ssh"], { ssh: { ...bySecret, enabled: false } }),
  i("a key with options before and a line break behind is good", [], {
    ssh: { enabled: true, key: `restrict,pty ${publicKey}\n` },
  }),
  i("a key that is not one", [".ssh.key"], { ssh: { enabled: true, key: "my-key" } }),
  i("two keys in one", [".ssh.key"], {
    ssh: { enabled: true, key: `${publicKey}\n${publicKey}\n` },
  }),
  i("a private key", [".ssh.key", ".ssh.key", ".ssh.key"], {
    ssh: { enabled: true, key: "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\n" },
  }),

  s("a spec with only what is needed is good", [], {}),
  s("a storage grows", [], { sizeGb: 101 }, {}),
  s("a storage does not shrink", [".sizeGb"], { sizeGb: 99 }, {}),
  s("policies may change", [], { deletionPolicy: "Retain" }, { deletionPolicy: "Delete" }),
  s("label changed", [".label"], { label: "b" }, { label: "a" }),
  s("label set later", [".label"], { label: "b" }, {}),
  s("storageType changed", [".storageType"], { storageType: "hdd" }, {}),
  s("namespaceId set later", [".namespaceId"], { namespaceId: 2 }, {}),
  s("namespaceRef taken away", [".namespaceRef"], {}, { namespaceRef: { name: "a" } }),
  s("a namespace named two ways", [".namespaceRef"], {
    namespaceId: 1,
    namespaceRef: { name: "a" },
  }),
  s(
    "accountRef changed",
    [".accountRef"],
    { accountRef: { name: "b" } },
    { accountRef: { name: "a" } },
  ),
  s("accountRef set later", [".accountRef"], { accountRef: { name: "b" } }, {}),
  s("accountRef taken away", [".accountRef"], {}, { accountRef: { name: "b" } }),
  s("adopt changed", [".adopt"], { adopt: { id: 2 } }, { adopt: { id: 1 } }),
  s("adopt taken away", [".adopt"], {}, { adopt: { id: 1 } }),
  s("a label that ends like a marker", [".label"], { label: "a k8s-abcdefgh2345" }),
  s("a label with a line break", [".label"], { label: "a\nb" }),

  t("a spec with only what is needed is good", [], {}),
  t("an end for good is good", [], ending),
  t("another lifetime from the next token on", [], { expiresAfter: "24h", renewBefore: "1h" }, {}),
  t("no end", [".expiresAfter"], { expiresAfter: undefined }),
  t("two ends", [".expiresAfter"], { expiresAt: ending.expiresAt }),
  t("renewed although it ends for good", [".renewBefore"], { ...ending, renewBefore: "1h" }),
  t("renewed at once", [".renewBefore"], { expiresAfter: "60m", renewBefore: "1h" }),
  t("renewed in time", [], { expiresAfter: "61m", renewBefore: "1h" }),
  t("name changed", [".name"], { name: "b" }, { name: "a" }),
  t("made a master token later", [".master"], { master: true }, {}),
  t("another account", [".accountRef"], { accountRef: { name: "b" } }, {}),
  t("another end", [".expiresAt"], { ...ending, expiresAt: "2028-01-01T00:00:00Z" }, ending),
  t("another Secret", [".secretRef"], { secretRef: { name: "b", key: "token" } }, {}),
  t("a name that ends like a marker", [".name"], { name: "a k8s-abcdefgh2345" }),
  t("a name with a line break", [".name"], { name: "a\nb" }),

  n("an empty spec is good", [], {}),
  n("label changed", [".label"], { label: "b" }, { label: "a" }),
  n("another account", [".accountRef"], { accountRef: { name: "b" } }, {}),
  n("adopt set later", [".adopt"], { adopt: { id: 2 } }, {}),
  n("a label that ends like a marker", [".label"], { label: "a k8s-abcdefgh2345" }),
  n("a label with a line break", [".label"], { label: "a\nb" }),
];

function withoutUndefined(spec: object): Spec {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined));
}
