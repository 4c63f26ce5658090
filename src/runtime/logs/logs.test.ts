import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, it } from 'vitest'
import { identify } from '../../tracing/index.ts'
import { createBoxman, type Boxman, type ConfigInput, ConfigError } from '../index.ts'

type Line = Record<string, unknown>

const undo: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const step of undo.splice(0)) await step()
})

async function started(log: ConfigInput['log'] = {}, env: Record<string, string> = {}) {
  const written: string[] = []
  const boxman = await createBoxman(
    { service: 'craps', store: { enabled: false }, admin: { port: 0 }, log },
    { env, cwd: '/', logDestination: { write: (line) => written.push(line) } },
  )
  undo.push(() => boxman.stop())
  return { boxman, lines: () => written.map((line) => JSON.parse(line) as Line) }
}

async function ask(boxman: Boxman, path: string, init?: RequestInit) {
  const response = await fetch(`${boxman.admin.url}${path}`, init)
  return { status: response.status, body: (await response.json()) as Line & { errors?: string[]; logs?: Line[] } }
}

const put = (body: unknown, type = 'application/json'): RequestInit => ({
  method: 'PUT',
  headers: { 'content-type': type },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

describe('levels by configuration', () => {
  it.each<[string, ConfigInput['log'], Record<string, string>]>([
    ['code', { levels: { 'wallet.*': 'debug' } }, {}],
    ['the level itself', { level: 'info,wallet.*=debug' }, {}],
    ['BOXMAN_LOG_LEVEL', {}, { BOXMAN_LOG_LEVEL: 'info,wallet.*=debug' }],
    ['BOXMAN_LOG_LEVELS', {}, { BOXMAN_LOG_LEVELS: 'wallet.*=debug' }],
    ['the level before the levels', { levels: { 'wallet.*': 'error' } }, { BOXMAN_LOG_LEVEL: 'wallet.*=debug' }],
  ])('of %s', async (_, log, env) => {
    const { boxman } = await started(log, env)
    expect([boxman.log.level, boxman.logger('wallet.db').level]).toEqual(['info', 'debug'])
  })

  it.each<[ConfigInput['log'] | { levels: unknown }, string]>([
    [
      { level: 'info,wallet' },
      "log.level: expected one of trace, debug, info, warn, error, fatal, silent, or a list with modules such as info,wallet.*=debug, given 'info,wallet' (code)",
    ],
    [{ levels: { 'a b': 'debug' } }, 'log.levels: expected levels by the name of a module'],
    [{ levels: { db: 'loud' } }, 'log.levels: expected levels by the name of a module'],
    [{ preset: 'logfmt' as 'ecs' }, "log.preset: expected one of plain, ecs, otel, given 'logfmt' (code)"],
  ])('that is none is refused: %j', async (log, problem) => {
    const refused = started(log as ConfigInput['log'])
    await expect(refused).rejects.toThrow(ConfigError)
    await expect(refused).rejects.toThrow(problem)
  })

  it('leaves everything off when the log is off', async () => {
    const { boxman, lines } = await started({ enabled: false, levels: { wallet: 'debug' } })
    boxman.logger('wallet').fatal('a')
    expect(lines()).toEqual([])
  })
})

describe('/log/levels', () => {
  it('tells which modules there are, with the level of each and what it is by', async () => {
    const { boxman } = await started({ levels: { 'wallet.*': 'warn' } })
    boxman.logger('wallet').child('db')
    boxman.logger('dice').level = 'trace'
    const { body } = await ask(boxman, '/log/levels')
    expect(body['modules']).toEqual(
      expect.arrayContaining([
        { module: 'boxman', level: 'info', by: '*' },
        { module: 'dice', level: 'trace', by: null },
        { module: 'wallet', level: 'warn', by: 'wallet.*' },
        { module: 'wallet.db', level: 'warn', by: 'wallet.*' },
      ]),
    )
  })

  it('tells the levels, and changes those that it is given', async () => {
    const { boxman, lines } = await started({ levels: { db: 'warn' } })
    expect(await ask(boxman, '/log/levels')).toEqual({
      status: 200,
      body: {
        status: 'success',
        levels: [
          { pattern: '*', level: 'info' },
          { pattern: 'db', level: 'warn' },
        ],
        modules: expect.any(Array),
      },
    })
    const wallet = boxman.logger('wallet.db')
    const { status, body } = await ask(
      boxman,
      '/log/levels',
      put({ levels: { 'wallet.*': 'debug', db: null }, for: '15m' }),
    )
    expect([status, body['levels']]).toEqual([
      200,
      [
        { pattern: '*', level: 'info' },
        { pattern: 'wallet.*', level: 'debug', until: expect.any(String), afterwards: null },
      ],
    ])
    expect([wallet.level, boxman.logger('db').level]).toEqual(['debug', 'info'])
    expect(lines()).toContainEqual(
      expect.objectContaining({ pattern: 'wallet.*', to: 'debug', for_ms: 900_000, msg: 'A log level was changed' }),
    )
  })

  it.each<[unknown, number, RegExp]>([
    [
      { levels: { wallet: 'debug', db: 'debgu' } },
      400,
      /^levels: db: expected one of .* given "debgu", did you mean debug\?$/,
    ],
    [{ levels: { wallet: 'debug', 'a b': 'debug' } }, 400, /^levels: "a b": expected the name of a module/],
    [{ levels: { wallet: 'debug' }, for: '15' }, 400, /^for: expected a duration up to 24d such as "15m", given "15"$/],
    [{ levels: { wallet: 'debug' }, for: '40d' }, 400, /^for: expected a duration up to 24d/],
    [{ levels: { wallet: 'debug' }, ttl: '15m' }, 400, /^ttl: unknown key; known here: levels, for$/],
    [{ wallet: 'debug' }, 400, /^wallet: unknown key/],
    [{ levels: 'debug' }, 400, /^levels: expected levels by pattern/],
    ['{"levels": ', 400, /^expected a JSON object such as/],
    ['[]', 400, /^expected a JSON object such as/],
    [
      { levels: Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`m${i}`, 'debug'])) },
      400,
      /over 500 patterns/,
    ],
    [`"${'x'.repeat(70_000)}"`, 413, /over 65536 bytes/],
  ])('refuses %j whole', async (body, status, problem) => {
    const { boxman } = await started()
    const answer = await ask(boxman, '/log/levels', put(body))
    expect(answer.status).toBe(status)
    expect(answer.body.errors?.[0]).toMatch(problem)
    expect(boxman.log.levels.list()).toHaveLength(1)
  })

  it('takes nothing that a form of another site could send, and no other method', async () => {
    const { boxman } = await started()
    expect((await ask(boxman, '/log/levels', put({ levels: { '*': 'debug' } }, 'text/plain'))).status).toBe(415)
    expect((await ask(boxman, '/log/levels', { method: 'POST' })).status).toBe(405)
    expect(boxman.log.level).toBe('info')
  })
})

describe('/api/logs', () => {
  it('finds the last lines', async () => {
    const { boxman } = await started()
    boxman.logger('wallet').warn({ table: 'T7', trace_id: 'a'.repeat(32) }, 'low balance')
    boxman.logger('http').info('other')
    const found = async (query: string) =>
      (await ask(boxman, `/api/logs?${query}`)).body.logs?.map(({ message }) => message)
    expect(await found('level=warn')).toEqual(['low balance'])
    expect(await found('module=wal*')).toEqual(['low balance'])
    expect(await found('text=t7')).toEqual(['low balance'])
    expect(await found(`trace=${'A'.repeat(32)}`)).toEqual(['low balance'])
    expect(await found('from=2000-01-01T00:00:00Z&limit=1')).toEqual(['other'])
    expect(await found('to=946684800')).toEqual([])
    const { body } = await ask(boxman, '/api/logs?level=warn')
    expect(body).toMatchObject({
      status: 'success',
      logs: [
        {
          time: expect.any(String),
          level: 'warn',
          module: 'wallet',
          message: 'low balance',
          trace: 'a'.repeat(32),
          fields: { table: 'T7' },
        },
      ],
      kept: { lines: 3, dropped: 0 },
    })
  })

  it.each([
    ['level=loud', /^level: expected one of trace/],
    ['module=a%20b', /^module: expected the name of a module/],
    ['limit=0', /^limit: expected a whole number from 1 to 10000, given "0"$/],
    ['from=yesterday', /^invalid parameter "from": .* cannot parse "yesterday"/],
    ['levle=warn', /^levle: unknown; known here: level, module, text, trace, field, from, to, after, limit$/],
  ])('refuses %s', async (query, problem) => {
    const { boxman } = await started()
    const { status, body } = await ask(boxman, `/api/logs?${query}`)
    expect(status).toBe(400)
    expect(body.errors?.[0]).toMatch(problem)
  })

  it('is not there without a tail, and only read', async () => {
    const { boxman } = await started({ tail: false })
    const page = await (await fetch(`${boxman.admin.url}/endpoints`)).text()
    expect([page.includes('/log/levels"'), page.includes('/api/logs')]).toEqual([true, false])
    expect([boxman.logTail, (await fetch(`${boxman.admin.url}/api/logs`)).status]).toEqual([undefined, 404])
    const { boxman: other } = await started()
    expect((await ask(other, '/api/logs', { method: 'DELETE' })).status).toBe(405)
  })
})

it('a line has the ids of its request, the game included', async () => {
  const { boxman, lines } = await started()
  const request = boxman.request({ route: '/bets' }, () => {
    boxman.log.info('before')
    identify({ userId: 'player-7', gameId: 'T7' })
    boxman.log.info('after')
    return 'done'
  })
  expect(request).toBe('done')
  const [before, after] = ['before', 'after'].map((text) => lines().find(({ msg }) => msg === text))
  expect(after).toMatchObject({
    trace_id: before?.['trace_id'],
    span_id: before?.['span_id'],
    user_id: 'player-7',
    game_id: 'T7',
  })
  expect(before).not.toHaveProperty('game_id')
})

it('the console is captured until the service stops', async () => {
  const { boxman, lines } = await started()
  const printed: unknown[] = []
  const print = (...values: unknown[]): void => void printed.push(values)
  const console = { trace: print, debug: print, log: print, info: print, warn: print, error: print }
  boxman.capture.console({ console })
  console.log('captured')
  await boxman.stop()
  console.log('plain')
  expect(lines()).toContainEqual(expect.objectContaining({ module: 'console', msg: 'captured' }))
  expect(printed).toEqual([['plain']])
})

it('events and what was left out are counted in the exposition', async () => {
  const { boxman } = await started({ limit: { perSecond: 1, burst: 1, oneIn: 0 } })
  boxman.log.security({ event: 'e', severity: 'high', source: 's' })
  boxman.log.business({ event: 'e' })
  for (let i = 0; i < 3; i++) boxman.log.info('m')
  const page = await (await fetch(`${boxman.admin.url}/metrics`)).text()
  for (const line of [
    'boxman_log_events_total{kind="security",severity="high"} 1',
    'boxman_log_events_total{kind="security",severity="low"} 0',
    'boxman_log_events_total{kind="business",severity="none"} 1',
    'boxman_log_suppressed_total{reason="rate"} 2',
    'boxman_log_suppressed_total{reason="error_rate"} 0',
    'boxman_log_tail_lines 4',
  ]) {
    expect(page).toContain(`${line}\n`)
  }
})

it('a signal turns debug on and off', async () => {
  const body = `
    import { createBoxman } from 'boxman'
    const boxman = await createBoxman({ service: 's', store: false, admin: false, log: { level: 'warn', levels: { boxman: 'info' }, levelSignal: 'SIGUSR2' } })
    setInterval(() => boxman.log.debug('tick'), 5)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', body], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const said: string[] = []
    for await (const line of createInterface(child.stdout)) {
      const { msg } = JSON.parse(line) as { msg: string }
      if (said.at(-1) !== msg) said.push(msg)
      if (msg === 'Boxman observes' || msg === 'tick') child.kill('SIGUSR2')
      if (msg === 'Debug lines are off') break
    }
    expect(said).toEqual(['Boxman observes', 'Debug lines are on', 'tick', 'Debug lines are off'])
  } finally {
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
  }
})

describe('what is new since an answer before', () => {
  it('comes once and in order, however often and with whatever limit it is asked for', async () => {
    const { boxman } = await started({ tail: { lines: 50 } })
    const log = boxman.logger('dice')
    const messages = (body: Line): unknown[] => ((body['logs'] ?? []) as Line[]).map(({ message }) => message)
    const first = (await ask(boxman, '/api/logs?module=dice')).body
    expect([messages(first), first['cursor']]).toEqual([[], expect.stringMatching(/^[0-9a-f]{8}-\d+$/)])
    for (let i = 0; i < 5; i++) log.info({ i, nested: { even: i % 2 === 0 } }, `roll ${i}`)
    const seen: unknown[] = []
    let cursor = first['cursor'] as string
    for (let isMore = true; isMore;) {
      const { body } = await ask(boxman, `/api/logs?module=dice&limit=2&after=${cursor}`)
      seen.push(...messages(body).toReversed())
      cursor = body['cursor'] as string
      isMore = body['more'] as boolean
    }
    expect(seen).toEqual(['roll 0', 'roll 1', 'roll 2', 'roll 3', 'roll 4'])
    expect(messages((await ask(boxman, `/api/logs?after=${cursor}`)).body)).toEqual([])
    const even = await ask(boxman, '/api/logs?field=nested.even%3Dtrue&field=i%3D2')
    expect(messages(even.body)).toEqual(['roll 2'])
  })

  it('says how many lines went unseen, and begins anew after a restart', async () => {
    const { boxman } = await started({ tail: { lines: 10 } })
    const { body } = await ask(boxman, '/api/logs')
    const cursor = body['cursor'] as string
    for (let i = 0; i < 14; i++) boxman.logger('dice').info(`roll ${i}`)
    expect((await ask(boxman, `/api/logs?after=${cursor}`)).body).toMatchObject({ missed: 4, more: false })
    const other = `${cursor.startsWith('0') ? 'f' : '0'}${cursor.slice(1)}`
    expect((await ask(boxman, `/api/logs?after=${other}&limit=3`)).body.logs).toHaveLength(3)
  })

  it.each([
    ['after=12', /^after: expected the cursor of an answer before, given "12"$/],
    ['field=a', /^field: expected name=value, given "a"$/],
  ])('is refused for %s', async (query, problem) => {
    const { boxman } = await started()
    const { status, body } = await ask(boxman, `/api/logs?${query}`)
    expect([status, body.errors]).toEqual([400, [expect.stringMatching(problem)]])
  })
})
