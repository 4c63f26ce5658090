import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { matchRoutes, readAlertingConfig, readMatchers, routeTree } from 'boxman/alerting'
import { LabelSet } from 'boxman/series'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { needPeer } from '../support/peer.ts'
import { CONFIG_FILES, type Verdict } from './alerting/config-files.ts'

function run(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<{ readonly out: string; readonly err: string }> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd, maxBuffer: 1e8 }, (_, out, err) => resolve({ out, err }))
  })
}

function accepts(verdict: Verdict, who: 'ours' | 'theirs'): boolean {
  return typeof verdict === 'string' ? verdict === 'ok' : verdict.only === who
}

const RECEIVERS = ['r1', 'r2', 'r3']
const LABELS = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('x', 'y', 'xy'), { minKeys: 1 })
const MATCHER = fc
  .tuple(
    fc.constantFrom('a', 'b', 'c'),
    fc.constantFrom('=', '!=', '=~', '!~'),
    fc.constantFrom('x', 'y', '', 'x.*', 'x|y'),
  )
  .map(([name, operator, value]) => `${name}${operator}"${value}"`)
const { route: ROUTE } = fc.letrec((tie) => ({
  route: fc.array(
    fc.record(
      {
        receiver: fc.constantFrom(...RECEIVERS),
        matchers: fc.array(MATCHER, { maxLength: 2 }),
        continue: fc.boolean(),
        routes: fc.oneof({ maxDepth: 2, withCrossShrink: true }, fc.constant([]), tie('route')),
      },
      { requiredKeys: ['receiver'] },
    ),
    { maxLength: 3 },
  ),
}))

describe('alertmanager.yml beside amtool', () => {
  const cwd = mkdtempSync(path.join(tmpdir(), 'boxman-alertmanager-'))

  it('accepts and refuses the same files, but for what is named', async ({ skip }) => {
    const amtool = needPeer('amtool', skip)
    const names = CONFIG_FILES.map((_, i) => `${i}.yml`)
    CONFIG_FILES.forEach(([, text], i) => writeFileSync(path.join(cwd, `${i}.yml`), text))
    const { out } = await run(amtool, ['check-config', ...names], cwd)
    const parts = new Map(out.split("Checking '").map((part) => [part.slice(0, part.indexOf("'")), part]))
    const told = (by: 'ours' | 'theirs', accepted: (i: number) => boolean): readonly string[] =>
      CONFIG_FILES.map(([name], i) => `${by} ${name}: ${accepted(i) ? 'ok' : 'bad'}`)
    for (const who of ['ours', 'theirs'] as const) {
      const accepted = (i: number): boolean =>
        who === 'theirs'
          ? /SUCCESS/.test(parts.get(`${i}.yml`) ?? '')
          : readAlertingConfig(CONFIG_FILES[i]?.[1] ?? '').ok
      const wanted = told(who, (i) => accepts(CONFIG_FILES[i]?.[2] ?? 'ok', who))
      expect.soft(told(who, accepted)).toEqual(wanted)
    }
  })

  it('routes the same alerts to the same receivers', { timeout: 120_000 }, async ({ skip }) => {
    const amtool = needPeer('amtool', skip)
    const file = path.join(cwd, 'routes.yml')
    await fc.assert(
      fc.asyncProperty(ROUTE, fc.array(LABELS, { minLength: 1, maxLength: 3 }), async (routes, alerts) => {
        const text = JSON.stringify({
          route: { receiver: 'root', routes },
          receivers: ['root', ...RECEIVERS].map((name) => ({ name })),
        })
        writeFileSync(file, text)
        const read = readAlertingConfig(text)
        if (!read.ok) throw new Error(JSON.stringify(read.faults))
        const tree = routeTree(read.config.route)
        for (const labels of alerts) {
          const given = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
          const { out } = await run(amtool, ['config', 'routes', 'test', `--config.file=${file}`, ...given], cwd)
          const ours = matchRoutes(tree, LabelSet.of(labels)).map(({ route }) => route.receiver)
          expect(ours.join(',')).toBe(out.trim())
        }
      }),
      { numRuns: 60 },
    )
  })

  it('reads matchers as the classic grammar does', async ({ skip }) => {
    const amtool = needPeer('amtool', skip)
    const pieces = fc.constantFrom(
      '{',
      '}',
      ',',
      '=',
      '!=',
      '=~',
      '"',
      '\\',
      'a',
      'b1',
      ' ',
      "'",
      '.',
      'n',
      '"x"',
      'c="d"',
    )
    const texts = fc.sample(fc.array(pieces, { minLength: 1, maxLength: 9 }), 500).map((parts) => parts.join(''))
    const files = texts.map((matcher, i) => {
      const file = `m${i}.yml`
      const config = { route: { receiver: 'a', routes: [{ matchers: [matcher] }] }, receivers: [{ name: 'a' }] }
      writeFileSync(path.join(cwd, file), JSON.stringify(config))
      return file
    })
    const { out } = await run(amtool, ['check-config', ...files], cwd)
    const parts = new Map(out.split("Checking '").map((part) => [part.slice(0, part.indexOf("'")), part]))
    const theirs = texts.map((text, i) => `${text} ${/SUCCESS/.test(parts.get(`m${i}.yml`) ?? '')}`)
    expect(texts.map((text) => `${text} ${readMatchers(text, 'classic').ok}`)).toEqual(theirs)
    expect(theirs.filter((each) => each.endsWith('true')).length).toBeGreaterThan(5)
  })
})
