import type { Registry } from '../../metrics/index.ts'
import { publishTotals } from '../publish.ts'
import type { LateConsole } from './late-console.ts'

/** What open consoles ask of the process, as metrics. */
export function publishConsole(metrics: Registry, console: LateConsole): void {
  metrics.gauge({
    name: 'boxman_console_streams',
    help: 'Browsers that have a console open.',
    collect: (gauge) => gauge.set(console.watchers),
  })
  publishTotals(metrics, {
    console_ticks: ['Rounds of queries for open consoles.', () => console.stats.ticks],
    console_queries: ['Queries of these rounds.', () => console.stats.queries],
    console_query_errors: ['Of these, the ones without an answer.', () => console.stats.errors],
    console_skipped: ['Ticks not sent to a browser that was behind.', () => console.stats.skipped],
    console_busy_seconds: ['What these rounds took, as they reckon it themselves.', () => console.stats.busySeconds],
  })
}
