import { type ChildProcess, fork } from 'node:child_process'
import { Agent, get } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { Case, Contender, MeteredWork } from '../case.ts'

const CONNECTIONS = 16

export type Variant = 'bare' | 'prom-client' | 'boxman' | 'boxman-log'

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
function server(variant: Variant): Contender {
  return async (): Promise<MeteredWork> => {
    const child = fork(fileURLToPath(new URL('./http-server.js', import.meta.url)), [variant])
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

const what = 'node:http, GET of a small JSON'

export const cases: readonly Case[] = [
  {
    name: `${what}: counted, timed, correlated`,
    peerName: 'bare node:http',
    unit: 'us CPU',
    ours: server('boxman'),
    peer: server('bare'),
  },
  {
    name: `${what}: counted, timed, correlated`,
    peerName: 'prom-client 15.1.3 by hand (counted and timed only)',
    unit: 'us CPU',
    ours: server('boxman'),
    peer: server('prom-client'),
  },
  {
    name: `${what}: counted, timed, correlated, logged`,
    peerName: 'bare node:http',
    unit: 'us CPU',
    ours: server('boxman-log'),
    peer: server('bare'),
  },
]
