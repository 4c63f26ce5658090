import { describe, expect, it } from 'vitest'
import { type ConfigInput, createBoxman, createServer, readServeOptions } from '../../index.ts'

const CHOICES = ['token', 'tokens', 'basic', 'tls', 'allow', 'insecure: true'].map((name) => `admin\\.${name}.*`)
const REFUSED = new RegExp(
  `^ConfigError: .*\\n {2}admin\\.host: \\S+ lets other machines in, and nothing says who may ask.*${CHOICES.join('')}`,
)

describe('O17: a decision before other machines are let in', () => {
  it.each([
    [{ host: '0.0.0.0' }, false],
    [{ host: '::' }, false],
    [{ host: '192.168.1.7' }, false],
    [{ host: 'wallet.internal' }, false],
    [{ host: '0.0.0.0', tls: { cert: 'c', key: 'k' } }, false],
    [{ host: '0.0.0.0', hosts: ['a'], origins: ['https://a.example'], guardProbes: true }, false],
    [{ host: '0.0.0.0', enabled: false }, true],
    [{ host: '0.0.0.0', insecure: true }, true],
    [{ host: '0.0.0.0', token: 'some-token' }, true],
    [{ host: '0.0.0.0', tokens: [{ token: 'some-token', scopes: ['metrics'] }] }, true],
    [{ host: '0.0.0.0', basic: [{ user: 'ann', password: 'pass-word', scopes: ['read'] }] }, true],
    [{ host: '0.0.0.0', allow: ['private'] }, true],
    [{ host: '127.0.0.1' }, true],
    [{ host: 'localhost' }, true],
  ] satisfies readonly (readonly [ConfigInput['admin'] & object, boolean])[])(
    '%j starts: %s',
    async (admin, starts) => {
      const started = createBoxman(
        { store: false, log: false, admin: { port: 0, ...admin } },
        { env: {}, cwd: import.meta.dirname },
      )
      const outcome = await started.then(
        (boxman) => boxman.stop().then(() => ''),
        (error: unknown) => String(error),
      )
      expect(outcome).toMatch(starts ? /^$/ : REFUSED)
    },
  )

  it.each([
    [['--listen', '0.0.0.0:0'], {}, false],
    [['--listen', ':0'], {}, false],
    [['--listen', '[::]:0'], {}, false],
    [['--listen', '0.0.0.0:0', '--insecure'], {}, true],
    [['--listen', '0.0.0.0:0'], { BOXMAN_ADMIN_TOKEN: 'some-token' }, true],
    [['--listen', '0.0.0.0:0'], { BOXMAN_ADMIN_ALLOW: 'private' }, true],
    [['--listen', '0.0.0.0:0'], { BOXMAN_ADMIN_INSECURE: 'true' }, true],
    [['--listen', '127.0.0.1:0'], {}, true],
  ])('boxman serve %j with %j starts: %s', async (args, env, starts) => {
    const outcome = await createServer(readServeOptions(args), { BOXMAN_LOG_LEVEL: 'silent', ...env }).then(
      (server) => server.stop().then(() => ''),
      (error: unknown) => String(error),
    )
    expect(outcome).toMatch(
      starts ? /^$/ : /^BoxmanError: --listen \S+ lets other machines in.*BOXMAN_ADMIN_TOKEN.*--insecure/,
    )
  })
})
