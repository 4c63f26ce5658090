import { FALLBACK } from '../fallback.ts'
import { asFlag, asNumber, asText } from '../readers.ts'
import { type ConfigField, field } from './field.ts'

/** What is told of errors, and of the pod in which they happen. */
export const ERROR_FIELDS: readonly ConfigField[] = [
  field(
    'errors.uncaught',
    FALLBACK.errors.uncaught,
    asFlag,
    'Whether exceptions that nobody catches and rejections that nobody handles are counted and logged. What becomes of the process is the same either way.',
  ),
  field(
    'errors.maxGroups',
    FALLBACK.errors.maxGroups,
    asNumber,
    'Groups of errors that are held; the one that was not seen for the longest time goes.',
  ),
  field(
    'kubernetes.labels',
    FALLBACK.kubernetes.labels,
    asText,
    'Whether pod, namespace, node and zone become constant labels: `auto` (in a pod), `on` or `off`. Traces and OTLP logs have them in any case.',
  ),
  field(
    'kubernetes.pod',
    undefined,
    asText,
    'Default: of the downward API (`POD_NAME`, `/etc/podinfo/name`), else `HOSTNAME`; see docs/diagnostics.md.',
  ),
  field(
    'kubernetes.namespace',
    undefined,
    asText,
    'Default: `POD_NAMESPACE`, `/etc/podinfo/namespace`, else the service account’s.',
  ),
  field('kubernetes.node', undefined, asText, 'Default: `NODE_NAME` or `/etc/podinfo/nodename`.'),
  field(
    'kubernetes.zone',
    undefined,
    asText,
    'Default: `NODE_ZONE`, `/etc/podinfo/zone`, or the label `topology.kubernetes.io/zone` in `/etc/podinfo/labels`.',
  ),
  field('kubernetes.uid', undefined, asText, 'Default: `POD_UID` or `/etc/podinfo/uid`. Never a label.'),
]
