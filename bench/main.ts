import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Cost, median, type Row } from './case.ts'
import { measure } from './measure.ts'
import { SUITES } from './suites.ts'

const USAGE = `npm run bench -- [NAME] [--json] [--processes N]
NAME is a suite or a room: ${Object.keys(SUITES).join(', ')}`

/** One case in a process of its own: how code is compiled differs from one process to the next more than from turn to turn. */
async function costIn(suite: string, index: number, flags: readonly string[]): Promise<Cost> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), ['--child', suite, '--case', String(index)], {
      execArgv: [...process.execArgv, ...flags],
    })
    child.once('message', (cost) => {
      resolve(cost as Cost) // oxlint-disable-line typescript/no-unsafe-type-assertion -- our own child's message
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      if (code !== 0) reject(new Error(`bench ${suite}, case ${index}: its process ended with code ${code}`))
    })
  })
}

async function run(suite: string, processes: number, report: (row: Row) => void): Promise<void> {
  const cases = (await SUITES[suite]?.()) ?? []
  if (typeof cases === 'function') {
    for await (const row of cases(processes)) {
      const { ours, peer } = row
      report({ bench: suite, ...row, ours: round(ours), peer: round(peer), ratio: round(ours / peer) })
    }
    return
  }
  for (const [index, { name, peerName, unit, flags = [] }] of cases.entries()) {
    const costs: Cost[] = []
    for (let i = 0; i < processes; i++) costs.push(await costIn(suite, index, flags))
    report({
      bench: suite,
      case: name,
      ours: round(median(costs.map(({ ours }) => ours))),
      peer: round(median(costs.map(({ peer }) => peer))),
      peerName,
      ratio: round(median(costs.map(({ ours, peer }) => ours / peer))),
      unit,
      better: unit === 'samples/s' ? 'higher' : 'lower',
    })
  }
}

const round = (value: number): number => Number(value.toPrecision(3))

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      processes: { type: 'string', default: '5' },
      child: { type: 'string' },
      case: { type: 'string' },
    },
  })
  if (values.child !== undefined) {
    const cases = await SUITES[values.child]?.()
    const one = typeof cases === 'object' ? cases[Number(values.case)] : undefined
    if (one === undefined) return 2
    const cost = await measure(one)
    process.send?.(cost, () => process.exit(0)) // a case may have left a server open
    return 0
  }
  const processes = Number(values.processes)
  const [name] = positionals
  const suites = Object.keys(SUITES).filter(
    (suite) => name === undefined || suite === name || suite.startsWith(`${name}/`),
  )
  if (suites.length === 0 || !(Number.isInteger(processes) && processes > 0)) {
    process.stderr.write(
      `${suites.length === 0 ? `no bench is called ${name}` : '--processes: a whole number > 0'}\n${USAGE}\n`,
    )
    return 2
  }
  for (const suite of suites) {
    await run(suite, processes, (row) => {
      process.stdout.write(
        values.json
          ? `${JSON.stringify(row)}\n`
          : `${row.bench}: ${row.case}: ${row.ours} ${row.unit}, ${row.peerName} ${row.peer}: ratio ${row.ratio}\n`,
      )
    })
  }
  return 0
}

process.exitCode = await main()
