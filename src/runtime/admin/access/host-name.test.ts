import { afterEach, describe, expect, it } from 'vitest'
import { statusOf } from '../../../../test/support/ask.ts'
import { exchange } from '../../../../test/support/raw-http.ts'
import { type ServedAdmin, serveService } from '../../../../test/support/served-admin.ts'
import type { ConfigInput } from '../../index.ts'
import { HostNames, nameOf } from './host-name.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function service(admin: ConfigInput['admin'] & object = {}): Promise<ServedAdmin> {
  const served = await serveService(admin)
  closing.push(() => served.close())
  return served
}

describe('the host’s name', () => {
  it.each([
    ['127.0.0.1', 200],
    ['127.0.0.1:9090', 200],
    ['localhost', 200],
    ['LOCALHOST.:80', 200],
    ['wallet.localhost:1', 200],
    ['[::1]:9090', 200],
    ['ops.example', 200],
    ['a.svc.example:9090', 200],
    ['svc.example', 421],
    ['evil.example', 421],
    ['127.0.0.1.evil.example', 421],
    ['localhost.evil.example', 421],
    ['10.0.0.1', 421],
    ['0.0.0.0', 421],
    ['2130706433', 421],
    ['user@127.0.0.1', 400],
    ['127.0.0.1:port', 400],
    ['[127.0.0.1]', 400],
    ['a b', 400],
  ])('on the loopback, %j gets %i', async (host, status) => {
    const { url } = await service({ hosts: ['ops.example', '*.svc.example'] })
    const forwarded = { 'x-forwarded-host': '127.0.0.1', forwarded: 'host=127.0.0.1' }
    for (const path of ['/metrics', '/livez']) expect(await statusOf(url + path, { ...forwarded, host })).toBe(status)
  })

  it.each([
    ['GET /livez HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
    ['GET /livez HTTP/1.1\r\nhost:\r\nconnection: close\r\n\r\n', 400],
    ['GET /livez HTTP/1.0\r\n\r\n', 200],
    ['GET /livez HTTP/1.1\r\nhost: localhost\r\nHOST: localhost\r\nconnection: close\r\n\r\n', 400],
    ['GET http://localhost/livez HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n', 200],
    ['GET http://evil.example/livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n', 421],
  ])('%j gets %i', async (text, status) => {
    const { port } = await service()
    expect(await exchange(port, [text])).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })

  it.each([
    [
      '0.0.0.0',
      undefined,
      false,
      {
        '10.0.0.1': true,
        '[::1]': true,
        wallet: true,
        'wallet.ns.svc': true,
        'a.cluster.local': true,
        'wallet.shop': false,
      },
    ],
    ['0.0.0.0', undefined, true, { '10.0.0.1': true, 'wallet.shop': true }],
    ['0.0.0.0', ['wallet.shop'], true, { '10.0.0.1': true, 'wallet.shop': true, wallet: false, 'evil.example': false }],
    ['wallet.shop', undefined, false, { 'wallet.shop': true, 'evil.example': false }],
    ['127.0.0.1', undefined, true, { '10.0.0.1': false, 'evil.example': false, localhost: true }],
    [undefined, undefined, false, { 'wallet.shop': true }],
    [undefined, ['wallet.shop'], false, { 'wallet.shop': true, 'evil.example': false }],
  ])('bound to %s, of hosts %j, who is asked: %s', (bound, hosts, asksWho, names) => {
    const known = new HostNames({ bound, hosts, asksWho })
    const judged = Object.keys(names).map((name) => [name, known.has(nameOf(name) ?? '')])
    expect(Object.fromEntries(judged)).toEqual(names)
  })
})
