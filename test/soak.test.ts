import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const SOAK = fileURLToPath(new URL('support/soak.mjs', import.meta.url))
/** More, and for how long, by the environment: a soak over night has a million. */
const REQUESTS = Number(process.env['BOXMAN_SOAK_REQUESTS'] ?? 4000)
const SEED = Number(process.env['BOXMAN_SOAK_SEED'] ?? 1)
const MAX_GROWTH_BYTES = 1_500_000

interface Left {
  readonly tally: Readonly<Record<'requests' | 'sockets' | 'messages' | 'byHand' | 'recorded', number>>
  readonly heaps: readonly { readonly heapUsed: number; readonly alive: number }[]
  readonly topics: readonly unknown[]
  readonly page: string
}

it(
  'after requests and sockets that end in every way nothing is left: no gauge, no context, no memory',
  async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', SOAK, `${REQUESTS}`, `${SEED}`], {
      maxBuffer: 1 << 24,
    })
    const { tally, heaps, topics, page }: Left = JSON.parse(stdout)
    const sum = (series: RegExp) =>
      page
        .split('\n')
        .filter((line) => series.test(line))
        .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)

    expect(tally.requests).toBeGreaterThan(REQUESTS / 2)
    expect(tally.sockets).toBeGreaterThan(REQUESTS / 20)
    expect(tally.recorded).toBe(tally.requests)
    expect(sum(/^http_requests_total\{/)).toBe(tally.requests + tally.byHand)
    expect(sum(/^bitcraps_ws_connections_opened_total\{side="server"/)).toBe(tally.sockets)
    expect(sum(/^bitcraps_ws_connections_closed_total\{side="server"/)).toBe(tally.sockets)
    expect(sum(/^bitcraps_ws_messages_total\{side="server",direction="received"/)).toBe(tally.messages)
    expect(sum(/^bitcraps_ws_(connections|buffered_bytes)\{/)).toBe(0)
    expect(page).toMatch(/^bitcraps_ws_connections\{side="server"\} 0$/m)
    expect(sum(/^boxman_instrument_faults_total/)).toBe(0)
    expect(topics).toEqual([])

    // Node itself may hold what ran last; of all that was, however much, no more than that is left.
    expect(Math.max(...heaps.map(({ alive }) => alive))).toBeLessThanOrEqual(3)
    // The first rounds fill caches that have ceilings.
    const [, settled, ...later] = heaps
    const growth = Math.min(...later.map(({ heapUsed }) => heapUsed)) - (settled?.heapUsed ?? 0)
    expect(growth).toBeLessThan(MAX_GROWTH_BYTES)
  },
  60_000 + REQUESTS * 10,
)
