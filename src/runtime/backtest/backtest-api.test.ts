import { afterEach, expect, it } from 'vitest'
import { serve } from '../../../test/support/serve.ts'
import { Engine } from '../../promql/index.ts'
import { LabelSet } from '../../series/index.ts'
import { openTsdb, type Tsdb } from '../../tsdb/index.ts'
import { backtestApi } from './backtest-api.ts'

const START = Date.parse('2026-03-01T12:00:00Z')
const MINUTE = 60_000

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** An hour of a queue that is long from minute 20 to 30, and from 40 on. */
async function filled(): Promise<Tsdb> {
  const store = await openTsdb({ retentionMs: 1e12, maxBytes: 2 ** 24, maxSeries: 10 })
  closing.push(() => store.close())
  await store.step(START + 60 * MINUTE)
  const ref = store.series(LabelSet.of({ __name__: 'queue_depth', queue: 'mail' }))
  if (ref === undefined) throw new Error('the store takes no series')
  for (let minute = 0; minute <= 60; minute++) {
    const batch = store.batch()
    batch.add(ref, START + minute * MINUTE, (minute >= 20 && minute < 30) || minute >= 40 ? 200 : 1)
    batch.commit()
  }
  return store
}

async function asking(pause: () => Promise<void> = () => Promise.resolve()) {
  const store = await filled()
  const faults: unknown[] = []
  const handle = backtestApi({
    engine: new Engine({ queryable: store }),
    queryable: store,
    now: () => START + 60 * MINUTE,
    pause,
    onFault: (error) => faults.push(error),
  })
  const { url, close } = await serve((request, response) => void handle(request, response, '/api/alerting/backtest'))
  closing.push(close, () => expect(faults).toEqual([]))
  return async (body: unknown, init: RequestInit = {}) => {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(body), ...init })
    const json = (await response.json()) as {
      told: string
      yaml: string
      errors: string[]
      rules: { firings: { from: string; to: string | null }[] }[]
    }
    return { ...json, status: response.status }
  }
}

const FIELDS = { alert: 'QueueStuck', expr: 'queue_depth > 100', for: '2m', labels: { severity: 'page' } }
const YAML = '- alert: QueueStuck\n  expr: queue_depth > 100\n  for: 2m\n  labels: {severity: page}\n'

it.each([
  ['its fields', FIELDS],
  ['YAML', YAML],
])('a rule given as %s is tried over the history', async (_, rule) => {
  const ask = await asking()
  const { status, told, yaml, rules } = await ask({ rule, from: START / 1000 })
  expect([status, told]).toEqual([
    200,
    'QueueStuck would have fired twice, longest 18m, 26m in all'.replace('twice', '2 times'),
  ])
  expect(rules[0]?.firings.map(({ from, to }) => [from.slice(11, 16), to?.slice(11, 16) ?? null])).toEqual([
    ['12:22', '12:30'],
    ['12:42', null],
  ])
  expect(yaml).toContain('expr: queue_depth > 100\n        for: 2m')
})

it.each([
  [{}, 'rule: expected one'],
  [{ rule: { record: 'a', expr: '1' } }, 'rule: expected an alerting rule'],
  [{ rule: { alert: 'X', expr: 'up{' } }, 'rule: could not parse expression'],
  [{ rule: 'a: [' }, 'rule: no YAML'],
  [{ rule: FIELDS, from: 'soon' }, 'from: expected'],
  [{ rule: FIELDS, from: 2, to: 1 }, 'from: expected a time before to'],
  [{ rule: FIELDS, from: 1 }, 'evaluations: 20000 at most; use a shorter time'],
  [{ rule: FIELDS, since: '1h' }, 'since: unknown'],
])('%j is refused', async (body, fault) => {
  const ask = await asking()
  const { status, errors } = await ask(body)
  expect([status, errors.join()]).toEqual([400, expect.stringContaining(fault) as string])
})

it('one is tried at a time, and no longer than its client is there', async () => {
  let paused = 0
  let goOn = (): void => undefined
  const ask = await asking(
    () =>
      new Promise((resolve) => {
        paused++
        goOn = resolve
      }),
  )
  const leaving = new AbortController()
  const first = ask({ rule: FIELDS }, { signal: leaving.signal }).catch((error: Error) => error.name)
  await expect.poll(() => paused).toBe(1)
  expect(await ask({ rule: FIELDS })).toMatchObject({ status: 429 })
  leaving.abort()
  expect(await first).toBe('AbortError')
  await expect
    .poll(async () => {
      goOn()
      const second = ask({ rule: FIELDS, from: START / 1000, interval: '30m' })
      return (await second).status
    })
    .toBe(200)
  // It was not asked for more.
  expect(paused).toBe(1)
})
