/** Samples of one series, a minute apart, as promtool writes them: `0+10x5` is 0, 10, … 50; `_` is none. */
export type Series = Readonly<Record<string, string>>;

export interface AlertCase {
  /** When the alert is looked at. */
  readonly at: string;
  readonly fires: Series;
  /** As it is told then. */
  readonly summary: string;
  /** Labels of the alert beside its severity. */
  readonly labels: Readonly<Record<string, string>>;
  /** Each a reason why nobody is to be called. */
  readonly rests: Readonly<Record<string, Series>>;
}

const KIND = { controller: "HpcInstance" };
const ACCOUNT = { account_kind: "HpcAccount", account_namespace: "team", account: "default" };
const OF_ACCOUNT = `account_kind="HpcAccount",account_namespace="team",account="default"`;
const UP = { 'hpc_park_operator_build_info{job="o",instance="a",version="1"}': "1x200" };
const PROCESS = `job="o",instance="a"`;
const DAY = 86_400;

function gauge(name: string, labels: string, values: string): Series {
  return { [`hpc_park_operator_${name}{${labels}}`]: values };
}

function requests(codes: Readonly<Record<string, string>>): Series {
  const entries = Object.entries(codes).map(([code, values]) => [
    `hpc_park_operator_provider_requests_total{provider="hpc-park",operation="list instances",code="${code}"}`,
    values,
  ]);
  return Object.fromEntries(entries);
}

const ofKind = (name: string, values: string): Series =>
  gauge(name, 'controller="HpcInstance"', values);
const ofAccount = (name: string, values: string, more = ""): Series =>
  gauge(`account_${name}`, `${OF_ACCOUNT}${more}`, values);
const leader = (instance: string, values: string): Series => ({
  [`leader_election_master_status{name="hpc-park-operator",namespace="ops",job="o",instance="${instance}"}`]:
    values,
});
const queue = (metric: string, name: string, values: string): Series => ({
  [`workqueue_${metric}{name="${name}",${PROCESS}}`]: values,
});
const stalled = (values: string): Series =>
  gauge("event_loop_stalled_seconds_total", PROCESS, values);

/** By the name of the alert: when it calls somebody, and when it does not. */
export const ALERT_CASES: Readonly<Record<string, AlertCase>> = {
  HpcParkOperatorDown: {
    at: "20m",
    fires: { 'hpc_park_operator_build_info{job="o"}': "1x5 _x30" },
    summary: "No operator is running.",
    labels: {},
    rests: { "it runs": UP, "another one runs": gauge("build_info", 'instance="b"', "1x60") },
  },
  HpcParkNoLeader: {
    at: "10m",
    fires: { ...leader("a", "0x60"), ...leader("b", "0x60") },
    summary: "No operator leads.",
    labels: { namespace: "ops", job: "o" },
    rests: {
      "one of them leads": { ...leader("a", "0x60"), ...leader("b", "1x60") },
      "another took over within a minute": {
        ...leader("a", "1x7 0x60"),
        ...leader("b", "0x8 1x60"),
      },
    },
  },
  HpcParkOperatorNotReady: {
    at: "20m",
    fires: gauge("ready", PROCESS, "0x60"),
    summary: "The operator a cannot work.",
    labels: { job: "o", instance: "a" },
    rests: {
      "it is ready": gauge("ready", PROCESS, "1x60"),
      "it has just started": gauge("ready", PROCESS, "_x16 0x3 1x9"),
    },
  },
  HpcParkQueueStuck: {
    at: "60m",
    fires: queue("longest_running_processor_seconds", "HpcInstance", "0+60x90"),
    summary: "HpcInstance: the queue does not move.",
    labels: { name: "HpcInstance" },
    rests: {
      "keys come and go": {
        ...queue("depth", "HpcInstance", "500x90"),
        ...queue("work_duration_seconds_count", "HpcInstance", "0+9x90"),
      },
      "nothing waits and nothing is done": {
        ...queue("depth", "HpcInstance", "0x90"),
        ...queue("work_duration_seconds_count", "HpcInstance", "7x90"),
      },
      "it is another program's queue": queue(
        "longest_running_processor_seconds",
        "deployment",
        "0+60x90",
      ),
    },
  },
  HpcParkEventLoopBlocked: {
    at: "20m",
    fires: stalled("0+3x60"),
    summary: "The operator a stands still for 5% of the time.",
    labels: { job: "o", instance: "a" },
    rests: {
      "once is nothing": stalled("0x9 2x60"),
    },
  },
  HpcParkAccountSuspect: {
    at: "20m",
    fires: gauge("account_suspect", 'provider="hpc-park",account="operator"', "1x60"),
    summary: "The account operator shows something else than is known.",
    labels: { provider: "hpc-park", account: "operator" },
    rests: {
      "it is trusted": gauge("account_suspect", 'provider="hpc-park",account="operator"', "0x60"),
    },
  },
  HpcParkAccountNotReady: {
    at: "30m",
    fires: ofAccount("ready", "0x60"),
    summary: "HpcAccount team/default has no token that works.",
    labels: ACCOUNT,
    rests: {
      "it is ready": ofAccount("ready", "1x60"),
      "it was made a minute ago": ofAccount("ready", "_x28 0x60"),
    },
  },
  HpcParkTokenExpiring: {
    at: "90m",
    fires: ofAccount("token_expiry_seconds", `${5 * DAY}-60x120`),
    summary: "The token of HpcAccount team/default ends in 4d 22h 30m 0s.",
    labels: ACCOUNT,
    rests: { "it has a month left": ofAccount("token_expiry_seconds", `${30 * DAY}-60x120`) },
  },
  HpcParkInvoicesOverdue: {
    at: "90m",
    fires: ofAccount("invoices", "2x120", ',state="overdue"'),
    summary: "HpcAccount team/default has 2 overdue invoices.",
    labels: { ...ACCOUNT, state: "overdue" },
    rests: {
      "it is open in time": ofAccount("invoices", "2x120", ',state="open"'),
      "it is paid": ofAccount("invoices", "0x120", ',state="overdue"'),
    },
  },
  HpcParkPrepaidEnding: {
    at: "90m",
    fires: ofAccount("prepaid_end_timestamp_seconds", `${2 * DAY}x120`, ',package="4"'),
    summary: "The package 4 of HpcAccount team/default ends in 1d 22h 30m 0s.",
    labels: { ...ACCOUNT, package: "4" },
    rests: {
      "it has a month left": ofAccount(
        "prepaid_end_timestamp_seconds",
        `${30 * DAY}x120`,
        ',package="4"',
      ),
      "it has ended, and nothing can be done": ofAccount(
        "prepaid_end_timestamp_seconds",
        "60x120",
        ',package="4"',
      ),
    },
  },
  HpcParkResourcesStalled: {
    at: "30m",
    fires: gauge("resources_stalled", 'controller="HpcInstance",reason="SecretNotFound"', "2x60"),
    summary: "2 HpcInstance: SecretNotFound.",
    labels: { ...KIND, reason: "SecretNotFound" },
    rests: {
      "it was mended within minutes": gauge(
        "resources_stalled",
        'controller="HpcInstance",reason="SecretNotFound"',
        "2x10 0x60",
      ),
    },
  },
  HpcParkNotReadyForLong: {
    at: "60m",
    fires: ofKind("resources_longest_unready_seconds", "0+60x90"),
    summary: "A HpcInstance has not been Ready for 1h 0m 0s.",
    labels: KIND,
    rests: {
      "one after the other comes up": ofKind(
        "resources_longest_unready_seconds",
        "0+60x9 0+60x9 0+60x9 0+60x9 0+60x9 0+60x9 0+60x9",
      ),
    },
  },
  HpcParkCreateOutcomeOpen: {
    at: "20m",
    fires: ofKind("create_unsettled_seconds", "0+60x60"),
    summary: "Nobody knows what became of a create request for HpcInstance for 20m 0s.",
    labels: KIND,
    rests: { "it was settled within a minute": ofKind("create_unsettled_seconds", "0 45 0x60") },
  },
  HpcParkDoubles: {
    at: "10m",
    fires: ofKind("doubles_removed_total", "0x5 1x60"),
    summary: "HpcInstance: a create request took effect twice.",
    labels: KIND,
    rests: {
      "it was hours ago": ofKind("doubles_removed_total", "1x60"),
      "each marker is there once": ofKind("doubles", "0x60"),
    },
  },
  HpcParkOrphanLeftBehind: {
    at: "10m",
    fires: ofKind("orphans_total", "0x5 1x60"),
    summary: "A HpcInstance went, and what it stood for may still run.",
    labels: KIND,
    rests: { "it was long ago": ofKind("orphans_total", "4x60") },
  },
  HpcParkUnclaimedThings: {
    at: "90m",
    fires: ofKind("unclaimed_things", "3x120"),
    summary: "3 remote things with a marker have no HpcInstance here.",
    labels: KIND,
    rests: { "it is on its way out": ofKind("unclaimed_things", "0x80 1x3 0x60") },
  },
  HpcParkStoppedButBilled: {
    at: "90m",
    fires: gauge(
      "resources_price_per_hour",
      'controller="HpcInstance",reason="StoppedButBilled"',
      "224.5x120",
    ),
    summary: "HpcInstance that are switched off cost 224.5 an hour.",
    labels: KIND,
    rests: {
      "it runs": gauge(
        "resources_price_per_hour",
        'controller="HpcInstance",reason="Available"',
        "224.5x120",
      ),
      "it is off and costs nothing": gauge(
        "resources_price_per_hour",
        'controller="HpcInstance",reason="PoweredOff"',
        "0x120",
      ),
    },
  },
  HpcParkProviderErrors: {
    at: "60m",
    fires: requests({ "200": "0+10x90", ECONNREFUSED: "0+5x90" }),
    summary: "33.33% of the requests to hpc-park fail.",
    labels: { provider: "hpc-park" },
    rests: {
      "one in a hundred fails": requests({ "200": "0+99x90", "503": "0+1x90" }),
      "it refuses what was wrong": requests({ "200": "0+10x90", "422": "0+5x90", "404": "0+9x90" }),
    },
  },
  HpcParkProviderThrottles: {
    at: "60m",
    fires: requests({ "200": "0+10x90", "429": "0+1x90" }),
    summary: "hpc-park asks for fewer requests.",
    labels: { provider: "hpc-park" },
    rests: { "it did once": requests({ "200": "0+10x90", "429": "0x45 1x60" }) },
  },
  HpcParkSnapshotStale: {
    at: "30m",
    fires: ofKind("snapshot_age_seconds", "0+60x60"),
    summary: "HpcInstance: the last complete list is 30m 0s old.",
    labels: KIND,
    rests: { "it is as old as a look at rest": ofKind("snapshot_age_seconds", "29x60") },
  },
  HpcParkContractChanged: {
    at: "20m",
    fires: gauge(
      "contract_differences",
      'provider="hpc-park",server="https://a",severity="required changed"',
      "1x60",
    ),
    summary: "https://a describes its API otherwise than this version knows it.",
    labels: { provider: "hpc-park", server: "https://a" },
    rests: {
      "a section is missing": gauge(
        "contract_differences",
        'provider="hpc-park",server="https://a",severity="optional section missing"',
        "1x60",
      ),
    },
  },
};
