import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { ServerProcess } from './support/server-process.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

interface Service {
  readonly process: ServerProcess
  readonly url: string
  readonly admin: string
  release(): void
}

async function start(delayMs: number, graceMs = 20_000): Promise<Service> {
  const service = new ServerProcess(process.execPath, ['test/support/drain-service.mjs', `${delayMs}`, `${graceMs}`], {
    input: true,
  })
  closing.push(() => service.stop('SIGKILL'))
  const [, url = '', admin = ''] = await service.printed(/at (\S+) admin (\S+)/, 20_000)
  return { process: service, url, admin, release: () => void service.child.stdin?.write('release\n') }
}

interface Got {
  readonly status: number | undefined
  readonly connection: string | undefined
  readonly body: string
}

async function get(url: string, agent: Agent): Promise<Got> {
  const sent = request(url, { agent })
  const answered = once(sent, 'response')
  sent.end()
  const [response] = (await answered) as [IncomingMessage]
  let body = ''
  for await (const piece of response.setEncoding('utf8')) body += String(piece)
  return { status: response.statusCode, connection: response.headers.connection, body }
}

function agent(): Agent {
  const made = new Agent({ keepAlive: true, maxSockets: Infinity })
  closing.push(() => made.destroy())
  return made
}

const statusOf = async (url: string): Promise<number> => (await fetch(url)).status

describe('O8: SIGTERM', () => {
  it('with 1000 requests in flight turns readiness at once, cuts none, and exits with 0', async () => {
    const service = await start(3000)
    const { url, admin } = service
    const [busy, idle] = [agent(), agent()]
    const kept = await get(`${url}/now`, idle)
    expect(kept).toMatchObject({ status: 200, connection: 'keep-alive' })
    const held = Array.from({ length: 1000 }, async (_, i) => get(`${url}/${i < 10 ? 'stream' : 'hold'}`, busy))
    await service.process.printed(/held 1000\n/, 20_000)
    expect([await statusOf(`${admin}/readyz`), await statusOf(`${admin}/livez`)]).toEqual([200, 200])

    service.process.child.kill('SIGTERM')
    await expect.poll(() => statusOf(`${admin}/readyz`)).toBe(503)
    expect(await statusOf(`${admin}/ready`)).toBe(503)
    expect([await statusOf(`${admin}/livez`), await statusOf(`${admin}/health`)]).toEqual([200, 200])
    // Endpoints have not heard of it yet: who still comes is answered, and asked to go elsewhere.
    expect(await get(`${url}/now`, idle)).toMatchObject({ status: 200, connection: 'close' })
    expect(await get(`${url}/now`, agent())).toMatchObject({ status: 200, connection: 'close', body: 'now' })

    // After the delay no connection is taken any more; the requests in flight are still waited for.
    await expect.poll(() => get(`${url}/now`, agent()).catch(() => 'refused'), { timeout: 10_000 }).toBe('refused')
    expect(service.process.output).not.toContain('closed by the application')
    service.release()
    const answers = await Promise.all(held)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1000)
    expect(answers.filter(({ body }) => body === 'whole')).toHaveLength(990)
    expect(answers.filter(({ body }) => body === 'begun whole')).toHaveLength(10)
    // What had begun before the signal had promised to keep its connection.
    expect(answers.filter(({ connection }) => connection === 'close')).toHaveLength(990)
    expect(await service.process.exited).toBe(0)
    expect(service.process.output).toContain('closed by the application')
  })

  it('cuts no connection that clients keep, however busy they are', async () => {
    const { process: service, url } = await start(1000)
    const keeping = agent()
    const kept: string[] = []
    let answered = 0
    let over = false
    const client = async (): Promise<void> => {
      while (!over) {
        const sent = request(`${url}/now`, { agent: keeping })
        const got = once(sent, 'response')
        sent.end()
        try {
          const [response] = (await got) as [IncomingMessage]
          await once(response.resume(), 'end')
          answered++
        } catch (error) {
          // Who connects after the delay is refused.
          over ||= String(error).includes('ECONNREFUSED')
          if (sent.reusedSocket) kept.push(String(error))
        }
      }
    }
    const clients = Array.from({ length: 20 }, client)
    await expect.poll(() => answered).toBeGreaterThan(100)
    service.child.kill('SIGTERM')
    expect(await service.exited).toBe(0)
    over = true
    await Promise.all(clients)
    expect(kept).toEqual([])
  })

  it('a second one exits now, whatever is in flight', async () => {
    const service = await start(600_000, 3_600_000)
    const cut = get(`${service.url}/hold`, agent()).catch(() => 'cut')
    await service.process.printed(/held 1\n/, 20_000)
    service.process.child.kill('SIGTERM')
    await expect.poll(() => statusOf(`${service.admin}/readyz`)).toBe(503)
    service.process.child.kill('SIGTERM')
    expect(await service.process.exited).toBe(143)
    expect(await cut).toBe('cut')
  })

  it('ends within the grace although a request hangs', async () => {
    const service = await start(0, 1000)
    const cut = get(`${service.url}/hold`, agent()).catch(() => 'cut')
    await service.process.printed(/held 1\n/, 20_000)
    service.process.child.kill('SIGTERM')
    expect(await service.process.exited).toBe(0)
    expect(await cut).toBe('cut')
  })
})

it('SIGINT, of a person, waits for no load balancer', async () => {
  const service = await start(600_000, 3_600_000)
  service.process.child.kill('SIGINT')
  expect(await service.process.exited).toBe(0)
})
