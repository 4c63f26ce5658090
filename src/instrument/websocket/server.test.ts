import { once } from 'node:events'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { portOf } from '../../../test/support/port-of.ts'
import { instrumentWebSocketServer, type SocketRecorder, type TopicOptions, type Topics } from '../index.ts'

let server: WebSocketServer
let topics: Topics
let gauge: Map<string, number>
let lowest: number
let open: number
let faults: unknown[]
let clock: number
let calls: (readonly [string, ...(string | number)[]])[]

async function listen(options: Partial<TopicOptions> = {}, overrides: Partial<SocketRecorder> = {}): Promise<void> {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  ;[gauge, lowest, open, faults, clock, calls] = [new Map(), 0, 0, [], 1_000_000, []]
  const recorder: SocketRecorder = {
    subscribers(topic, count) {
      gauge.set(topic, count)
      lowest = Math.min(lowest, count)
    },
    forget: (topic) => gauge.delete(topic),
    delivered: (topic, ms) => calls.push(['delivered', topic, ms]),
    fromFuture: (topic) => calls.push(['future', topic]),
    failed: (topic) => calls.push(['failed', topic]),
    connections(count) {
      open = count
      lowest = Math.min(lowest, count)
    },
    message: (direction, bytes) => calls.push([direction, bytes]),
    ...overrides,
  }
  topics = instrumentWebSocketServer(server, {
    recorder,
    wallNow: () => clock,
    onFault: (e) => faults.push(e),
    ...options,
  })
}

interface Pair {
  /** The server's end. */
  readonly here: WebSocket
  readonly there: WebSocket
}

async function connect(): Promise<Pair> {
  const connected = once(server, 'connection')
  const there = new WebSocket(`ws://127.0.0.1:${portOf(Reflect.get(server, '_server'))}`)
  there.on('error', () => {})
  const [[here]] = await Promise.all([connected, once(there, 'open')])
  here.on('error', () => {})
  return { here, there }
}

beforeEach(() => listen())
afterEach(() => {
  for (const socket of server.clients) socket.terminate()
  server.close()
})

describe('subscribers (G5)', () => {
  it('are counted right after each call', async () => {
    const { here } = await connect()
    expect(topics.subscribe(here, 'rolls')).toBe(true)
    expect(gauge.get('rolls')).toBe(1)
    expect(topics.subscribe(here, 'rolls')).toBe(false)
    expect(gauge.get('rolls')).toBe(1)
    expect(topics.unsubscribe(here, 'rolls')).toBe(true)
    expect(gauge.get('rolls')).toBe(0)
    expect(topics.unsubscribe(here, 'rolls')).toBe(false)
    expect(topics.unsubscribe(here, 'never heard of')).toBe(false)
    expect([gauge.get('rolls'), topics.count('rolls'), lowest]).toEqual([0, 0, 0])
  })

  it.each<[string, (pair: Pair) => void]>([
    ['the peer closes', ({ there }) => there.close(1000, 'bye')],
    ['the peer closes without a code', ({ there }) => there.close()],
    ['the peer vanishes', ({ there }) => there.terminate()],
    ['the connection breaks', ({ here }) => Reflect.get(here, '_socket').destroy(new Error('reset'))],
    ['the peer breaks the protocol', ({ there }) => Reflect.get(there, '_socket').write(Buffer.from([0xff, 0xff]))],
  ])('leave when %s', async (_, end) => {
    const [pair, other] = [await connect(), await connect()]
    for (const topic of ['rolls', 'bets']) for (const { here } of [pair, other]) topics.subscribe(here, topic)
    const closed = new Promise((resolve) => pair.here.once('close', resolve))
    end(pair)
    await closed
    expect([gauge.get('rolls'), gauge.get('bets'), open, lowest]).toEqual([1, 1, 1, 0])
  })

  it.each<[string, (here: WebSocket) => void]>([
    ['closes', (here) => here.close()],
    ['terminates', (here) => here.terminate()],
  ])('leave at once when the service %s, however long the peer takes', async (_, end) => {
    const { here, there } = await connect()
    there.pause()
    topics.subscribe(here, 'rolls')
    end(here)
    expect([gauge.get('rolls'), topics.count('rolls')]).toEqual([0, 0])
    expect(topics.subscribe(here, 'rolls')).toBe(false)
    there.terminate()
    if (here.readyState !== here.CLOSED) await once(here, 'close')
    expect(topics.subscribe(here, 'rolls')).toBe(false)
    expect([gauge.get('rolls'), open, lowest]).toEqual([0, 0, 0])
  })

  it('stay when close is refused', async () => {
    const { here } = await connect()
    topics.subscribe(here, 'rolls')
    expect(() => here.close(1)).toThrow('valid error code')
    expect(gauge.get('rolls')).toBe(1)
  })

  it('equal the open subscriptions after 1 000 random steps, and never fall below zero', async () => {
    const names = ['a', 'b', 'c']
    const model: { readonly pair: Pair; readonly own: Set<string> }[] = []
    const closing: Promise<unknown>[] = []
    const wrong: string[] = []
    let settledMoments = 0
    const compare = (what: string, got: unknown, want: unknown) => {
      if (got !== want) wrong.push(`${what}: ${String(got)}, not ${String(want)}`)
    }
    const ways: readonly ((pair: Pair) => void)[] = [
      ({ there }) => there.close(),
      ({ there }) => there.terminate(),
      ({ here }) => here.close(),
      ({ here }) => here.terminate(),
    ]
    const steps = fc.sample(fc.record({ kind: fc.nat({ max: 9 }), pick: fc.nat(), topic: fc.constantFrom(...names) }), {
      numRuns: 1000,
      seed: 5,
    })
    for (const [i, { kind, pick, topic }] of steps.entries()) {
      const index = pick % Math.max(model.length, 1)
      const chosen = model[index]
      if (chosen === undefined || (kind < 2 && model.length < 20)) {
        model.push({ pair: await connect(), own: new Set() })
      } else if (kind < 6) {
        compare(`step ${i}, subscribe`, topics.subscribe(chosen.pair.here, topic), !chosen.own.has(topic))
        chosen.own.add(topic)
      } else if (kind < 8) {
        compare(`step ${i}, unsubscribe`, topics.unsubscribe(chosen.pair.here, topic), chosen.own.delete(topic))
      } else {
        model.splice(index, 1)
        closing.push(once(chosen.pair.here, 'close'))
        ways[pick % ways.length]?.(chosen.pair)
      }
      // Now and then the steps go on while sockets are still closing.
      if (i % 3 !== 0 && i !== steps.length - 1) continue
      await Promise.all(closing.splice(0))
      settledMoments++
      compare(`step ${i}, connections`, open, model.length)
      for (const name of names) {
        const want = model.filter(({ own }) => own.has(name)).length
        compare(`step ${i}, gauge of ${name}`, gauge.get(name) ?? 0, want)
        compare(`step ${i}, count of ${name}`, topics.count(name), want)
      }
    }
    expect([wrong, faults, lowest, settledMoments]).toEqual([[], [], 0, 334])
    for (const { pair } of model) pair.there.terminate()
    await expect.poll(() => open).toBe(0)
    expect(Object.fromEntries(gauge)).toEqual({ a: 0, b: 0, c: 0 })
  })

  it('of a server that had connections before are counted too', async () => {
    const { here } = await connect()
    const opened: number[] = []
    const late = instrumentWebSocketServer(server, {
      recorder: { subscribers() {}, forget() {}, delivered() {}, fromFuture() {}, connections: (n) => opened.push(n) },
      wallNow: () => 0,
      onFault: (error) => faults.push(error),
    })
    late.subscribe(here, 'rolls')
    here.close()
    expect([opened, late.count('rolls')]).toEqual([[1], 0])
  })
})

describe('a topic', () => {
  it('without subscribers is forgotten after the grace time, not before', async () => {
    const { here } = await connect()
    topics.subscribe(here, 'rolls')
    topics.sweep(clock + 1e9)
    expect(gauge.get('rolls')).toBe(1)
    topics.unsubscribe(here, 'rolls')
    topics.sweep(clock + 59_999)
    expect(gauge.get('rolls')).toBe(0)
    topics.subscribe(here, 'rolls')
    clock += 50_000
    topics.unsubscribe(here, 'rolls')
    topics.sweep(clock + 59_999)
    expect([gauge.get('rolls'), topics.stats.topics]).toEqual([0, 1])
    topics.sweep(clock + 60_000)
    expect([gauge.has('rolls'), topics.stats.topics]).toEqual([false, 0])
  })

  it('that is forgotten stays so, when a hand-over ends late', async () => {
    const { here } = await connect()
    topics.subscribe(here, 'rolls')
    topics.publish('rolls', { ts: clock })
    here.terminate()
    topics.sweep(clock + 60_000)
    expect(gauge.has('rolls')).toBe(false)
    await once(here, 'close')
    expect(calls.filter(([, topic]) => topic === 'rolls')).toEqual([])
    expect(gauge.has('rolls')).toBe(false)
  })

  it('too many is refused and counted, until another is forgotten (G17)', async () => {
    server.close()
    await listen({ maxTopics: 2, graceMs: 10 })
    const { here } = await connect()
    expect(['a', 'b', 'c', 'c'].map((topic) => topics.subscribe(here, topic))).toEqual([true, true, false, false])
    expect(topics.stats).toEqual({ topics: 2, refusedTopics: 2 })
    topics.unsubscribe(here, 'a')
    topics.sweep(clock + 10)
    expect(topics.subscribe(here, 'c')).toBe(true)
  })

  it.each([
    [{ graceMs: -1 }, 'graceMs -1'],
    [{ graceMs: Number.NaN }, 'graceMs NaN'],
    [{ maxTopics: 0 }, 'maxTopics 0'],
    [{ maxTopics: 1.5 }, 'maxTopics 1.5'],
  ])('takes no limit like %j', (limits, message) => {
    const recorder = { subscribers() {}, forget() {}, delivered() {}, fromFuture() {} }
    expect(() => instrumentWebSocketServer(server, { recorder, wallNow: () => 0, onFault() {}, ...limits })).toThrow(
      message,
    )
  })
})

describe('an event', () => {
  const received = async ({ there }: Pair) => String((await once(there, 'message'))[0])

  it('reaches every subscriber as the same text, its latency recorded for each (G4)', async () => {
    const pairs = [await connect(), await connect(), await connect()]
    for (const { here } of pairs.slice(0, 2)) topics.subscribe(here, 'rolls')
    const event = { ts: clock - 120, roll: [3, 4], name: 'Zo\u00eb' }
    const messages = Promise.all(pairs.slice(0, 2).map(received))
    expect(topics.publish('rolls', event)).toBe(2)
    expect(topics.publish('elsewhere', event)).toBe(0)
    expect(await messages).toEqual([JSON.stringify(event), JSON.stringify(event)])
    await expect.poll(() => calls.length).toBe(4)
    const bytes = Buffer.byteLength(JSON.stringify(event))
    expect(calls).toEqual([
      ['sent', bytes],
      ['delivered', 'rolls', 120],
      ['sent', bytes],
      ['delivered', 'rolls', 120],
    ])
  })

  it('from the future is counted apart', async () => {
    const pair = await connect()
    topics.subscribe(pair.here, 'rolls')
    topics.publish('rolls', { ts: clock + 1 })
    topics.publish('rolls', { ts: clock })
    await expect.poll(() => calls.length).toBe(4)
    expect(calls.filter(([what]) => what !== 'sent')).toEqual([
      ['future', 'rolls'],
      ['delivered', 'rolls', 0],
    ])
  })

  it('without a usable time is sent, and is a fault', async () => {
    const pair = await connect()
    topics.subscribe(pair.here, 'rolls')
    const message = received(pair)
    topics.publish('rolls', { ts: Number.NaN })
    expect(await message).toBe('{"ts":null}')
    expect(String(faults)).toContain("publish(rolls): the event's ts NaN")
    expect(calls.map(([what]) => what)).toEqual(['sent'])
  })

  it('that is not handed over has failed', async () => {
    const { here } = await connect()
    topics.subscribe(here, 'rolls')
    Reflect.get(here, '_socket').destroy()
    expect(topics.publish('rolls', { ts: clock })).toBe(1)
    await expect.poll(() => calls).toEqual([['failed', 'rolls']])
    await expect.poll(() => gauge.get('rolls')).toBe(0)
  })
})

describe('messages', () => {
  it('are counted with their payload, in both directions', async () => {
    const { here, there } = await connect()
    const done = new Promise<void>((resolve) => {
      here.send('Zo\u00eb')
      here.send(Buffer.alloc(70_000), { binary: true })
      here.send(new Uint8Array(3).buffer, () => resolve())
    })
    await done
    there.send('hello')
    there.send(Buffer.alloc(5), { fin: false })
    there.send(Buffer.alloc(6), { fin: true })
    await expect.poll(() => calls.length).toBe(5)
    expect(calls).toEqual([
      ['sent', 4],
      ['sent', 70_000],
      ['sent', 3],
      ['received', 5],
      ['received', 11],
    ])
  })

  it('that could not be sent are not, and their callback hears why', async () => {
    const { here } = await connect()
    here.close()
    const error = await new Promise<Error | undefined>((resolve) => here.send('late', resolve))
    expect(String(error)).toContain('not open')
    expect(calls).toEqual([])
  })
})

it('a recorder that throws ends at onFault, and subscribing goes on (B12)', async () => {
  const fail = () => {
    throw new Error('bang')
  }
  server.close()
  await listen({}, { subscribers: fail, delivered: fail, message: fail, connections: fail, forget: fail })
  const pair = await connect()
  expect(topics.subscribe(pair.here, 'rolls')).toBe(true)
  const message = once(pair.there, 'message')
  expect(topics.publish('rolls', { ts: clock })).toBe(1)
  await message
  pair.here.close()
  topics.sweep(clock + 60_000)
  expect(topics.count('rolls')).toBe(0)
  await expect.poll(() => faults.length).toBeGreaterThanOrEqual(5)
})

it('a hook of the recorder that fails is let be after ten faults; the others go on (B12)', async () => {
  server.close()
  let bangs = 0
  const fail = () => {
    throw new Error(`bang ${bangs++}`)
  }
  const counts: number[] = []
  await listen({}, { delivered: fail, subscribers: (_, count) => counts.push(count) })
  const pair = await connect()
  topics.subscribe(pair.here, 'rolls')
  for (let i = 0; i < 30; i++) topics.publish('rolls', { ts: clock })
  await expect
    .poll(() => String(faults.at(-1)))
    .toBe("Error: the recorder's delivered of a WebSocket server is switched off: it failed too often")
  topics.unsubscribe(pair.here, 'rolls')
  expect([bangs, counts]).toEqual([10, [1, 0]])
})

it('a clock that fails keeps no socket from closing (B12)', async () => {
  const broken = instrumentWebSocketServer(server, {
    recorder: { subscribers() {}, forget() {}, delivered() {}, fromFuture() {} },
    wallNow: () => {
      throw new Error('no time')
    },
    onFault: (error) => faults.push(error),
  })
  const pair = await connect()
  broken.subscribe(pair.here, 'rolls')
  expect(() => pair.here.close()).not.toThrow()
  expect([broken.count('rolls'), faults.map(String)]).toEqual([0, ['Error: no time']])
})
