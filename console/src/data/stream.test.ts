import { afterEach, describe, expect, it, vi } from 'vitest'
import { Stream } from './stream.ts'

/** As far as a stream needs one. */
class Source extends EventTarget {
  static readonly CLOSED = 2
  static latest: Source
  readonly readyState = 1

  constructor() {
    super()
    Source.latest = this
  }

  close(): void {}
}

interface Put {
  readonly queries: readonly string[]
  readonly answer: (status: number) => void
}

function connected(): { readonly stream: Stream; readonly puts: readonly Put[]; readonly sources: () => Source } {
  const puts: Put[] = []
  vi.stubGlobal('EventSource', Source)
  vi.stubGlobal('fetch', (_: URL, { body }: { readonly body: string }) => {
    const { promise, resolve } = withResolvers<Response>()
    const answer = (status: number): void => resolve(new Response('{}', { status }))
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the stream writes it
    puts.push({ queries: (JSON.parse(body) as Put).queries, answer })
    return promise
  })
  const stream = new Stream('http://127.0.0.1/', { onTick: () => undefined, onState: () => undefined })
  stream.want(true, ['a'])
  Source.latest.dispatchEvent(new MessageEvent('hello', { data: '{"id":"1"}' }))
  return { stream, puts, sources: () => Source.latest }
}

function withResolvers<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('a stream', () => {
  it('is asked for one list of queries after the other, so that the last one stays', async () => {
    const { stream, puts } = connected()
    stream.want(true, ['a', 'b'])
    stream.want(true, ['c'])
    expect(puts.map(({ queries }) => queries)).toEqual([['a']])
    puts[0]?.answer(200)
    await expect.poll(() => puts.map(({ queries }) => queries)).toEqual([['a'], ['c']])
    puts[1]?.answer(200)
    await Promise.resolve()
    stream.want(true, ['c'])
    expect(puts).toHaveLength(2)
  })

  it.each([404, 502])('is opened anew where it was not told what is asked for: %i', async (status) => {
    vi.useFakeTimers()
    const { puts, sources } = connected()
    const first = sources()
    puts[0]?.answer(status)
    await vi.advanceTimersByTimeAsync(5000)
    expect(sources()).not.toBe(first)
  })
})
