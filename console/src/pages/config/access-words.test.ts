import { describe, expect, it } from 'vitest'
import { accessWords } from './access-words.ts'

const OPEN = { host: '127.0.0.1', guardProbes: false, insecure: false }

describe('who may do what, in words', () => {
  it.each<[string, object, readonly string[], RegExp]>([
    ['nobody is asked', {}, [], /everybody who gets to 127\.0\.0\.1 may do everything/],
    ['addresses', { allow: ['10.0.0.0/8', '::1'] }, [], /everybody who comes from 10\.0\.0\.0\/8, ::1 may/],
    [
      'one token',
      { token: '[set, from code]' },
      ['who has admin.token by token: metrics read ingest operate'],
      /Nobody else/,
    ],
    [
      'tokens and users',
      {
        tokens: [
          { name: 'ci', token: '[set, from code]', scopes: ['metrics'] },
          { token: 'x', scopes: ['read'] },
        ],
        basic: [{ user: 'ann', password: '[set, from code]', scopes: ['read', 'operate'] }],
        allow: ['private'],
      },
      ['ci by token: metrics', 'a token without a name by token: read', 'ann by password: read operate'],
      /Connections are taken from private alone/,
    ],
    [
      'certificates',
      { tls: { ca: 'a' } },
      ['every certificate of the authority by certificate: metrics read ingest operate'],
      /are encrypted/,
    ],
    [
      'certificates by name',
      { tls: { ca: 'a', allow: [{ subject: 'ann@example', scopes: ['read'] }] } },
      ['ann@example by certificate: read'],
      /are encrypted/,
    ],
    ['guarded probes', { guardProbes: true }, [], /Probes are asked/],
  ])('%s', (_, admin, principals, rule) => {
    const words = accessWords({ ...OPEN, ...admin })
    expect(words.principals.map(({ name, by, scopes }) => `${name} by ${by}: ${scopes.join(' ')}`)).toEqual(principals)
    expect(words.rules.join('\n')).toMatch(rule)
    expect(JSON.stringify(words)).not.toContain('[set')
  })
})
