import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const SOAK = fileURLToPath(new URL('support/soak.mjs', import.meta.url))
/** More, and for how long, by the environment: a soak over night has a million. */
const REQUESTS = Number(process.env['BOXMAN_SOAK_REQUESTS'] ?? 4000)
const SEED = Number(process.env['BOXMAN_SOAK_SEED'] ?? 1)
const MAX_GROWTH_BYTES = 1_500_000

type Kind = 'requests' | 'sockets' | 'messages' | 'byHand' | 'recorded' | 'upgrades' | 'malformed' | 'refused'

interface Left {
  readonly tally: Readonly<Record<Kind, number>>
  /** After the warm-up, and after each quarter. */
  readonly memory: readonly { readonly heapUsed: number; readonly alive: number }[]
  readonly topics: readonly unknown[]
  readonly page: string
}

it(
  'after requests and sockets that end in every way nothing is left: no gauge, no context, no memory',
  async () => {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--expose-gc', SOAK, `${REQUESTS}`, `${SEED}`],
      {
        maxBuffer: 1 << 24,
      },
    )
    if (process.env['BOXMAN_SOAK_REQUESTS'] !== undefined) process.stdout.write(stderr)
    const { tally, memory, topics, page }: Left = JSON.parse(stdout)
    const sum = (series: RegExp) =>
      page
        .split('\n')
        .filter((line) => series.test(line))
        .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)

    expect(tally.requests).toBeGreaterThan(REQUESTS / 2)
    expect(tally.sockets).toBeGreaterThan(REQUESTS / 20)
    expect(tally.recorded).toBe(tally.requests)
    expect(sum(/^http_server_request_duration_seconds_count\{/)).toBe(tally.requests + tally.byHand)
    expect(sum(/^http_server_active_requests\{/)).toBe(0)
    expect(page).toMatch(/^http_server_active_requests\{http_request_method="POST",url_scheme="http"\} 0$/m)
    expect(sum(/^http_server_upgrades_total\{protocol="websocket"/)).toBe(tally.upgrades)
    expect(sum(/^http_server_upgrades_total\{/)).toBe(tally.upgrades)
    // Some clients do not wait for their answer: some of these are seen all the same.
    expect(tally.refused).toBeGreaterThan(tally.malformed / 2)
    expect(sum(/^http_server_malformed_requests_total\{reason="bad_request"/)).toBeGreaterThanOrEqual(tally.refused)
    expect(sum(/^http_server_malformed_requests_total\{/)).toBeLessThanOrEqual(tally.malformed)
    expect(sum(/^bitcraps_ws_connections_opened_total\{side="server"/)).toBe(tally.sockets)
    expect(sum(/^bitcraps_ws_connections_closed_total\{side="server"/)).toBe(tally.sockets)
    expect(sum(/^bitcraps_ws_messages_total\{side="server",direction="received"/)).toBe(tally.messages)
    expect(sum(/^bitcraps_ws_(connections|buffered_bytes)\{/)).toBe(0)
    expect(page).toMatch(/^bitcraps_ws_connections\{side="server"\} 0$/m)
    expect(sum(/^boxman_instrument_faults_total/)).toBe(0)
    // A span that is not given back takes the room of others, in the end.
    expect(sum(/^boxman_tracing_spans_dropped_total/)).toBe(0)
    expect(sum(/^boxman_tracing_spans_kept_total/)).toBeGreaterThan(0)
    expect(topics).toEqual([])

    // Node itself may hold what ran last; of all that was, however much, no more than that is left.
    expect(Math.max(...memory.map(({ alive }) => alive))).toBeLessThanOrEqual(3)
    const [, settled, ...later] = memory
    const growth = Math.min(...later.map(({ heapUsed }) => heapUsed)) - (settled?.heapUsed ?? 0)
    expect(growth).toBeLessThan(MAX_GROWTH_BYTES)
  },
  60_000 + REQUESTS * 10,
)
