import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { request as httpsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { PeerCertificate } from 'node:tls'
import { TLSSocket } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { needPeer } from '../../../../test/support/peer.ts'
import { type Boxman, type ConfigInput, createBoxman } from '../../index.ts'
import { namesOf } from './certificate.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

type Skip = (reason: string) => never
let made: string | undefined

/** Two authorities, a server of the first, a client of each. */
function certificates(skip: Skip): string {
  if (made !== undefined) return made
  const openssl = needPeer('openssl', skip)
  const folder = mkdtempSync(path.join(tmpdir(), 'boxman-mtls-'))
  const run = (...args: readonly string[]): void => void execFileSync(openssl, args, { cwd: folder, stdio: 'ignore' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  for (const ca of ['ca', 'other'])
    run('req', '-x509', ...key, '-keyout', `${ca}.key`, '-out', `${ca}.pem`, '-subj', `/CN=${ca}`)
  for (const [name, ca, names] of [
    ['server', 'ca', 'IP:127.0.0.1'],
    ['renewed', 'ca', 'IP:127.0.0.1'],
    ['client', 'ca', 'DNS:prometheus.monitoring.svc,URI:spiffe://cluster/ns/monitoring/sa/prometheus'],
    ['stranger', 'other', 'DNS:prometheus.monitoring.svc'],
  ] as const) {
    const vouched = ['-CA', `${ca}.pem`, '-CAkey', `${ca}.key`, '-addext', `subjectAltName=${names}`]
    run('req', '-x509', ...key, '-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name}`, ...vouched)
  }
  made = folder
  return folder
}

async function serving(
  cwd: string,
  admin: ConfigInput['admin'] & object,
  now?: () => number,
): Promise<{ boxman: Boxman; url: string; lines: string[] }> {
  const lines: string[] = []
  const boxman = await createBoxman(
    { service: 'wallet', store: false, admin: { port: 0, ...admin } },
    { env: {}, cwd, logDestination: { write: (line) => void lines.push(line) }, ...(now === undefined ? {} : { now }) },
  )
  closing.push(() => boxman.stop())
  return { boxman, url: boxman.admin.url ?? '', lines }
}

/** The status and the server's name; what went wrong otherwise. */
function ask(
  url: string,
  folder: string,
  client?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly [number | string, string]> {
  const read = (name: string): Buffer => readFileSync(path.join(folder, name))
  const own = client === undefined ? {} : { cert: read(`${client}.pem`), key: read(`${client}.key`) }
  return new Promise((resolve) => {
    httpsRequest(url, { ca: read('ca.pem'), agent: false, headers, ...own }, (response) => {
      const { socket } = response
      const name = socket instanceof TLSSocket ? String(socket.getPeerCertificate().subject.CN) : ''
      response.resume().on('end', () => resolve([response.statusCode ?? 0, name]))
    })
      .on('error', () => resolve(['no answer', '']))
      .end()
  })
}

const TLS = { cert: 'server.pem', key: 'server.key' }
const MTLS = { ...TLS, ca: 'ca.pem' }
const TOKEN = { authorization: 'Bearer some-token' }

describe('admin.tls', () => {
  it.for([
    ['without a ca', { tls: TLS }, undefined, {}, '/metrics', 200],
    ['without a ca, with a token', { tls: TLS, token: 'some-token' }, undefined, {}, '/metrics', 401],
    ['nobody', { tls: MTLS }, undefined, {}, '/metrics', 403],
    ['nobody, a probe', { tls: MTLS }, undefined, {}, '/livez', 200],
    ['a client', { tls: MTLS }, 'client', {}, '/config', 200],
    ['a stranger', { tls: MTLS }, 'stranger', {}, '/metrics', 403],
    ['a token beside', { tls: MTLS, token: 'some-token' }, undefined, TOKEN, '/config', 200],
    ['neither', { tls: MTLS, token: 'some-token' }, 'stranger', {}, '/config', 401],
    ['required, nobody', { tls: { ...MTLS, clientAuth: 'require' } }, undefined, {}, '/livez', 'no answer'],
    ['required, a stranger', { tls: { ...MTLS, clientAuth: 'require' } }, 'stranger', {}, '/livez', 'no answer'],
    ['required, a client', { tls: { ...MTLS, clientAuth: 'require' } }, 'client', {}, '/metrics', 200],
    [
      'by its common name',
      { tls: { ...MTLS, allow: [{ subject: 'client', scopes: ['metrics'] }] } },
      'client',
      {},
      '/metrics',
      200,
    ],
    [
      'by its common name, too far',
      { tls: { ...MTLS, allow: [{ subject: 'client', scopes: ['metrics'] }] } },
      'client',
      {},
      '/config',
      403,
    ],
    [
      'by an alternative name',
      { tls: { ...MTLS, allow: [{ subject: '*.monitoring.svc', scopes: ['metrics'] }] } },
      'client',
      {},
      '/metrics',
      200,
    ],
    [
      'by a URI',
      { tls: { ...MTLS, allow: [{ subject: 'spiffe://cluster/ns/monitoring/*', scopes: ['read'] }] } },
      'client',
      {},
      '/config',
      200,
    ],
    [
      'by a part of a name',
      { tls: { ...MTLS, allow: [{ subject: 'clien', scopes: ['read'] }] } },
      'client',
      {},
      '/config',
      403,
    ],
    [
      'a dot is a dot',
      { tls: { ...MTLS, allow: [{ subject: 'c.ient', scopes: ['read'] }] } },
      'client',
      {},
      '/config',
      403,
    ],
  ] as const)('%s', async ([, admin, client, headers, at, status], { skip }) => {
    const folder = certificates(skip)
    const { url } = await serving(folder, admin)
    expect(url).toMatch(/^https:/)
    expect((await ask(url + at, folder, client, headers))[0]).toBe(status)
  })

  it('new files count from the next connection on; bad ones do not, and are told of', async ({ skip }) => {
    const folder = certificates(skip)
    const own = mkdtempSync(path.join(tmpdir(), 'boxman-renew-'))
    const place = (name: string): void => {
      for (const end of ['pem', 'key']) copyFileSync(path.join(folder, `${name}.${end}`), path.join(own, `own.${end}`))
    }
    place('server')
    let now = 0
    const { url, lines } = await serving(own, { tls: { cert: 'own.pem', key: 'own.key' } }, () => (now += 2000))
    expect(await ask(`${url}/livez`, folder)).toEqual([200, 'server'])
    place('renewed')
    expect(await ask(`${url}/livez`, folder)).toEqual([200, 'renewed'])
    writeFileSync(path.join(own, 'own.pem'), 'half a certific')
    expect(await ask(`${url}/livez`, folder)).toEqual([200, 'renewed'])
    await expect.poll(() => lines.filter((line) => line.includes('A fault in the monitoring'))).toHaveLength(1)
    place('server')
    expect(await ask(`${url}/livez`, folder)).toEqual([200, 'server'])
  })

  it.for([
    [{ cert: 'none.pem', key: 'server.key' }, /admin\.tls: .*none\.pem/],
    [{ cert: 'server.pem', key: 'client.key' }, /admin\.tls: .*(?:mismatch|values)/i],
  ] as const)('refuses to start with %j', async ([tls, problem], { skip }) => {
    await expect(serving(certificates(skip), { tls })).rejects.toThrow(problem)
  })

  it.each([
    ['CN', undefined, ['CN']],
    [
      'CN',
      'DNS:a.b, URI:spiffe://x/y, IP Address:10.0.0.1, email:a@b',
      ['CN', 'a.b', 'spiffe://x/y', '10.0.0.1', 'a@b'],
    ],
    ['CN', 'URI:"http://a.b/?x=1, DNS:evil", DNS:c', ['CN', 'http://a.b/?x=1, DNS:evil', 'c']],
    [undefined, 'DNS:a', ['a']],
    [['x', 'y'], undefined, ['x', 'y']],
  ])('the names of %j and %j are %j', (CN, subjectaltname, names) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    expect(namesOf({ subject: { CN }, subjectaltname } as unknown as PeerCertificate)).toEqual(names)
  })
})
