import type { PanelRow } from '../dashboard.ts'
import { quantileOf, rateOf, shareOf } from '../expressions.ts'

const QUEUE = 'messaging_destination_name'

/** Queues and topics: what comes, what is done about it, what waits. */
export function queuesRow(): PanelRow {
  const legend = `{{${QUEUE}}}`
  return {
    title: 'Queues',
    needs: 'messaging_client_consumed_messages_total',
    panels: [
      {
        kind: 'time-series',
        title: 'Messages sent',
        description: 'A second, by queue or topic.',
        unit: 'per-second',
        needs: 'messaging_client_sent_messages_total',
        queries: [{ expr: rateOf('messaging_client_sent_messages_total', QUEUE), legend }],
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Messages processed',
        description: 'A second, by queue or topic. Below what is sent for long, the queue grows.',
        unit: 'per-second',
        queries: [{ expr: rateOf('messaging_client_consumed_messages_total', QUEUE), legend }],
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Failed messages',
        description: 'The part of the runs that ended in an error. Worry when it does not go back to zero.',
        unit: 'percent-of-one',
        queries: [{ expr: shareOf('messaging_client_consumed_messages_total', 'error_type!=""', QUEUE), legend }],
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Processing p95',
        description: '19 of 20 messages take the application no longer.',
        unit: 'seconds',
        queries: [{ expr: quantileOf(0.95, 'messaging_process_duration_seconds', QUEUE), legend }],
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Wait p95',
        description: '19 of 20 messages wait no longer for their first run. A rise: too few workers.',
        unit: 'seconds',
        needs: 'messaging_message_wait_seconds_count',
        queries: [{ expr: quantileOf(0.95, 'messaging_message_wait_seconds', QUEUE), legend }],
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Jobs by state',
        description: 'Of all queues. Waiting jobs that only ever rise are never done in time.',
        unit: 'short',
        needs: 'messaging_queue_jobs',
        queries: [{ expr: `sum by (${QUEUE}, state) (messaging_queue_jobs)`, legend: `${legend} {{state}}` }],
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Consumer lag',
        description: 'Messages that consumers have not processed yet. A steady rise: they do not keep up.',
        unit: 'short',
        needs: 'messaging_consumer_lag',
        queries: [
          {
            expr: `sum by (${QUEUE}, messaging_consumer_group_name) (messaging_consumer_lag)`,
            legend: `${legend} {{messaging_consumer_group_name}}`,
          },
        ],
        min: 0,
      },
    ],
  }
}
