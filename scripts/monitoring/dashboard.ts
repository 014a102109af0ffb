import { ROWS } from "./dashboard-rows.ts";
import type { Panel, Row } from "./panels.ts";

/** Grafana's grid is 24 wide. */
const WIDTH = 24;
const PANELS_A_LINE = { stat: 4, timeseries: 3 } as const;
const HEIGHT = { stat: 4, timeseries: 8 } as const;
const DATASOURCE = { type: "prometheus", uid: "${datasource}" };
/** Of the oldest Grafana whose JSON this is. */
const SCHEMA_VERSION = 39;

/** deploy/monitoring/dashboard.json, as Grafana imports it. */
export function dashboard(): string {
  const panels: object[] = [];
  let y = 0;
  for (const row of ROWS) {
    panels.push(headOf(row, y, panels.length + 1));
    y += 1;
    const placed = place(row.panels, y);
    for (const { panel, at } of placed) panels.push(panelOf(panel, at, panels.length + 1));
    y = Math.max(...placed.map(({ at }) => at.y + at.h));
  }
  const model = {
    uid: "hpc-park-operator",
    title: "HPC Park operator",
    description: "Made by npm run generate from scripts/monitoring; changes belong there.",
    tags: ["hpc-park-operator"],
    schemaVersion: SCHEMA_VERSION,
    editable: true,
    refresh: "30s",
    time: { from: "now-6h", to: "now" },
    templating: {
      list: [{ name: "datasource", label: "Data source", type: "datasource", query: "prometheus" }],
    },
    panels,
  };
  return `${JSON.stringify(model, null, 2)}\n`;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** From left to right; another line where the sort of panel changes, or where there is no room. */
function place(
  panels: readonly Panel[],
  top: number,
): { readonly panel: Panel; readonly at: Place }[] {
  let [x, y, lineHeight] = [0, top, 0];
  let before: Panel["type"] | undefined;
  return panels.map((panel) => {
    const w = WIDTH / PANELS_A_LINE[panel.type];
    const h = HEIGHT[panel.type];
    if (x + w > WIDTH || (before !== undefined && before !== panel.type)) {
      x = 0;
      y += lineHeight;
    }
    const at = { x, y, w, h };
    x += w;
    [lineHeight, before] = [h, panel.type];
    return { panel, at };
  });
}

function headOf({ title }: Row, y: number, id: number): object {
  return {
    id,
    type: "row",
    title,
    collapsed: false,
    gridPos: { x: 0, y, w: WIDTH, h: 1 },
    panels: [],
  };
}

function panelOf(
  { title, description, type, unit, queries }: Panel,
  gridPos: Place,
  id: number,
): object {
  return {
    id,
    type,
    title,
    description,
    gridPos,
    datasource: DATASOURCE,
    fieldConfig: { defaults: { min: 0, ...(unit && { unit }) }, overrides: [] },
    options: type === "stat" ? STAT : CURVES,
    targets: queries.map(({ expr, legend }, index) => ({
      refId: "ABCDEFGH"[index] ?? String(index),
      datasource: DATASOURCE,
      expr,
      legendFormat: legend,
      ...(type === "stat" && { instant: true }),
    })),
  };
}

const STAT = { textMode: "auto", colorMode: "none", reduceOptions: { calcs: ["lastNotNull"] } };
const CURVES = {
  legend: { displayMode: "list", placement: "bottom" },
  tooltip: { mode: "multi", sort: "desc" },
};
