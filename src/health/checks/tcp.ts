import { connect } from 'node:net'
import type { CheckOptions } from '../options.ts'
import { type ReadyMade, settings, within } from './common.ts'

export interface TcpCheckOptions extends ReadyMade {
  /** Default 127.0.0.1. */
  readonly host?: string
  readonly port: number
}

/** Passes when a connection is taken; it is closed at once. */
export function tcpCheck(options: TcpCheckOptions): CheckOptions {
  const { host = '127.0.0.1', port } = options
  within('TCP check', 'port', port, 1, 65_535)
  return {
    ...settings(options, `tcp:${host.replace(/[^\w.-]/g, '.')}:${port}`),
    run: (signal) =>
      new Promise((resolve, reject) => {
        const socket = connect({ host, port, signal })
        socket.once('connect', () => {
          socket.destroy()
          resolve()
        })
        socket.once('error', reject)
      }),
  }
}
