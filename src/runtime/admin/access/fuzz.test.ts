import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { bytesOf, type Shot, shot, WHOLE } from '../../../../test/support/http-fuzz.ts'
import { exchange, type RawAnswer, readAnswers } from '../../../../test/support/raw-http.ts'
import { type ServedAdmin, serveServer, serveService } from '../../../../test/support/served-admin.ts'
import { HEADERS } from './headers.ts'
import { needOf } from './roles.ts'

// BOXMAN_FUZZ_REQUESTS=200000 BOXMAN_FUZZ_SEED=7 npx vitest run src/runtime/admin/access/fuzz.test.ts
const REQUESTS = Number(process.env['BOXMAN_FUZZ_REQUESTS'] ?? 400)
const SEED = Number(process.env['BOXMAN_FUZZ_SEED'] ?? 1)
/** One that hangs is one that fails. */
const STILL_MS = 20_000
const TOKEN = 'some-token'

const TYPES =
  /^(?:text\/(?:html|plain|css)|application\/(?:json|health\+json|schema\+json|x-protobuf|openmetrics-text|vnd\.google\.protobuf))(?:;|$)/

function check(answer: RawAnswer, asks: string): void {
  const { status, headers: told, body: text } = answer
  // Prometheus answers so as well.
  const isPrometheus =
    status === 500 && text === '{"status":"error","errorType":"unavailable","error":"admin APIs disabled"}'
  const isHead = status === 500 && asks === 'HEAD'
  if ((status >= 500 && status !== 503 && !isPrometheus) || isHead) throw new Error(`${status}: ${text}`)
  expect(told).toMatchObject(HEADERS)
  const type = told['content-type']
  expect(type ?? (text === '' ? 'text/plain' : '')).toMatch(TYPES)
  if (
    /^application\/(?:(?:health|schema)\+)?json/.test(type ?? '') &&
    told['content-encoding'] === undefined &&
    text !== ''
  )
    JSON.parse(Buffer.from(text, 'latin1').toString())
  expect(text).not.toMatch(/node:internal|\bat .*\.[jt]s:\d/)
}

const opened: ServedAdmin[] = []
afterAll(async () => {
  for (const each of opened) await each.close()
})

describe.each(['service', 'server'] as const)('a %s', (kind) => {
  /** Each shot, and that the server lives after it. Resolves to how many answers were judged. */
  async function fire(guarded: boolean, judge: (answer: RawAnswer, shot: Shot) => void): Promise<number> {
    let judged = 0
    const own =
      kind === 'service'
        ? await serveService(guarded ? { token: TOKEN } : {})
        : await serveServer(guarded ? { BOXMAN_ADMIN_TOKEN: TOKEN } : {})
    opened.push(own)
    const property = fc.asyncProperty(shot, async (each) => {
      const text = await exchange(
        own.port,
        bytesOf(each, guarded ? each.authorization : ''),
        WHOLE.has(each.framing) ? STILL_MS : 30,
      )
      const answers = readAnswers(text, [each.method])
      if (answers === undefined) throw new Error(`no answer of HTTP: ${JSON.stringify(text.slice(0, 500))}`)
      if (WHOLE.has(each.framing) && answers.length === 0) throw new Error('no answer at all')
      for (const answer of answers.slice(0, 1)) {
        judge(answer, each)
        judged++
      }
      const alive = await exchange(own.port, ['GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n'])
      expect(alive).toMatch(/^HTTP\/1\.1 200 /)
    })
    await fc.assert(property, {
      numRuns: Math.ceil(REQUESTS / 4),
      seed: SEED,
    })
    expect(own.faults()).toEqual([])
    return judged
  }

  it('answers whatever it is sent, well', { timeout: 3_600_000 }, async () => {
    const judged = await fire(false, (answer, { method: asks }) => check(answer, asks))
    expect(judged).toBeGreaterThan(REQUESTS / 8)
  })

  it('says nothing to who may not ask', { timeout: 3_600_000 }, async () => {
    const told = new Set<string>()
    await fire(true, (answer, { method: asks, path: at }) => {
      check(answer, asks)
      // Probes and the page’s files are anybody’s, and a signed link needs no token; what is no request at all is told so before it is known what it asks.
      const need = needOf(asks, at.replace(/^https?:\/\/[^/]*/, '').replace(/#.*$/, ''))
      if (need === 'probe' || need === 'signed' || need === 'page') return
      expect(answer.status).toBeOneOf([400, 401, 403, 408, 413, 421, 429, 431])
      if (answer.body !== '') told.add(answer.body)
    })
    expect(told.size).toBeLessThan(10)
    for (const text of told) expect(text.length).toBeLessThan(100)
  })
})
