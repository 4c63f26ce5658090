import { describe, expect, it } from 'vitest'
import { expose, type Family, Registry } from '../../metrics/index.ts'
import {
  casino,
  type CasinoMetrics,
  ConsensusMetrics,
  FairnessMetrics,
  GamingMetrics,
  GatewayMetrics,
  NetworkMetrics,
  SocketMetrics,
} from '../index.ts'

async function page(registry: Registry): Promise<string[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of expose(registry).body) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8').split('\n')
}

async function family(registry: Registry, name: string): Promise<Family | undefined> {
  return (await registry.collect()).find((candidate) => candidate.name === name)
}

function setUp(): { registry: Registry; metrics: CasinoMetrics } {
  const registry = new Registry()
  return { registry, metrics: casino().install(registry) }
}

describe('the contract of names', () => {
  const NAMES = [
    ['G1', 'counter', 'gateway_requests_by_route_method_total'],
    ['G2', 'histogram', 'gateway_request_latency_ms'],
    ['G3', 'histogram', 'gateway_ingress_to_proof_ms'],
    ['G4', 'histogram', 'gateway_ws_broadcast_latency_ms'],
    ['G4', 'counter', 'gateway_ws_future_events_total'],
    ['G5', 'gauge', 'gateway_ws_subscribers'],
    ['O2', 'counter', 'network_messages_sent_total'],
    ['O2', 'counter', 'network_messages_received_total'],
    ['O2', 'counter', 'network_bytes_sent_total'],
    ['O2', 'counter', 'network_bytes_received_total'],
    ['O2', 'gauge', 'network_active_connections'],
    ['O2', 'histogram', 'network_latency_seconds'],
    ['O3', 'counter', 'consensus_proposals_accepted_total'],
    ['O3', 'counter', 'consensus_proposals_rejected_total'],
    ['O3', 'histogram', 'consensus_latency_seconds'],
    ['O3', 'counter', 'consensus_forks_total'],
    ['O4', 'counter', 'games_total'],
    ['O4', 'gauge', 'games_active'],
    ['O4', 'counter', 'bets_total'],
    ['O4', 'counter', 'betting_volume_total'],
    ['O4', 'counter', 'payouts_total'],
    ['O4', 'counter', 'game_disputes_total'],
    ['O4', 'histogram', 'game_duration_seconds'],
    ['S10', 'counter', 'dice_rolls_total'],
  ] as const

  it.each(['bitcraps', 'my_casino'])('is kept under the prefix %s', async (prefix) => {
    const registry = new Registry()
    casino({ prefix }).install(registry)
    const families = await registry.collect()
    expect(families.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual(
      NAMES.map(([, kind, name]) => `${kind} ${prefix}_${name}`).sort(),
    )
  })

  it.each(['', '1st', 'bit-craps', 'bit craps', 'bitcraps_', 'bitcraps:'])('refuses the prefix %j', (prefix) => {
    expect(() => casino({ prefix })).toThrow(/^prefix .*use letters/)
  })

  it('S1: each group is usable alone, and shares its metrics with the whole', async () => {
    const registry = new Registry()
    const groups = [ConsensusMetrics, FairnessMetrics, GamingMetrics, GatewayMetrics, NetworkMetrics, SocketMetrics]
    for (const Group of groups) expect(() => new Group(registry)).not.toThrow()
    new NetworkMetrics(registry).sent(10)
    casino().install(registry).network.sent(5)
    expect(await page(registry)).toContain('bitcraps_network_bytes_sent_total 15')
  })
})

describe('gateway', () => {
  const LE = [50, 100, 200, 500, 1000, 2000, 5000, Infinity]

  it('G1: counts by route and method', async () => {
    const { registry, metrics } = setUp()
    metrics.gateway.request({ route: '/bets', method: 'POST', durationMs: 12 })
    metrics.gateway.request({ route: '/bets', method: 'POST', durationMs: 12 })
    metrics.gateway.request({ route: '/bets', method: 'GET', durationMs: 12 })
    metrics.gateway.request({ route: '/a"b\\c', method: 'GET', durationMs: 12 })
    const lines = await page(registry)
    expect(lines).toContain('bitcraps_gateway_requests_by_route_method_total{route="/bets",method="POST"} 2')
    expect(lines).toContain('bitcraps_gateway_requests_by_route_method_total{route="/bets",method="GET"} 1')
    expect(lines).toContain('bitcraps_gateway_requests_by_route_method_total{route="/a\\"b\\\\c",method="GET"} 1')
  })

  it('G17: stays right beyond the thousand routes that it remembers', async () => {
    const { registry, metrics } = setUp()
    for (let pass = 0; pass < 2; pass++) {
      for (let i = 0; i < 1500; i++) metrics.gateway.request({ route: `/r${i}`, method: 'GET', durationMs: 1 })
    }
    const requests = await family(registry, 'bitcraps_gateway_requests_by_route_method_total')
    expect(requests?.series.length).toBe(1500)
    expect(requests?.kind === 'counter' && requests.series.every(({ value }) => value === 2)).toBe(true)
  })

  it.each([
    [
      'G2',
      'bitcraps_gateway_request_latency_ms',
      (m: CasinoMetrics, durationMs: number) => m.gateway.request({ route: '/r', method: 'GET', durationMs }),
    ],
    ['G3', 'bitcraps_gateway_ingress_to_proof_ms', (m: CasinoMetrics, ms: number) => m.gateway.ingressToProof(ms)],
    [
      'G4',
      'bitcraps_gateway_ws_broadcast_latency_ms',
      (m: CasinoMetrics, ms: number) => m.gateway.sockets.delivered('T1', ms),
    ],
  ] as const)('%s: %s has its bounds, the last value only in +Inf, and nothing negative', async (_, name, record) => {
    const { registry, metrics } = setUp()
    for (const ms of [0, 50, 51, 5000, 6000, -1, NaN, Infinity, -Infinity]) record(metrics, ms)
    const histogram = await family(registry, name)
    expect(histogram?.series[0]).toMatchObject({
      buckets: [2, 3, 3, 3, 3, 3, 4, 5].map((count, i) => ({ le: LE[i], count })),
      count: 5,
      sum: 11_101,
    })
  })

  it('counts the durations that it refused, and a request whatever its duration', async () => {
    const { registry, metrics } = setUp()
    metrics.gateway.request({ route: '/r', method: 'GET', durationMs: NaN })
    metrics.gateway.ingressToProof(-5)
    metrics.gateway.sockets.delivered('T1', NaN)
    expect(metrics.gateway.stats.refusedDurations).toBe(2)
    expect(metrics.gateway.sockets.stats.refusedDurations).toBe(1)
    expect(await page(registry)).toContain('bitcraps_gateway_requests_by_route_method_total{route="/r",method="GET"} 1')
  })
})

describe('sockets', () => {
  it('G4: events from the future are counted apart', async () => {
    const { registry, metrics } = setUp()
    metrics.gateway.sockets.fromFuture('T1')
    metrics.gateway.sockets.delivered('T1', -3)
    expect(await page(registry)).toContain('bitcraps_gateway_ws_future_events_total{topic="T1"} 2')
    expect((await family(registry, 'bitcraps_gateway_ws_broadcast_latency_ms'))?.series).toEqual([])
  })

  it('G5: a forgotten topic leaves the exposition, alone, and may come back', async () => {
    const { registry, metrics } = setUp()
    const { sockets } = metrics.gateway
    for (const topic of ['T1', 'T2']) {
      sockets.subscribers(topic, 3)
      sockets.delivered(topic, 10)
      sockets.fromFuture(topic)
    }
    sockets.subscribers('T1', 0)
    expect(await page(registry)).toContain('bitcraps_gateway_ws_subscribers{topic="T1"} 0')
    sockets.forget('T1')
    const lines = await page(registry)
    expect(lines.filter((line) => line.includes('topic="T1"'))).toEqual([])
    expect(lines).toContain('bitcraps_gateway_ws_subscribers{topic="T2"} 3')
    sockets.subscribers('T1', 1)
    sockets.delivered('T1', 10)
    expect(await page(registry)).toContain('bitcraps_gateway_ws_subscribers{topic="T1"} 1')
    expect(await page(registry)).toContain('bitcraps_gateway_ws_broadcast_latency_ms_count{topic="T1"} 1')
  })

  it('O2: in the pack they feed the network; alone they need none', async () => {
    const { registry, metrics } = setUp()
    const { sockets } = metrics.gateway
    sockets.connections(7)
    sockets.message('sent', 100)
    sockets.message('sent', 20)
    sockets.message('received', 5)
    const lines = await page(registry)
    expect(lines).toContain('bitcraps_network_active_connections 7')
    expect(lines).toContain('bitcraps_network_messages_sent_total 2')
    expect(lines).toContain('bitcraps_network_bytes_sent_total 120')
    expect(lines).toContain('bitcraps_network_messages_received_total 1')
    expect(lines).toContain('bitcraps_network_bytes_received_total 5')
    const alone = new SocketMetrics(new Registry())
    expect(() => alone.message('sent', 1)).not.toThrow()
  })
})

describe('network and consensus', () => {
  it('O2, O3: latencies are given in ms and exposed in seconds', async () => {
    const { registry, metrics } = setUp()
    for (const ms of [20, 1500, -1, NaN]) {
      metrics.network.latency(ms)
      metrics.consensus.proposalAccepted(ms)
    }
    metrics.consensus.proposalRejected()
    metrics.consensus.forked()
    const lines = await page(registry)
    for (const name of ['network', 'consensus']) {
      expect(lines).toContain(`bitcraps_${name}_latency_seconds_sum 1.52`)
      expect(lines).toContain(`bitcraps_${name}_latency_seconds_bucket{le="1"} 1`)
      expect(lines).toContain(`bitcraps_${name}_latency_seconds_count 2`)
    }
    expect(lines).toContain('bitcraps_consensus_proposals_accepted_total 4')
    expect(lines).toContain('bitcraps_consensus_proposals_rejected_total 1')
    expect(lines).toContain('bitcraps_consensus_forks_total 1')
    expect(metrics.network.stats.refusedDurations + metrics.consensus.stats.refusedDurations).toBe(4)
  })

  it.each([-1, NaN, Infinity])('refuses %f bytes, and counts no message', async (bytes) => {
    const { registry, metrics } = setUp()
    expect(() => metrics.network.sent(bytes)).toThrow(RangeError)
    expect(await page(registry)).toContain('bitcraps_network_messages_sent_total 0')
  })
})

describe('gaming', () => {
  it('O4: games, their durations and disputes; active is never negative', async () => {
    const { registry, metrics } = setUp()
    metrics.gaming.gameStarted()
    metrics.gaming.gameStarted()
    metrics.gaming.gameEnded(30_000)
    expect(await page(registry)).toContain('bitcraps_games_active 1')
    metrics.gaming.gameEnded(-5)
    metrics.gaming.gameEnded(10_000)
    metrics.gaming.dispute()
    const lines = await page(registry)
    expect(lines).toContain('bitcraps_games_total 2')
    expect(lines).toContain('bitcraps_games_active 0')
    expect(lines).toContain('bitcraps_game_disputes_total 1')
    expect(lines).toContain('bitcraps_game_duration_seconds_sum 40')
    expect(metrics.gaming.stats).toEqual({ refusedDurations: 1, unmatchedEnds: 1 })
  })

  it('O4: the house edge is over settled stakes, and absent before the first', async () => {
    const { registry, metrics } = setUp()
    const bet = { playerId: 'p', at: 0 }
    metrics.gaming.betPlaced({ ...bet, amount: 100 })
    metrics.gaming.betPlaced({ ...bet, amount: 900 })
    expect(metrics.gaming.houseEdge).toBeUndefined()
    expect(await family(registry, 'bitcraps_house_edge_ratio')).toBeUndefined()
    metrics.gaming.betSettled({ ...bet, stake: 100, payout: 200 })
    expect(await page(registry)).toContain('bitcraps_house_edge_ratio -1')
    metrics.gaming.betSettled({ ...bet, stake: 100, payout: 0 })
    metrics.gaming.betSettled({ ...bet, stake: 200, payout: 100 })
    const lines = await page(registry)
    expect(lines).toContain('bitcraps_house_edge_ratio 0.25')
    expect(lines).toContain('bitcraps_bets_total 2')
    expect(lines).toContain('bitcraps_betting_volume_total 1000')
    expect(lines).toContain('bitcraps_payouts_total 300')
  })

  it('S9: feeds the player book, and no player becomes a label', async () => {
    const { registry, metrics } = setUp()
    metrics.gaming.betPlaced({ playerId: 'alice', amount: 10, at: 1 })
    metrics.gaming.betSettled({ playerId: 'alice', stake: 10, payout: 20, at: 2 })
    expect(metrics.players.get('alice')).toMatchObject({ bets: 1, games: 1, wagered: 10, won: 20, winRate: 1 })
    expect((await page(registry)).join('\n')).not.toContain('alice')
  })

  it.each([NaN, -1, Infinity])('refuses amounts of %f, and records nothing', async (amount) => {
    const { registry, metrics } = setUp()
    const before = await page(registry)
    const bet = { playerId: 'p', at: 0 }
    expect(() => metrics.gaming.betPlaced({ ...bet, amount })).toThrow(/amount/)
    expect(() => metrics.gaming.betSettled({ ...bet, stake: amount, payout: 5 })).toThrow(/stake/)
    expect(() => metrics.gaming.betSettled({ ...bet, stake: 1, payout: amount })).toThrow(/payout/)
    expect(await page(registry)).toEqual(before)
    expect(metrics.players.stats.players).toBe(0)
  })
})
