import { most, ofKind, query, RATE, type Row, series, stat } from "./panels.ts";

const ACCOUNT = "{{account_namespace}}/{{account}}";

const account = (metric: string): string =>
  most("account_namespace, account", `hpc_park_operator_account_${metric}`);

export const money: Row = {
  title: "Money",
  panels: [
    stat(
      "Price per hour",
      "What all resources cost in an hour by the last bill.",
      `sum(${most("controller, reason", "hpc_park_operator_resources_price_per_hour")})`,
    ),
    stat(
      "Stopped but billed, per hour",
      "Switched off, and billed all the same.",
      `sum(${most("controller", 'hpc_park_operator_resources_price_per_hour{reason="StoppedButBilled"}')}) or vector(0)`,
    ),
    stat(
      "Left behind",
      "Remote things with a marker that no resource explains. They cost money, and nobody deletes them.",
      `sum(${ofKind("unclaimed_things")})`,
    ),
    stat(
      "Doubles",
      "Things that a create request made twice, at present.",
      `sum(${ofKind("doubles")})`,
    ),
    series(
      "Spent this month",
      "What was billed for each account, and for the resources that there are.",
      [
        query(account("spent_this_month"), ACCOUNT),
        query(ofKind("resources_spent"), "{{controller}}"),
      ],
    ),
    series(
      "Price per hour by account",
      "What all that runs in an account costs, whoever made it.",
      [query(account("price_per_hour"), ACCOUNT)],
    ),
    series("Balance", "What each account has left to spend.", [query(account("balance"), ACCOUNT)]),
    series(
      "Limits in use",
      "The share of each limit that is in use.",
      [
        query(
          `${most("account_namespace, account, resource", "hpc_park_operator_account_used")} / ${most("account_namespace, account, resource", "hpc_park_operator_account_limit")}`,
          `${ACCOUNT} {{resource}}`,
        ),
      ],
      "percentunit",
    ),
  ],
};

export const resources: Row = {
  title: "Resources",
  panels: [
    series("By readiness", "How many are Ready, and what the others wait for.", [
      query(
        most("controller, ready, reason", "hpc_park_operator_resources"),
        "{{controller}} {{ready}} {{reason}}",
      ),
    ]),
    series("Stalled", "Wait for a person; the reason is explained in docs/conditions.md.", [
      query(
        most("controller, reason", "hpc_park_operator_resources_stalled"),
        "{{controller}} {{reason}}",
      ),
    ]),
    series(
      "Not Ready for longest",
      "How long the one that has not been Ready for longest has not been.",
      [query(ofKind("resources_longest_unready_seconds"), "{{controller}}")],
      "s",
    ),
    series(
      "Lost answers to create requests",
      "How many came up, and how they were settled. None stays open for long.",
      [
        query(
          `sum by (controller, outcome) (increase(hpc_park_operator_create_outcomes_total[${RATE}]))`,
          "{{controller}} {{outcome}}",
        ),
        query(ofKind("create_unsettled"), "{{controller}} open"),
      ],
    ),
    series(
      "Done",
      "What was done about resources.",
      [
        query(
          `sum by (controller, action) (rate(hpc_park_operator_actions_total[${RATE}]))`,
          "{{controller}} {{action}}",
        ),
      ],
      "ops",
    ),
    series("Doubles removed, orphans", "Each is worth a look.", [
      query(
        `sum by (controller) (increase(hpc_park_operator_doubles_removed_total[${RATE}]))`,
        "{{controller}} doubles",
      ),
      query(
        `sum by (controller) (increase(hpc_park_operator_orphans_total[${RATE}]))`,
        "{{controller}} orphans",
      ),
    ]),
  ],
};
