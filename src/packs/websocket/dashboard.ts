import type { PanelRow } from '../dashboard.ts'
import { rateOf } from '../expressions.ts'
import { type PackOptions, resolvePrefix } from '../pack.ts'

/** Connections and messages of WebSockets. */
export function socketsRow(options: PackOptions = {}): PanelRow {
  const prefix = `${resolvePrefix(options)}_ws`
  return {
    title: 'WebSockets',
    needs: `${prefix}_connections`,
    panels: [
      {
        kind: 'time-series',
        title: 'Open sockets',
        description: 'By side. A fall of all at once is a deployment, a proxy or a network that broke.',
        unit: 'short',
        queries: [{ expr: `sum by (side) (${prefix}_connections)`, legend: '{{side}}' }],
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Messages',
        description: 'Whole messages a second, by side and direction.',
        unit: 'per-second',
        queries: [{ expr: rateOf(`${prefix}_messages_total`, 'side, direction'), legend: '{{side}} {{direction}}' }],
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Waiting to be sent',
        description:
          'What sockets have not taken yet. A rise: clients that read too slowly, at the cost of this memory.',
        unit: 'bytes',
        queries: [{ expr: `sum by (side) (${prefix}_buffered_bytes)`, legend: '{{side}}' }],
        min: 0,
      },
    ],
  }
}
