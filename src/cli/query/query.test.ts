import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))

const RESULTS: Readonly<Record<string, unknown>> = {
  'vector(1)': { resultType: 'scalar', result: [0, '1'] },
  up: {
    resultType: 'vector',
    result: [
      { metric: { __name__: 'up', job: 'craps\u001b[31m\u009b' }, value: [0, '1'] },
      { metric: { __name__: 'up', job: 'bank' }, value: [0, '1000000'] },
    ],
  },
  nothing: { resultType: 'vector', result: [] },
  line: {
    resultType: 'matrix',
    result: [{ metric: { lane: 'a' }, values: Array.from({ length: 40 }, (_, i) => [i * 60, String(i)]) }],
  },
  hollow: { resultType: 'matrix', result: [{ metric: { lane: 'a' }, values: [[0, 'NaN']] }] },
  many: {
    resultType: 'matrix',
    result: Array.from({ length: 10 }, (_, i) => ({ metric: { lane: String(i) }, values: [[0, String(i)]] })),
  },
}

let url = ''
const asked: { readonly form: Record<string, string>; readonly token: string | undefined }[] = []
const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (piece: string) => (body += piece))
  request.on('end', () => {
    const form = Object.fromEntries(new URLSearchParams(body))
    asked.push({ form, token: request.headers.authorization })
    const data = RESULTS[form['query'] ?? '']
    const wrong = { status: 'error', errorType: 'bad_data', error: 'invalid parameter "query"\u001b[2J' }
    response.end(JSON.stringify(data === undefined ? wrong : { status: 'success', data, warnings: ['mind \u001b'] }))
  })
})
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address === 'object' && address !== null) url = `127.0.0.1:${address.port}`
})
afterAll(() => {
  server.close()
})

function query(...args: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], NO_COLOR: '1' }
    execFile(process.execPath, [MAIN, 'query', ...args], { env }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err })
    })
  })
}

describe('boxman query', () => {
  it.each([
    ['vector(1)', '1\n'],
    ['nothing', 'no data\n'],
    ['up', 'up{job="craps\\u001b[31m\\u009b"}        1\nup{job="bank"}                   1000000\n'],
  ])('%s prints a table in which nothing commands the terminal', async (expr, out) => {
    expect(await query(expr, '--url', url)).toEqual({ code: 0, out, err: 'mind \\u001b\n' })
  })

  it('draws a range, with its values and times', async () => {
    const { code, out } = await query('line', '--url', `http://${url}`, '--range', '39m', '--time', '2340')
    expect(code).toBe(0)
    const lines = out.split('\n')
    expect(lines[0]).toMatch(/^ {8}39 [\u2800-\u28ff]{87}[\u2801-\u28ff]$/)
    expect(lines[13]).toMatch(/^ {9}0 [\u2801-\u28ff][\u2800-\u28ff]{87}$/)
    expect(lines[14]).toMatch(/^ {11}1970-01-01 00:00:00 +1970-01-01 00:39:00$/)
    expect(lines[16]).toBe('━━ {lane="a"}  last 39, 0 to 39')
    expect(asked.at(-1)?.form).toEqual({ query: 'line', start: '0', end: '2340', step: '24s' })
  })

  it.each([
    ['hollow', /^nothing to draw: no value is a finite number\n$/],
    ['many', /lane="7"[^]*and 2 more series, not drawn/],
  ])('%s says what it does not draw', async (expr, out) => {
    const answer = await query(expr, '--url', url, '--range', '1h')
    expect(answer).toMatchObject({ code: 0, out: expect.stringMatching(out) as unknown })
  })

  it('prints a range as a table, and any answer as JSON', async () => {
    const { out } = await query('line', '--url', url, '--range', '1h', '--table')
    expect(out.split('\n').slice(0, 2)).toEqual([
      '{lane="a"}  1970-01-01T00:00:00.000Z   0',
      '{lane="a"}  1970-01-01T00:01:00.000Z   1',
    ])
    const json = await query('up', '--url', url, '--json', '--token', 's3cret')
    expect(JSON.parse(json.out)).toMatchObject({
      type: 'vector',
      samples: [{ labels: { __name__: 'up' } }, { labels: { job: 'bank' }, at: 0, value: '1000000' }],
    })
    expect(asked.at(-1)?.token).toBe('Bearer s3cret')
  })

  it.each([
    [['bad', '--url', '$URL'], 'invalid parameter "query"\\u001b[2J\n'],
    [['up', '--url', 'ftp://x'], '--url ftp://x: expected the address of a server, such as http://127.0.0.1:9090\n'],
    [['up', '--url', '$URL', '--range', '5x'], '--range: expected a duration such as 5m or 1h30m, given "5x"\n'],
    [['up', '--url', '$URL', '--step', '5s'], '--step: is for a range; give --range too\n'],
    [
      ['up', '--url', '$URL', '--time', 'noon'],
      '--time: expected seconds since the epoch or a time such as 2026-11-21T17:00:00Z, given "noon"\n',
    ],
  ])('%j is refused', async (args, err) => {
    expect(await query(...args.map((arg) => arg.replace('$URL', url)))).toEqual({ code: 1, out: '', err })
  })

  it('says what it could not reach', async () => {
    const { code, err } = await query('up', '--url', '127.0.0.1:9')
    expect([code, err]).toEqual([1, expect.stringMatching(/^http:\/\/127\.0\.0\.1:9: .+\n$/)])
  })
})
