import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { needPeer } from './peer.ts'

export interface Certificates {
  /** Files of PEM. */
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** An authority, and what it vouches for: whoever listens on 127.0.0.1. */
export function makeCertificates(skip: (reason: string) => never): Certificates {
  const openssl = needPeer('openssl', skip)
  const folder = mkdtempSync(path.join(tmpdir(), 'boxman-tls-'))
  const run = (...args: readonly string[]): void => void execFileSync(openssl, args, { cwd: folder, stdio: 'ignore' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  run('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=authority')
  const vouched = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-addext', 'subjectAltName=IP:127.0.0.1']
  run('req', '-x509', ...key, '-keyout', 'server.key', '-out', 'server.pem', '-subj', '/CN=server', ...vouched)
  return {
    ca: path.join(folder, 'ca.pem'),
    cert: path.join(folder, 'server.pem'),
    key: path.join(folder, 'server.key'),
  }
}
