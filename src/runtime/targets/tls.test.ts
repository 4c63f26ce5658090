import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterAll, describe, expect, it } from 'vitest'
import { needPeer } from '../../../test/support/peer.ts'
import { portOf } from '../../../test/support/port-of.ts'
import { jobOf } from '../../../test/support/scraped-server.ts'
import { HttpClient } from './http-client.ts'

interface Site {
  readonly folder: string
  readonly port: number
  readonly close: () => void
}

let site: Site | undefined
afterAll(() => site?.close())

/** An authority, and what it vouches for: a server named `metrics.test`, and a client. */
function makeCertificates(openssl: string, folder: string): void {
  const run = (...args: readonly string[]): void => void execFileSync(openssl, args, { cwd: folder, stdio: 'ignore' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  run('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=authority', '-days', '2')
  for (const name of ['server', 'client']) {
    const vouched = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-days', '2', '-addext', 'subjectAltName=DNS:metrics.test']
    run('req', '-x509', ...key, '-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name}`, ...vouched)
  }
}

async function open(openssl: string): Promise<Site> {
  const folder = mkdtempSync(path.join(tmpdir(), 'boxman-tls-'))
  makeCertificates(openssl, folder)
  const read = (name: string): Buffer => readFileSync(path.join(folder, name))
  const own = { key: read('server.key'), cert: read('server.pem'), ca: read('ca.pem') }
  const server = createServer({ ...own, requestCert: true, rejectUnauthorized: false }, (request, response) => {
    const { authorized } = request.socket as TLSSocket
    response.end(`${request.url} ${authorized ? 'of a known client' : 'of anybody'}`)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = (): void => {
    server.close()
    server.closeAllConnections()
  }
  return { folder, port: portOf(server), close }
}

describe('a target behind TLS', () => {
  it.for([
    ['', false, 'certificate'],
    ['insecure_skip_verify: true', true, '/m of anybody'],
    ['ca_file: CA, server_name: metrics.test', true, '/m of anybody'],
    ['ca_file: CA', false, "does not match certificate's altnames"],
    ['ca_file: CA, server_name: other.test', false, "does not match certificate's altnames"],
    ['ca_file: CA, server_name: metrics.test, cert_file: CERT, key_file: KEY', true, '/m of a known client'],
    ['ca_file: CA, server_name: metrics.test, max_version: TLS12', true, '/m of anybody'],
  ] as const)('tls_config: {%s}', async ([tls, fine, wanted], { skip }) => {
    site ??= await open(needPeer('openssl', skip))
    const { folder, port } = site
    const placed = tls
      .replace('CA', `${folder}/ca.pem`)
      .replace('CERT', `${folder}/client.pem`)
      .replace('KEY', `${folder}/client.key`)
    const { client } = await jobOf(`scheme: https\ntls_config: {${placed}}`)
    const http = new HttpClient(client)
    const { signal } = new AbortController()
    const url = `https://127.0.0.1:${port}/m`
    const answer = await http.get({ url, headers: {}, timeoutMs: 5000, maxBytes: 1000, signal })
    http.close()
    expect(answer.ok).toBe(fine)
    expect(answer.ok ? Buffer.from(answer.body).toString() : answer.detail).toContain(wanted)
  })
})
