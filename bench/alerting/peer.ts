import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort } from '../prometheus.ts'

const BINARY = 'prometheus-alertmanager'
/** Of /proc/PID/stat: a hundredth of a second, on every Linux of today. */
const TICK_NS = 1e7

/** `Alertmanager 0.25.0`, or undefined where none is installed. */
export function installedAlertmanager(): string | undefined {
  const { stdout, stderr, error } = spawnSync(BINARY, ['--version'], { encoding: 'utf8' })
  if (error !== undefined) return undefined
  return `Alertmanager ${/version (\d+\.\d+\.\d+)/.exec(stdout + stderr)?.[1] ?? 'of unknown version'}`
}

export interface Peer {
  readonly post: (body: string) => Promise<void>
  /** CPU time of its process so far. */
  readonly cpuNs: () => number
  /** Memory of its process, without the files that are mapped. */
  readonly bytes: () => number
  /** How many messages it has sent. */
  readonly told: () => number
  readonly stop: () => void
}

/** It tells a server of this process, and ends with it. */
export async function startAlertmanager(intervalMs: number): Promise<Peer> {
  let told = 0
  const hook = createServer((request, response) => {
    told++
    request.resume()
    response.end()
  }).listen(0, '127.0.0.1')
  await once(hook, 'listening')
  const address = hook.address()
  const folder = mkdtempSync(path.join(tmpdir(), 'boxman-bench-alertmanager-'))
  const interval = `${intervalMs}ms`
  const config = {
    route: {
      receiver: 'hook',
      group_by: ['alertname', 'service'],
      group_wait: interval,
      group_interval: interval,
      repeat_interval: '4h',
    },
    receivers: [
      {
        name: 'hook',
        webhook_configs: [{ url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/` }],
      },
    ],
    inhibit_rules: [
      { source_matchers: ['alertname="RegionDown"'], target_matchers: ['severity=~"page|ticket"'], equal: ['region'] },
    ],
  }
  writeFileSync(path.join(folder, 'alertmanager.yml'), JSON.stringify(config)) // JSON is YAML
  const port = await freePort()
  const child = spawn(
    BINARY,
    [
      `--config.file=${folder}/alertmanager.yml`,
      `--storage.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    { stdio: 'ignore' },
  )
  process.once('exit', () => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  const url = `http://127.0.0.1:${port}`
  while (
    !(await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    ))
  )
    await new Promise((done) => setTimeout(done, 50))
  const stat = (): string[] =>
    readFileSync(`/proc/${child.pid}/stat`, 'latin1')
      .replace(/^.*\) /, '')
      .split(' ')
  return {
    post: async (body) => {
      const headers = { 'content-type': 'application/json' }
      const { ok, status } = await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body })
      if (!ok) throw new Error(`Alertmanager answers ${status}`)
    },
    cpuNs: () => (Number(stat()[11]) + Number(stat()[12])) * TICK_NS,
    bytes: () => Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'latin1'))?.[1]) * 1024,
    told: () => told,
    stop: () => {
      child.kill('SIGKILL')
      hook.close()
      hook.closeAllConnections()
    },
  }
}
