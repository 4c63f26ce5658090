import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const run = promisify(execFile)

/** Runs it in a process of its own, with the built package by its name. */
async function evaluate(inputType: 'commonjs' | 'module', code: string): Promise<unknown> {
  const { stdout } = await run(process.execPath, [`--input-type=${inputType}`, '-e', code], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, NODE_OPTIONS: '--no-warnings' },
  })
  return JSON.parse(stdout)
}

const USE = `
const page = async (client) => {
  const counter = new client.Counter({ name: 'c', help: 'C.', labelNames: ['a'] })
  counter.inc({ a: 1 })
  client.contentType = client.openMetricsContentType
  const type = client.contentType
  client.contentType = client.prometheusContentType
  return { keys: Object.keys(client).length, type, page: await client.register.metrics() }
}
`
const USED = {
  keys: 18,
  type: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  page: '# HELP c C.\n# TYPE c counter\nc{a="1"} 1\n',
}

it.each([
  ['require', 'commonjs', `const client = require('boxman/prom-client')`],
  ['default import', 'module', `import client from 'boxman/prom-client'`],
  ['dynamic import in CommonJS', 'commonjs', `const client = import('boxman/prom-client').then((all) => all.default)`],
] as const)('%s', async (_, inputType, load) => {
  const code = `${load}\n${USE}\nPromise.resolve(client).then(page).then((used) => console.log(JSON.stringify(used)))`
  expect(await evaluate(inputType, code)).toEqual(USED)
})

it('named imports and require are of one registry', async () => {
  const code = `
    import { createRequire } from 'node:module'
    import * as all from 'boxman/prom-client'
    import { Counter, register, contentType } from 'boxman/prom-client'
    const { Counter: Required, register: required } = createRequire(process.cwd() + '/x.js')('boxman/prom-client')
    console.log(JSON.stringify([Counter === Required, register === required, contentType, typeof all.Pushgateway]))`
  expect(await evaluate('module', code)).toEqual([true, true, 'text/plain; version=0.0.4; charset=utf-8', 'function'])
})

it('node:cluster is not loaded before it is needed', async () => {
  const code = `
    const loaded = () => process.moduleLoadList.includes('NativeModule cluster')
    const client = require('boxman/prom-client')
    const before = loaded()
    new client.AggregatorRegistry()
    console.log(JSON.stringify([before, loaded()]))`
  expect(await evaluate('commonjs', code)).toEqual([false, true])
})
