import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chartRenderer } from "../deploy/chart-renderer.ts";
import { type Rendering, renderCharts } from "../deploy/chart.ts";

// Once on a machine it is built, which may take longer than a hook may.
await chartRenderer();

const FILES: Readonly<Record<string, string>> = {
  "Chart.yaml": "apiVersion: v2\nname: small\nversion: 1.2.3\nappVersion: '4'\n",
  "values.yaml": "size: 3\nlarge: 1500000\ngroup: {kept: 1, taken: 2}\nlist: [1, 2]\nempty: ''\n",
  "files/one.txt": "{{ .Values.size }}\n",
  "files/deep/two.txt": "two\n",
};

/** What Helm makes of each. */
const TEMPLATES: readonly [reason: string, template: string, text: string][] = [
  ["a value that is missing is empty", "[{{ .Values.nothing }}]", "[]"],
  ["so is one of a missing group's", "[{{ (.Values.nothing).inner }}]", "[]"],
  ["a missing value has a default", "{{ .Values.nothing | default 5 }}", "5"],
  ["an empty one too", "{{ .Values.empty | default 5 }}", "5"],
  ["numbers of values are floats", "{{ .Values.size }} {{ .Values.large }}", "3 1.5e+06"],
  [
    "a name that is defined can be included",
    '{{ include "small.hello" "you" | upper }}',
    "HELLO YOU",
  ],
  [
    "YAML is indented as a whole",
    "a:\n  {{- toYaml .Values.group | nindent 2 }}",
    "a:\n  kept: 1\n  taken: 2",
  ],
  ["YAML can be read", '{{ (fromYaml "a: {b: 1}").a.b }}', "1"],
  ["YAML that is none says so", '{{ (fromYaml "a: [").Error | empty }}', "false"],
  ["JSON as well", '{{ (fromJson "{\\"a\\": [1]}").a | toJson }}', "[1]"],
  [
    "a text can be a template",
    '{{ tpl "{{ .Values.size }}{{ include \\"small.hello\\" 1 }}" . }}',
    "3hello 1",
  ],
  ["a file is no template", '{{ .Files.Get "files/one.txt" }}', "{{ .Values.size }}\n"],
  ["a file that is missing is empty", '[{{ .Files.Get "files/none.txt" }}]', "[]"],
  [
    "a star matches within a folder",
    '{{ range $path, $_ := .Files.Glob "files/*" }}{{ $path }};{{ end }}',
    "files/one.txt;",
  ],
  [
    "two stars match below it",
    '{{ range $path, $_ := .Files.Glob "files/**" }}{{ $path }};{{ end }}',
    "files/deep/two.txt;files/one.txt;",
  ],
  ["the chart's own files are none of these", '[{{ .Files.Get "values.yaml" }}]', "[]"],
  ["the cluster is not asked", '{{ lookup "v1" "Secret" "a" "b" | len }}', "0"],
  [
    "versions compare",
    '{{ semverCompare ">=1.30.0-0" .Capabilities.KubeVersion.Version }}',
    "true",
  ],
  [
    "the release is known",
    "{{ .Release.Name }}/{{ .Release.Namespace }}/{{ .Release.Service }}/{{ .Release.IsInstall }}",
    "rel/ns/Helm/true",
  ],
  [
    "the chart too",
    "{{ .Chart.Name }}-{{ .Chart.Version }}/{{ .Chart.AppVersion }}",
    "small-1.2.3/4",
  ],
  [
    "and the template itself",
    "{{ .Template.Name }} {{ .Template.BasePath }}",
    "small/templates/one.yaml small/templates",
  ],
  ["what is required and there is given", '{{ required "why" .Values.size }}', "3"],
  ["dashes trim", "a\n\n{{- if true }}\nb\n{{- end }}\n", "a\nb\n"],
];

const ERRORS: readonly [reason: string, template: string, says: string][] = [
  [
    "a template fails in its own words",
    '{{ fail "not so" }}',
    "execution error at (small/templates/one.yaml:1:3): not so",
  ],
  [
    "what is required is missing",
    '\n{{ required "give it" .Values.nothing }}',
    "execution error at (small/templates/one.yaml:2:3): give it",
  ],
  ["what is required is empty", '{{ required "give it" .Values.empty }}', "give it"],
  ["an included template fails", '{{ include "small.failing" . }}', "inside"],
  ["a misspelt field of the chart", "{{ .Chart.Nam }}", "Nam"],
  ["a function that Helm has not", '{{ env "HOME" }}', 'function "env" not defined'],
  ["a name that is not defined", '{{ include "small.none" . }}', "small.none"],
  ["a field of a missing group", "{{ .Values.nothing.inner }}", "nil pointer"],
  [
    "a template that includes itself for ever",
    '{{ include "small.endless" . }}',
    "nested reference name: small.endless",
  ],
];

const HELPERS = `{{- define "small.hello" -}}hello {{ . }}{{- end }}
{{- define "small.failing" -}}{{ fail "inside" }}{{- end }}
{{- define "small.endless" -}}{{ include "small.endless" . }}{{- end }}`;

describe("the renderer of charts", () => {
  let folder: string;

  async function render(template: string, values: object = {}): Promise<Rendering> {
    const files = { ...FILES, "templates/_helpers.tpl": HELPERS, "templates/one.yaml": template };
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    const asked = { name: "rel", namespace: "ns", kubeVersion: "1.34.0", values: { ...values } };
    return (await renderCharts({ only: asked }, folder)).only;
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "renderer-test-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(TEMPLATES)("does as Helm: %s", async (_, template, text) => {
    const { files, error } = await render(`# ${template}`);

    expect(error).toBe("");
    expect(files).toEqual({ "small/templates/one.yaml": `# ${text}` });
  });

  it.each(ERRORS)("gives up as Helm: %s", async (_, template, says) => {
    const { error } = await render(template);

    expect(error).toContain(says);
  });

  it("merges tables, replaces lists, and takes away what is null", async () => {
    const { files } = await render("# {{ .Values | toJson }}", {
      group: { taken: null, more: true },
      list: [3],
      large: null,
    });

    expect(files["small/templates/one.yaml"]).toBe(
      '# {"empty":"","group":{"kept":1,"more":true},"list":[3],"size":3}',
    );
  });
});
