import { type Alert, KINDS, type Limits } from "./alert.ts";

/** The process itself, and its place among its like. */
export function processAlerts({ window, workerSeconds, stalledShare }: Limits): readonly Alert[] {
  const queues = `name=~"${KINDS}"`;
  return [
    {
      name: "HpcParkOperatorDown",
      expr: "absent(hpc_park_operator_build_info)",
      for: "5m",
      severity: "critical",
      summary: "No operator is running.",
      description:
        "Nothing answers for /metrics. What runs goes on running and costing money; nothing is made, changed, switched off or deleted.",
    },
    {
      name: "HpcParkNoLeader",
      expr: `sum by (namespace, job) (leader_election_master_status{name="hpc-park-operator"}) == 0`,
      for: "2m",
      severity: "critical",
      summary: "No operator leads.",
      description:
        "There are processes, but none holds the Lease, so none works: nothing is made, changed, switched off or deleted.",
    },
    {
      name: "HpcParkOperatorNotReady",
      expr: "hpc_park_operator_ready == 0",
      for: "5m",
      severity: "warning",
      summary: "The operator {{ $labels.instance }} cannot work.",
      description: "GET /readyz of that process says why, in a sentence.",
    },
    {
      name: "HpcParkQueueStuck",
      expr: `max by (name) (workqueue_longest_running_processor_seconds{${queues}}) > ${workerSeconds} or max by (name) (workqueue_depth{${queues}}) > 0 and sum by (name) (rate(workqueue_work_duration_seconds_count{${queues}}[${window}])) == 0`,
      for: "10m",
      severity: "warning",
      summary: "{{ $labels.name }}: the queue does not move.",
      description: "A worker has been at one key for too long, or keys wait and no worker ends.",
    },
    {
      name: "HpcParkEventLoopBlocked",
      expr: `rate(hpc_park_operator_event_loop_stalled_seconds_total[${window}]) > ${stalledShare}`,
      for: "5m",
      severity: "warning",
      summary:
        "The operator {{ $labels.instance }} stands still for {{ $value | humanizePercentage }} of the time.",
      description:
        "Its event loop is held up again and again. A leader that stands still for ten seconds loses its Lease.",
    },
  ];
}
