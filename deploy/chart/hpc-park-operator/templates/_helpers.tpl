{{/* The name that all objects have, or begin with. So short that a Service's suffix fits into the 63 characters of its name. */}}
{{- define "hpc-park-operator.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 53 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 53 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* What pods are selected by; it may never change in a release. */}}
{{- define "hpc-park-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "hpc-park-operator.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "hpc-park-operator.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "hpc-park-operator.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "hpc-park-operator.fullname" .) -}}
{{- else -}}
{{- required "serviceAccount.name must be set where serviceAccount.create is false: the roles are for that account" .Values.serviceAccount.name -}}
{{- end -}}
{{- end }}

{{- define "hpc-park-operator.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end }}

{{/* The subjects of every binding. */}}
{{- define "hpc-park-operator.subjects" -}}
- kind: ServiceAccount
  name: {{ include "hpc-park-operator.serviceAccountName" . }}
  namespace: {{ .Release.Namespace }}
{{- end }}
