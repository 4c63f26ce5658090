import type { AlertSource, OutgoingAlert } from '../../alerting/index.ts'
import type { Logger } from '../../logging/index.ts'

/** A line for each alert that begins to fire, or ends. */
export function logAlerts(log: Logger, alerts: readonly OutgoingAlert[], source: AlertSource): void {
  for (const { isNews, resolved, labels, annotations } of alerts) {
    if (!isNews) continue
    const fields = { group: source.group, labels: labels.toObject(), annotations: annotations.toObject() }
    if (resolved) log.info(fields, 'An alert is resolved')
    else log.warn(fields, 'An alert fires')
  }
}
