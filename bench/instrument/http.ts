import { type ChildProcess, fork } from 'node:child_process'
import { Agent, get } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { Case, Contender, MeteredWork } from '../case.ts'

const CONNECTIONS = 16

type Framework = 'node' | 'fastify' | 'express'
type Variant = 'bare' | 'prom-client' | 'boxman' | 'boxman-log'

/** One message from a server process and, with a question, its answer. */
async function answer(child: ChildProcess, question?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`the server ended with code ${code}`))
    child.once('exit', ended)
    child.once('message', (value) => {
      child.off('exit', ended)
      resolve(Number(value))
    })
    if (question !== undefined) child.send(question)
  })
}

/** A server in a process of its own; the requests come from this one and cost it nothing. */
function server(framework: Framework, variant: Variant): Contender {
  return async (): Promise<MeteredWork> => {
    const child = fork(fileURLToPath(new URL('./http-server.js', import.meta.url)), [framework, variant])
    const port = await answer(child)
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
    const request = async (i: number): Promise<void> =>
      new Promise((resolve, reject) => {
        get({ host: '127.0.0.1', port, path: `/api/users/${i}`, agent }, (response) => {
          response.resume().once('end', resolve)
        }).once('error', reject)
      })
    return {
      cpuNs: () => answer(child, 'cpu'),
      work: async (times) => {
        let next = 0
        const lane = async (): Promise<void> => {
          while (next < times) await request(next++)
        }
        await Promise.all(Array.from({ length: CONNECTIONS }, lane))
      },
    }
  }
}

const FRAMEWORKS: Readonly<Record<Framework, string>> = {
  node: 'node:http',
  fastify: 'Fastify 5',
  express: 'Express 5',
}

const PEERS: readonly (readonly [ours: Variant, what: string, peer: Variant, peerName: string])[] = [
  ['boxman', 'counted, timed, correlated', 'bare', 'bare'],
  ['boxman', 'counted, timed, correlated', 'prom-client', 'prom-client 15.1.3 by hand (counted and timed only)'],
  ['prom-client', 'counted and timed by prom-client 15.1.3', 'bare', 'bare'],
  ['boxman-log', 'counted, timed, correlated, logged', 'bare', 'bare'],
]

export const cases: readonly Case[] = (['node', 'fastify', 'express'] as const).flatMap((framework) =>
  PEERS.map(([ours, what, peer, peerName]) => ({
    name: `${FRAMEWORKS[framework]}, GET of a small JSON: ${what}`,
    peerName,
    unit: 'us CPU' as const,
    ours: server(framework, ours),
    peer: server(framework, peer),
  })),
)
