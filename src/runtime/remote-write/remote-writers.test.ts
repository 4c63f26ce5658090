import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { GOLDEN_JSON } from '../../../test/support/otlp-golden.ts'
import { type Boxman, BoxmanError, type ConfigInput, createBoxman } from '../index.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const each of undo.splice(0).toReversed()) await each()
})

const cwd = mkdtempSync(path.join(tmpdir(), 'boxman-remote-'))

async function boxman(own: ConfigInput, env: Record<string, string> = {}): Promise<Boxman> {
  const code: ConfigInput = {
    admin: { port: 0 },
    log: false,
    collect: { intervalMs: 100 },
    store: { intervalMs: 100 },
    ...own,
  }
  const made = await createBoxman(code, { env, cwd })
  undo.push(() => made.stop())
  return made
}

async function valueOf(asked: Boxman, expression: string): Promise<unknown> {
  const result = await asked.query(expression)
  return result.ok && result.value.type === 'vector' ? result.value.samples[0]?.value : result
}

describe('a service that writes to another', () => {
  it('what one scrapes of itself, the other is asked for; its end is told', async () => {
    const central = await boxman({ service: 'central', ingest: { remoteWrite: true } })
    const url = `${central.admin.url?.replace('//', '//user:geheim@')}/api/v1/write`
    const edge = await boxman({
      service: 'edge',
      store: { intervalMs: 100, folder: 'edge' },
      remoteWrite: [{ url, name: 'central', headers: { 'x-key': 'geheim' } }],
    })
    edge.metrics.gauge({ name: 'tables_open', help: 'Tables.' }).set(7)
    const config = await (await fetch(`${edge.admin.url}/config`)).text()
    expect(config).not.toContain('geheim')
    expect(JSON.parse(config).values.remoteWrite).toEqual([
      { url: expect.stringContaining('hidden:hidden@'), name: 'central', headers: { 'x-key': '[set, from code]' } },
    ])
    await expect.poll(() => edge.store?.stats.appended, { timeout: 5000 }).toBeGreaterThan(0)
    await edge.stop()
    expect(readdirSync(path.join(cwd, 'edge', 'remote-write'))).toEqual(['central.json'])
    expect(await valueOf(central, 'max_over_time(tables_open{job="edge"}[5m])')).toBe(7)
    expect(await valueOf(central, 'tables_open{job="edge"}')).toBeUndefined()
    const page = await (await fetch(`${central.admin.url}/metrics`)).text()
    expect(page).toMatch(/boxman_ingest_samples_total [1-9]/)
  })

  it('counts what does not get through', async () => {
    const edge = await boxman(
      { service: 'edge', admin: { port: 0 } },
      { BOXMAN_REMOTE_WRITE: 'http://127.0.0.1:1/write' },
    )
    const metric = /boxman_remote_write_retries_total\{remote="127.0.0.1-1-write"\} [1-9]/
    await expect
      .poll(async () => (await fetch(`${edge.admin.url}/metrics`)).text(), { timeout: 10_000 })
      .toMatch(metric)
  }, 15_000)
})

describe('doors for samples of others', () => {
  it.each([
    [{}, 404, 404],
    [{ remoteWrite: true }, 204, 404],
    [{ otlp: true }, 404, 200],
  ])('with ingest %j', async (ingest, write, otlp) => {
    const asked = await boxman({ service: 'central', ingest })
    const post = async (at: string, body: string, type: string): Promise<number> => {
      const response = await fetch(`${asked.admin.url}/api/v1/${at}`, {
        method: 'POST',
        body,
        headers: { 'content-type': type },
      })
      return response.status
    }
    expect(await post('write', '\0', 'application/x-protobuf')).toBe(write)
    expect(await post('otlp/v1/metrics', JSON.stringify(GOLDEN_JSON), 'application/json')).toBe(otlp)
  })
})

describe('targets that cannot be', () => {
  it.each<[string, ConfigInput]>([
    ['expected a list of 1 to 10 such as', { remoteWrite: [] }],
    ['given something else, which is not shown', { remoteWrite: [{ url: 'ftp://user:geheim@a' }] }],
    ['there is no store to send from', { store: false, remoteWrite: [{ url: 'http://a' }] }],
    ['two targets are called a-', { remoteWrite: [{ url: 'http://a' }, { url: 'http://a' }] }],
  ])('%s', async (message, own) => {
    const made = boxman({ service: 'edge', ...own })
    await expect(made).rejects.toThrow(BoxmanError)
    await expect(made).rejects.toThrow(message)
  })
})
