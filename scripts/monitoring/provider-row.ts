import { most, ofKind, quantile, query, RATE, type Row, series } from "./panels.ts";
import { FAILED_CODES } from "./provider-alerts.ts";

const REQUESTS = "hpc_park_operator_provider_requests_total";
const TIMES = "hpc_park_operator_provider_request_seconds";
const WAITS = "hpc_park_operator_lane_wait_seconds";

export const providers: Row = {
  title: "Requests to the providers",
  panels: [
    series(
      "Rate",
      "By what they are for.",
      [
        query(
          `sum by (provider, operation) (rate(${REQUESTS}[${RATE}]))`,
          "{{provider}} {{operation}}",
        ),
      ],
      "reqps",
    ),
    series(
      "Errors",
      "No answer, a fault of the server, a token that is not taken.",
      [
        query(
          `sum by (provider, operation, code) (rate(${REQUESTS}{code=~"${FAILED_CODES}|429"}[${RATE}]))`,
          "{{provider}} {{operation}} {{code}}",
        ),
      ],
      "reqps",
    ),
    series(
      "Duration",
      "Half of the requests are quicker than p50, all but one in a hundred quicker than p99.",
      [
        query(quantile(0.5, TIMES, "provider"), "{{provider}} p50"),
        query(quantile(0.99, TIMES, "provider"), "{{provider}} p99"),
      ],
      "s",
    ),
    series(
      "Waits for a turn",
      "How long requests wait in each lane: stop first, then list, create, update, observe.",
      [
        query(quantile(0.99, WAITS, "provider, lane"), "{{provider}} {{lane}} p99"),
        query(
          `sum by (provider, lane) (hpc_park_operator_lane_waiting)`,
          "{{provider}} {{lane}} waiting",
        ),
      ],
    ),
    series(
      "Requests left",
      "How many may start at once; 0 while the provider has asked for a pause.",
      [
        query(most("provider, account", "hpc_park_operator_requests_left"), "{{account}} left"),
        query(
          most("provider, account", "hpc_park_operator_requests_per_second_limit"),
          "{{account}} per second",
        ),
      ],
    ),
    series(
      "Age of the last list",
      "Nothing is known of what happened since.",
      [query(ofKind("snapshot_age_seconds"), "{{controller}}")],
      "s",
    ),
    series("Things in the last list", "Ours and others'.", [
      query(ofKind("snapshot_things"), "{{controller}}"),
    ]),
    series(
      "Trust and contract",
      "1 where an account shows something else than is known, or describes a request otherwise.",
      [
        query(
          most("provider, account", "hpc_park_operator_account_suspect"),
          "{{account}} suspect",
        ),
        query(
          most("provider, server, severity", "hpc_park_operator_contract_differences"),
          "{{server}} {{severity}}",
        ),
      ],
    ),
  ],
};
