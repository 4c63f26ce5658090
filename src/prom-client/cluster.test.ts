import { fork } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'boxman-cluster-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** Runs a program on the built package in a process of its own: what it reports. */
async function reportOf(program: string): Promise<unknown> {
  const file = path.join(folder, `${Math.random().toString(36).slice(2)}.cjs`)
  writeFileSync(
    file,
    `const client = require(${JSON.stringify(path.join(root, 'dist/prom-client/index.js'))})\n${program}`,
  )
  const child = fork(file, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  return new Promise((resolve, reject) => {
    child.once('message', (report) => {
      child.kill()
      resolve(report)
    })
    child.once('exit', (code) => reject(new Error(`ended with ${code} and without a report`)))
  })
}

const METRICS = `
const record = (n) => {
  new client.Counter({ name: 'c_total', help: 'C.', labelNames: ['a'] }).inc({ a: n % 2 }, n)
  new client.Histogram({ name: 'h', help: 'H.', buckets: [2] }).observe(n)
  new client.Gauge({ name: 'g', help: 'G.', aggregator: 'max' }).set(n)
  new client.Gauge({ name: 'sum', help: 'S.' }).set(n)
}
const lines = (page) => page.split('\\n').filter((line) => /^[a-z]/.test(line))
const until = async (condition) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}
`

describe('a cluster', () => {
  it('adds its workers up, keeps the totals of the dead, and does without those who do not answer', async () => {
    const report = await reportOf(`${METRICS}
const cluster = require('node:cluster')
if (cluster.isPrimary) {
  const registry = new client.AggregatorRegistry()
  const own = new client.ClusterRegistry()
  new client.Counter({ name: 'c_total', help: 'C.', labelNames: ['a'] }).inc({ a: 'primary' })
  const main = async () => {
    const report = { nobody: await registry.clusterMetrics() }
    const workers = [1, 2, 3].map((n) => cluster.fork({ N: n }))
    let ready = 0
    for (const worker of workers) worker.on('message', (message) => { if (message === 'ready') ready++ })
    await until(() => ready === 3)
    report.all = lines(await registry.clusterMetrics())
    report.withPrimary = lines(await own.clusterMetrics())
    workers[0].process.kill('SIGKILL')
    await until(() => workers[0].isDead())
    report.killed = lines(await registry.clusterMetrics())
    workers[1].send('leave')
    await until(() => workers[1].isDead())
    report.left = lines(await registry.clusterMetrics())
    workers[2].send('hang')
    await new Promise((resolve) => setTimeout(resolve, 50))
    report.hanging = lines(await registry.clusterMetrics())
    for (const worker of workers) worker.process.kill('SIGKILL')
    process.send(report)
  }
  main().catch((error) => process.send(String(error.stack)))
} else {
  const registry = new client.AggregatorRegistry()
  record(Number(process.env.N))
  process.on('message', (message) => {
    if (message === 'leave') {
      client.register.getSingleMetric('c_total').inc({ a: 0 }, 100)
      registry.shutdown().then(() => process.exit(0))
    }
    if (message === 'hang') for (;;);
  })
  process.send('ready')
}`)
    const all = [
      'c_total{a="1"} 4',
      'c_total{a="0"} 2',
      'h_bucket{le="2"} 2',
      'h_bucket{le="+Inf"} 3',
      'h_sum 6',
      'h_count 3',
      'g 3',
      'sum 6',
    ]
    // A gauge dies with its worker.
    const killed = [...all.slice(0, -1), 'sum 5']
    const left = killed.map((line) => line.replace('a="0"} 2', 'a="0"} 102').replace('sum 5', 'sum 3'))
    expect(report).toEqual({
      nobody: '',
      all,
      withPrimary: ['c_total{a="primary"} 1', ...all],
      killed,
      left,
      hanging: left,
    })
  })

  it('rejects when nobody answers', async () => {
    const report = await reportOf(`
const cluster = require('node:cluster')
if (cluster.isPrimary) {
  const worker = cluster.fork()
  worker.on('online', () => {
    new client.AggregatorRegistry().clusterMetrics().then(String, String).then((report) => {
      worker.process.kill('SIGKILL')
      process.send(report)
    })
  })
}`)
    expect(report).toBe('Error: Operation timed out.')
  })

  it('tells of the registries that it is told to, and of what went wrong', async () => {
    const report = await reportOf(`${METRICS}
const cluster = require('node:cluster')
if (cluster.isPrimary) {
  const registry = new client.AggregatorRegistry('application/openmetrics-text; version=1.0.0; charset=utf-8')
  const worker = cluster.fork()
  worker.on('message', async (message) => {
    if (message !== 'ready') return
    process.send(await registry.clusterMetrics())
    worker.process.kill('SIGKILL')
  })
} else {
  new client.AggregatorRegistry()
  const registers = [new client.Registry()]
  new client.Counter({ name: 'mine_total', help: 'M.', registers }).inc()
  client.AggregatorRegistry.setRegistries(registers[0])
  process.send('ready')
}`)
    expect(report).toBe('# HELP mine M.\n# TYPE mine counter\nmine_total 1\n# EOF\n')
  })
})

describe('worker threads', () => {
  it('are added up with the main thread, and leave their totals', async () => {
    const report = await reportOf(`${METRICS}
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads')
const registry = new client.WorkerRegistry()
if (isMainThread) {
  new client.Counter({ name: 'c_total', help: 'C.', labelNames: ['a'] }).inc({ a: 'main' })
  const main = async () => {
    const report = { nobody: await registry.workerMetrics() }
    const workers = [1, 2].map((n) => new Worker(__filename, { workerData: n }))
    await until(() => client.WorkerRegistry.workerCount() === 2)
    report.all = lines(await registry.workerMetrics())
    const gone = new Promise((resolve) => workers[0].on('exit', resolve))
    workers[0].postMessage('leave')
    await gone
    report.left = lines(await registry.workerMetrics())
    report.count = client.WorkerRegistry.workerCount()
    process.send(report)
  }
  main().catch((error) => process.send(String(error.stack)))
} else {
  record(workerData)
  parentPort.on('message', async () => {
    await registry.shutdown()
    process.exit(0)
  })
}`)
    const all = [
      'c_total{a="main"} 1',
      'c_total{a="1"} 1',
      'c_total{a="0"} 2',
      'h_bucket{le="2"} 2',
      'h_bucket{le="+Inf"} 2',
      'h_sum 3',
      'h_count 2',
      'g 2',
      'sum 3',
    ]
    const left = ['c_total{a="1"} 1', 'c_total{a="main"} 1', ...all.slice(2, -1), 'sum 2']
    expect(report).toEqual({ nobody: '', all, left, count: 1 })
  })
})
