{{- define "refund-inbox.name" -}}
{{- if contains "refund-inbox" .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-refund-inbox{{ end }}
{{- end }}

{{- define "refund-inbox.selector" -}}
app.kubernetes.io/name: refund-inbox
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "refund-inbox.labels" -}}
{{ include "refund-inbox.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- /* Values that contradict each other. */}}
{{- define "refund-inbox.check" -}}
{{- if eq (int .Values.ports.public) (int .Values.ports.operator) }}
{{- fail "ports.public and ports.operator are the same: providers would reach the operator port" }}
{{- end }}
{{- if and .Values.podDisruptionBudget.enabled (ge (int .Values.podDisruptionBudget.maxUnavailable) (int .Values.replicas)) }}
{{- fail (printf "podDisruptionBudget.maxUnavailable is %d of %d replicas: a drain of nodes could stop all of them; raise replicas, or set podDisruptionBudget.enabled to false" (int .Values.podDisruptionBudget.maxUnavailable) (int .Values.replicas)) }}
{{- end }}
{{- if and .Values.serviceMonitor.enabled .Values.networkPolicy.enabled (not .Values.networkPolicy.operatorFrom) }}
{{- fail "serviceMonitor.enabled needs networkPolicy.operatorFrom: the policy lets nobody scrape the operator port" }}
{{- end }}
{{- if contains "BEGIN PRIVATE KEY" .Values.configuration }}
{{- fail "configuration contains a private key: put it into a Secret, name that in accountSecrets, and use its file" }}
{{- end }}
{{- end }}
