import { randomBytes } from 'node:crypto'
import type { JaegerAnswer, JaegerTrace } from 'boxman/tracing'
import { afterEach, describe, expect, it } from 'vitest'
import { Craps, total } from './support/craps.ts'
import { type CollectedSpan, TraceCollector } from './support/trace-collector.ts'

const VALIDATORS = ['v1', 'v2', 'v3', 'v4']
const WITHIN = { timeout: 20_000, interval: 50 }
const NO_FAULTS = {
  VALIDATOR_DELAY_MS: '0',
  VALIDATOR_DELAY_SHARE: '0',
  VALIDATOR_REFUSE_SHARE: '0',
  GATEWAY_FORK_SHARE: '0',
}

/** Of a bet in the gateway; a span of its player goes before. */
const IN_THE_GATEWAY = ['POST /tables/:tableId/bets', 'place bet', 'prove bet', 'publish proof']

class Player {
  /** Of the bets that were taken. */
  readonly bets: { readonly betId: string; readonly traceId: string }[] = []
  readonly #gateway: string
  readonly #headers: Readonly<Record<string, string>>
  readonly requests = new Map<string, number>()

  private constructor(gateway: string, token: string) {
    this.#gateway = gateway
    this.#headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  }

  static async join(gateway: string): Promise<Player> {
    const response = await fetch(`${gateway}/players`, { method: 'POST' })
    const { token } = (await response.json()) as { token: string }
    const player = new Player(gateway, token)
    player.#count('/players', 'POST')
    return player
  }

  /** A field bet: one roll decides it. */
  async bet(headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const response = await fetch(`${this.#gateway}/tables/T1/bets`, {
      method: 'POST',
      headers: { ...this.#headers, ...headers },
      body: JSON.stringify({ kind: 'field', amount: 10 }),
    })
    this.#count('/tables/:tableId/bets', 'POST')
    const { betId } = (await response.json()) as { betId: string }
    // Whoever sends no correlation id gets the trace's for one.
    const traceId = response.headers.get('x-correlation-id') ?? ''
    if (response.status === 202) this.bets.push({ betId, traceId })
    return betId
  }

  async hasProof(betId: string): Promise<boolean> {
    const response = await fetch(`${this.#gateway}/bets/${betId}/proof`)
    this.#count('/bets/:betId/proof', 'GET')
    await response.text()
    return response.ok
  }

  #count(route: string, method: string): void {
    const key = `{route="${route}",method="${method}"}`
    this.requests.set(key, (this.requests.get(key) ?? 0) + 1)
  }
}

/** Where in this trace something is not whole; empty when all is well. */
function holesIn(spans: readonly CollectedSpan[]): readonly string[] {
  const ids = new Set(spans.map(({ spanId }) => spanId))
  const tops = spans.filter(({ parentSpanId }) => !ids.has(parentSpanId))
  const isPlayers = tops[0]?.process.startsWith('players-') === true
  const wanted = [
    ...(isPlayers ? [`${tops[0]?.process}: bet`] : []),
    ...IN_THE_GATEWAY.map((name) => `craps-gateway: ${name}`),
    ...VALIDATORS.map((name) => `${name}: validate bet`),
  ]
  const found = spans.map(({ process, name }) => `${process}: ${name}`)
  const said = new Set(spans.map(({ traceState }) => traceState))
  // A part that was slow, too, says that it was likelier to be kept than the others.
  const isWithin = (state: string): boolean => {
    const threshold = /^ot=th:([0-9a-f]+)$/.exec(state)?.[1]?.padEnd(14, '0') ?? 'none'
    return (spans[0]?.traceId.slice(-14) ?? '') >= threshold
  }
  return [
    ...wanted.filter((each) => !found.includes(each)).map((each) => `no ${each}`),
    ...(tops.length === 1 && tops[0]?.parentSpanId === '' ? [] : [`tops: ${tops.map(({ name }) => name).join()}`]),
    ...[...said].filter((state) => !isWithin(state)).map((state) => `against the odds: ${state}`),
  ]
}

const isPartial = ({ attributes }: CollectedSpan): boolean => attributes['boxman.partial'] === true

/** The first span of each part: those whose parent is in another process, or nowhere. */
function partsOf(spans: readonly CollectedSpan[]): readonly CollectedSpan[] {
  const homes = new Map(spans.map(({ spanId, process }) => [spanId, process]))
  return spans.filter(({ parentSpanId, process }) => homes.get(parentSpanId) !== process)
}

/** Of bets that were taken; also where all that is left of one is what its player kept. */
const isBet = (spans: readonly CollectedSpan[]): boolean =>
  spans.some(
    ({ name, attributes }) =>
      name === 'prove bet' ||
      name === 'validate bet' ||
      (name === 'bet' && attributes['http.response.status_code'] === 202),
  )

describe('journey: the trace of a bet', { timeout: 90_000 }, () => {
  const closing: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close()
  })

  const start = async (
    args: readonly string[],
    env: NodeJS.ProcessEnv,
  ): Promise<{ readonly craps: Craps; readonly collector: TraceCollector }> => {
    const collector = await TraceCollector.start()
    closing.push(() => collector.close())
    const craps = await Craps.start(['--duration', '90s', ...args], { BOXMAN_TRACING_OTLP_URL: collector.url, ...env })
    closing.push(() => craps.stop())
    return { craps, collector }
  }

  it('is whole in every process, or in none, on a small budget (G10-G13)', async () => {
    const budget = { BOXMAN_TRACING_SPANS_PER_SECOND: '60' }
    const { craps, collector } = await start(['--players', '20', '--rate', '3'], { ...NO_FAULTS, ...budget })
    const player = await Player.join(craps.addresses.gateway)
    for (let i = 0; i < 150; i++) {
      await player.bet()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const latest = player.bets.at(-1)?.betId ?? ''
    await expect.poll(() => player.hasProof(latest), WITHIN).toBe(true)
    // What waits to be sent goes out at the end.
    expect(await craps.stop()).toBe(0)

    const bets = [...collector.traces.values()].filter(isBet)
    const whole = bets.filter((spans) => !spans.some(isPartial))
    expect(whole.map(holesIn).filter((holes) => holes.length > 0)).toEqual([])
    // Kept for what happened in one place, such as a long wait: each part of such a trace says that there may be more.
    const rest = bets.filter((spans) => spans.some(isPartial))
    expect(rest.flatMap(partsOf).filter((span) => !isPartial(span))).toEqual([])

    const processes = new Set(whole.flat().map(({ process }) => process))
    expect([...processes].toSorted()).toEqual(['craps-gateway', 'players-1', 'players-2', ...VALIDATORS])
    const own = player.bets.filter(({ traceId }) => whole.some(([span]) => span?.traceId === traceId))
    expect(own.length).toBeGreaterThan(0)
    expect(own.length).toBeLessThan(player.bets.length)
    const accepted = Number(/bets accepted +(\d+)/.exec(craps.launcher.output)?.[1])
    expect(whole.length - own.length).toBeLessThan(accepted)
  })

  it('is kept where a validator refused or is gone, and says so; requests are counted once (G1, G2, G3)', async () => {
    const { craps, collector } = await start(['--players', '0'], {
      ...NO_FAULTS,
      VALIDATOR_REFUSE_SHARE: '0.2',
      BOXMAN_TRACING_SPANS_PER_SECOND: '1000',
    })
    const { gateway, admins, pids } = craps.addresses
    const player = await Player.join(gateway)
    const traceIds = Array.from({ length: 21 }, () => randomBytes(16).toString('hex'))
    for (const [i, traceId] of traceIds.entries()) {
      // The caller keeps every other one.
      const flags = i % 2 === 0 ? '01' : '00'
      const betId = await player.bet({ traceparent: `00-${traceId}-00000000000000b1-${flags}` })
      await expect.poll(() => player.hasProof(betId), WITHIN).toBe(true)
    }
    const refused = total(await craps.page(), 'bitcraps_consensus_proposals_rejected_total')
    expect(refused).toBeGreaterThan(0)

    // What it has not sent yet would go with it.
    const isSent = ({ process, traceId }: CollectedSpan): boolean => process === 'v2' && traceId === traceIds.at(-1)
    await expect.poll(() => collector.spans.some(isSent), WITHIN).toBe(true)
    process.kill(pids['v2'] ?? 0, 'SIGKILL')
    const last = 'c'.repeat(32)
    const lastBet = await player.bet({ traceparent: `00-${last}-00000000000000b1-01` })
    await expect.poll(() => player.hasProof(lastBet), WITHIN).toBe(true)

    const page = await craps.page()
    for (const [labels, count] of player.requests) {
      expect(total(page, `bitcraps_gateway_requests_by_route_method_total${labels}`)).toBe(count)
      const route = labels.replace(/,method=.*/, '}')
      expect(total(page, `bitcraps_gateway_request_latency_ms_count${route}`)).toBe(count)
    }
    const requests = [...player.requests.values()].reduce((sum, count) => sum + count)
    expect(total(page, 'http_requests_total')).toBe(requests)
    expect(total(page, 'bitcraps_gateway_ingress_to_proof_ms_count')).toBe(player.bets.length)

    // Before the end: what each process answers of itself.
    const services: string[] = []
    for (const [name, admin] of Object.entries(admins)) {
      if (name === 'v2') continue
      const response = await fetch(`${admin}/api/traces/${last}`)
      const { data } = (await response.json()) as JaegerAnswer<JaegerTrace>
      services.push(...data.flatMap((trace) => Object.values(trace.processes).map(({ serviceName }) => serviceName)))
    }
    expect(services.toSorted()).toEqual(['craps-gateway', ...Array(3).fill('craps-validator')])
    await craps.stop()

    const bets = [...collector.traces.values()].filter(isBet)
    const failedIn = (process: string, name: string): readonly CollectedSpan[] =>
      bets.flat().filter((span) => span.process === process && span.name === name && span.failed)
    // Of the last bet, a validator that is gone says nothing itself.
    const told = failedIn('craps-gateway', 'ask to propose').filter(({ traceId }) => traceId !== last)
    const said = VALIDATORS.flatMap((name) => failedIn(name, 'validate bet'))
    const key = ({ traceId, attributes }: CollectedSpan): string =>
      [traceId, attributes['craps.validator'], attributes['error.type']].join(' ')
    // A refusal that comes late is moot: the gateway has gone on, and only the validator keeps it.
    expect(told.map(key).filter((each) => !said.map(key).includes(each))).toEqual([])
    expect(told).toHaveLength(refused)

    const failed = new Set(told.map(({ traceId }) => traceId))
    const shapes = traceIds.map((traceId) => {
      const spans = collector.traces.get(traceId) ?? []
      const inGateway = spans.filter(({ process }) => process === 'craps-gateway').map(({ name }) => name)
      const signers = new Set(spans.filter(({ name }) => name === 'validate bet').map(({ process }) => process))
      return {
        gateway: IN_THE_GATEWAY.filter((name) => inGateway.includes(name)),
        signers: [...signers].toSorted(),
        partial: [...new Set(partsOf(spans).map(isPartial))],
      }
    })
    const wanted = traceIds.map((traceId, i) => {
      if (i % 2 === 0) return { gateway: IN_THE_GATEWAY, signers: VALIDATORS, partial: [false] }
      const refusers = new Set(said.filter((span) => span.traceId === traceId).map(({ process }) => process))
      return {
        gateway: failed.has(traceId) ? IN_THE_GATEWAY : [],
        signers: [...refusers].toSorted(),
        partial: refusers.size > 0 ? [true] : [],
      }
    })
    expect(shapes).toEqual(wanted)
    expect(collector.traces.get(last)?.map(({ attributes }) => attributes['error.type'])).toContain('unreachable')
  })
})
