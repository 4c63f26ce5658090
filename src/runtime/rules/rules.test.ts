import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Boxman, type ConfigInput, createBoxman, type Host } from '../index.ts'

const RULES = `groups:
- name: g
  interval: 1s
  rules:
  - {record: doubled, expr: level * 2}
  - {alert: High, expr: doubled > 10, labels: {severity: page}, annotations: {a: "{{ $value }} in {{ $externalLabels.region }}"}}
`

interface Service extends AsyncDisposable {
  readonly boxman: Boxman
  readonly cwd: string
  readonly lines: Record<string, unknown>[]
  /** Until a condition holds; the loop goes on by itself. */
  readonly until: (holds: () => boolean | Promise<boolean>) => Promise<void>
}

async function serviceWith(
  files: Record<string, string>,
  config: ConfigInput = {},
  { cwd = mkdtempSync(path.join(tmpdir(), 'boxman-rules-')), wallNow = Date.now }: Partial<Host> = {},
): Promise<Service> {
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(cwd, name), text)
  const lines: Record<string, unknown>[] = []
  const host: Partial<Host> = {
    env: {},
    cwd,
    wallNow,
    logDestination: { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) > 0 },
  }
  const boxman = await createBoxman(
    {
      service: 's',
      admin: { port: 0 },
      constantLabels: { region: 'eu' },
      store: { intervalMs: 200 },
      ...config,
    },
    host,
  )
  return {
    boxman,
    cwd,
    lines,
    until: async (holds) => {
      while (!(await holds())) {
        await new Promise((resolve) => {
          setTimeout(resolve, 50)
        })
      }
    },
    [Symbol.asyncDispose]: () => boxman.stop(),
  }
}

describe('rules of a service', () => {
  it('record, alert, are shown by the API, tell observers, and are read anew', async () => {
    await using service = await serviceWith({ 'rules.yml': RULES }, { rules: ['rules.yml'] })
    const { boxman, cwd, lines, until } = service
    const level = boxman.metrics.gauge({ name: 'level', help: 'How high.' })
    level.set(7)
    const told: string[] = []
    boxman.rules?.onAlerts((alerts, { rule }) => {
      for (const { resolved, labels, annotations } of alerts) {
        told.push(`${rule} ${resolved ? 'resolved' : 'fires'} ${labels.get('severity')} ${annotations.get('a')}`)
      }
    })
    await until(() => told.length > 0)
    expect(told[0]).toBe('High fires page 14 in eu')
    const doubled = await boxman.query('doubled')
    expect(doubled).toMatchObject({ value: { samples: [{ value: 14 }] } })
    const response = await fetch(`${boxman.admin.url ?? ''}/api/v1/rules`)
    const { data } = (await response.json()) as { data: { groups: { file: string; rules: { state?: string }[] }[] } }
    expect(data.groups).toMatchObject([{ file: 'rules.yml', rules: [{ health: 'ok' }, { state: 'firing' }] }])
    expect(lines.some(({ msg, level: of }) => msg === 'An alert fires' && of === 'warn')).toBe(true)

    expect(data.groups[0]?.rules[1]).toMatchObject({ boxman: { state: 'firing', noData: 'ok', error: 'keep' } })
    writeFileSync(path.join(cwd, 'rules.yml.boxman'), 'unknown: [{alert: Hihg, no_data: keep}]\n')
    await expect(boxman.reloadRules()).rejects.toThrow('rules.yml.boxman: 1:19: no rule of the file is called Hihg')
    writeFileSync(path.join(cwd, 'rules.yml.boxman'), 'unknown: [{alert: High, no_data: keep}]\n')
    await boxman.reloadRules()
    const [, chosen] = boxman.rules?.status[0]?.rules ?? []
    expect(chosen).toMatchObject({ onUnknown: { noData: 'keep', error: 'keep' } })

    writeFileSync(path.join(cwd, 'rules.yml'), 'groups: 5\n')
    await expect(boxman.reloadRules()).rejects.toThrow('rules.yml: 1:9: cannot read')
    expect(boxman.rules?.status).toHaveLength(1)
    writeFileSync(path.join(cwd, 'rules.yml'), RULES.replace('> 10', '> 100'))
    await boxman.reloadRules()
    await until(() => told.some((line) => line.startsWith('High resolved')))

    await boxman.rules?.define('mine', [
      { name: 'g', interval: '1s', rules: [{ record: 'tripled', expr: 'level * 3' }] },
    ])
    await until(async () => {
      const answer = await boxman.query('tripled')
      return answer.ok && answer.value.type === 'vector' && answer.value.samples.length === 1
    })
    await expect(boxman.rules?.define('mine', [{ name: 'g', rules: [{ record: 'x', expr: '(' }] }])).rejects.toThrow(
      'mine: group "g", rule 1, "x": could not parse expression',
    )
    expect(boxman.rules?.status.map(({ file }) => file)).toEqual(['rules.yml', 'mine'])
    const page = await (await fetch(`${boxman.admin.url ?? ''}/metrics`)).text()
    expect(page).toMatch(/^boxman_alerting_evaluations_total\{.*\} [1-9]/m)
  })

  it('`for` goes on after a restart, however short and whoever gave the rule', async () => {
    const config: ConfigInput = { rules: ['rules.yml'], store: { intervalMs: 200, folder: 'data', instance: 'i' } }
    const files = { 'rules.yml': RULES.replace('labels:', 'for: 5m, labels:') }
    const groups = [{ name: 'g', interval: '1s', rules: [{ alert: 'Own', expr: 'level > 5', for: '2m' }] }]
    let ahead = 0
    const wallNow = (): number => Date.now() + ahead
    const begin = async (where: Partial<Host> = {}): Promise<Service> => {
      const service = await serviceWith(files, config, { ...where, wallNow })
      service.boxman.metrics.gauge({ name: 'level', help: 'How high.' }).set(7)
      await service.boxman.rules?.define('own', groups)
      return service
    }
    const beginnings = ({ boxman }: Service): readonly number[] =>
      (boxman.rules?.status ?? []).flatMap(({ rules }) =>
        rules.flatMap((rule) => ('alerts' in rule ? rule.alerts.map(({ activeAt }) => activeAt) : [])),
      )
    const pendingFor = async ({ boxman }: Service, seconds: number): Promise<number> => {
      const answer = await boxman.query(`timestamp(ALERTS_FOR_STATE) - ALERTS_FOR_STATE >= ${seconds}`)
      return answer.ok && answer.value.type === 'vector' ? answer.value.samples.length : 0
    }
    const before = await begin()
    await before.until(async () => (await pendingFor(before, 0)) === 2)
    ahead = 60_000
    await before.until(async () => (await pendingFor(before, 60)) === 2)
    await before.boxman.stop()
    const startedAt = wallNow()
    await using after = await begin({ cwd: before.cwd })
    await expect.poll(() => beginnings(after).map((at) => at < startedAt), { timeout: 20_000 }).toEqual([true, true])
  })

  it.each([
    [{ rules: ['nope.yml'] }, 'rules: nope.yml: there is no such file'],
    [{ rules: ['bad.yml'] }, 'rules: bad.yml: 1:1: field group not found'],
    [{ rules: ['rules.yml'], store: false }, 'rules: there is no store to evaluate them over'],
    [{ rules: [] }, "rules: expected a list of files, such as ['rules.yml']"],
  ] as readonly (readonly [ConfigInput, string])[])('%j is refused', async (config, problem) => {
    await expect(serviceWith({ 'rules.yml': RULES, 'bad.yml': 'group: []\n' }, config)).rejects.toThrow(problem)
  })
})
