import { KINDS } from "./alert.ts";
import { most, query, RATE, type Row, series, stat } from "./panels.ts";

const OURS = `name=~"${KINDS}"`;
const CONTROLLERS = `controller=~"${KINDS}"`;
const RECONCILES = "controller_runtime_reconcile";

export const queues: Row = {
  title: "Reconciles and queues",
  panels: [
    series(
      "Reconciles",
      "By what came of them.",
      [
        query(
          `sum by (controller, result) (rate(${RECONCILES}_total{${CONTROLLERS}}[${RATE}]))`,
          "{{controller}} {{result}}",
        ),
      ],
      "ops",
    ),
    series(
      "Duration of reconciles",
      "p99.",
      [
        query(
          `histogram_quantile(0.99, sum by (le, controller) (rate(${RECONCILES}_time_seconds_bucket{${CONTROLLERS}}[${RATE}])))`,
          "{{controller}}",
        ),
      ],
      "s",
    ),
    series("Keys that wait", "And those that come in.", [
      query(most("name", `workqueue_depth{${OURS}}`), "{{name}}"),
      query(
        `sum by (name) (rate(workqueue_adds_total{${OURS}}[${RATE}]))`,
        "{{name}} come in a second",
      ),
      query(
        `sum by (name) (rate(workqueue_retries_total{${OURS}}[${RATE}]))`,
        "{{name}} come again in a second",
      ),
    ]),
    series(
      "Waits in the queue, and work",
      "p99 of the wait for a worker, and of the time with it.",
      [
        query(
          `histogram_quantile(0.99, sum by (le, name) (rate(workqueue_queue_duration_seconds_bucket{${OURS}}[${RATE}])))`,
          "{{name}} waits",
        ),
        query(
          `histogram_quantile(0.99, sum by (le, name) (rate(workqueue_work_duration_seconds_bucket{${OURS}}[${RATE}])))`,
          "{{name}} is worked on",
        ),
        query(
          most("name", `workqueue_longest_running_processor_seconds{${OURS}}`),
          "{{name}} longest at present",
        ),
      ],
      "s",
    ),
    series(
      "Requests to the API server",
      "By method and code.",
      [
        query(
          `sum by (method, code) (rate(rest_client_requests_total[${RATE}]) and on (job, instance) hpc_park_operator_build_info)`,
          "{{method}} {{code}}",
        ),
      ],
      "reqps",
    ),
    series(
      "Events",
      "What became of them.",
      [query(`sum by (outcome) (rate(hpc_park_operator_events_total[${RATE}]))`, "{{outcome}}")],
      "ops",
    ),
  ],
};

const ours = (metric: string): string =>
  `${metric} and on (job, instance) hpc_park_operator_build_info`;

export const process: Row = {
  title: "Lease and process",
  panels: [
    stat(
      "Version",
      "What runs.",
      most("version, node", "hpc_park_operator_build_info"),
      "{{version}} on Node {{node}}",
    ),
    series("Leads, ready", "Exactly one leads; all are ready.", [
      query('leader_election_master_status{name="hpc-park-operator"}', "{{instance}} leads"),
      query("hpc_park_operator_ready", "{{instance}} ready"),
    ]),
    series("Lease", "How old the leader's renewal is, and how often the Lease changed hands.", [
      query("hpc_park_operator_lease_renewal_age_seconds", "{{instance}} renewed s ago"),
      query("max(hpc_park_operator_lease_transitions)", "transitions"),
    ]),
    series("CPU", "Cores.", [
      query(
        `rate(process_cpu_seconds_total[${RATE}]) and on (job, instance) hpc_park_operator_build_info`,
        "{{instance}}",
      ),
    ]),
    series(
      "Memory",
      "Resident, and what lives on the heap.",
      [
        query(ours("process_resident_memory_bytes"), "{{instance}} resident"),
        query(ours("nodejs_heap_size_used_bytes"), "{{instance}} heap"),
      ],
      "bytes",
    ),
    series(
      "Event loop",
      "p99 of its delay, and the share of time that it stood still.",
      [
        query(ours("nodejs_eventloop_lag_p99_seconds"), "{{instance}} p99"),
        query(
          `rate(hpc_park_operator_event_loop_stalled_seconds_total[${RATE}])`,
          "{{instance}} stood still",
        ),
      ],
      "s",
    ),
  ],
};
