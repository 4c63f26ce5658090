import { describe, expect, it } from 'vitest'
import { pagingConfig, readPaging } from './paging.ts'

const MAIL = { GATEWAY_ALERT_MAIL_TO: 'ops@example.org', GATEWAY_ALERT_MAIL_SERVER: 'mail.example.org:587' }

describe('who is told', () => {
  it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['nobody', {}, []],
    ['nobody, where variables are empty', { GATEWAY_ALERT_WEBHOOK: '', GATEWAY_ALERT_MAIL_TO: '' }, []],
    ['a webhook', { GATEWAY_ALERT_WEBHOOK: 'https://example.org/hook' }, ['on-call/webhook[0]']],
    ['a person', { ...MAIL, GATEWAY_ALERT_MAIL_CA: 'ca.pem' }, ['on-call/email[0]']],
    [
      'a person, with a login',
      { ...MAIL, GATEWAY_ALERT_MAIL_USER: 'a', GATEWAY_ALERT_MAIL_PASSWORD_FILE: 'p' },
      ['on-call/email[0]'],
    ],
    [
      'all',
      { ...MAIL, GATEWAY_ALERT_WEBHOOK: 'http://h/', GATEWAY_ALERT_ESCALATION_WEBHOOK: 'http://b/' },
      ['on-call/webhook[0]', 'on-call/email[0]', 'second-line/webhook[0]'],
    ],
  ])('%s', (_, env, keys) => {
    const { receivers } = pagingConfig(readPaging(env))
    expect(receivers.flatMap(({ integrations }) => integrations.map(({ key }) => key))).toEqual(keys)
  })

  it('is told in time', () => {
    const times = { GATEWAY_ALERT_WAIT: '1s', GATEWAY_ALERT_INTERVAL: '2s', GATEWAY_ALERT_REPEAT: '3h' }
    const { route, escalations } = pagingConfig(readPaging({ ...times, GATEWAY_ALERT_ESCALATE_AFTER: '4m' }))
    expect(route).toMatchObject({ groupWaitMs: 1000, groupIntervalMs: 2000, repeatIntervalMs: 10_800_000 })
    expect(escalations[0]?.steps).toEqual([{ afterMs: 240_000, receiver: 'second-line' }])
  })

  it.each<[Readonly<Record<string, string>>, string]>([
    [
      { GATEWAY_ALERT_WEBHOOK: 'token@nowhere' },
      'GATEWAY_ALERT_WEBHOOK: set a URL of http or https; what it holds is none',
    ],
    [{ GATEWAY_ALERT_ESCALATION_WEBHOOK: 'ftp://h/' }, 'GATEWAY_ALERT_ESCALATION_WEBHOOK: set a URL of http or https'],
    [{ GATEWAY_ALERT_MAIL_SERVER: 'm:25' }, 'GATEWAY_ALERT_MAIL_SERVER: set GATEWAY_ALERT_MAIL_TO'],
    [{ GATEWAY_ALERT_MAIL_TO: 'a@b' }, 'GATEWAY_ALERT_MAIL_SERVER=: set the host and port of a mail server'],
    [{ ...MAIL, GATEWAY_ALERT_MAIL_SERVER: 'mail' }, 'GATEWAY_ALERT_MAIL_SERVER=mail: set the host and port'],
    [{ ...MAIL, GATEWAY_ALERT_MAIL_USER: 'a' }, 'GATEWAY_ALERT_MAIL_USER: set GATEWAY_ALERT_MAIL_PASSWORD_FILE'],
    [{ GATEWAY_ALERT_WAIT: 'soon' }, 'GATEWAY_ALERT_WAIT=soon: set a duration above 0, as 30s, 5m or 4h'],
    [{ GATEWAY_ALERT_REPEAT: '0s' }, 'GATEWAY_ALERT_REPEAT=0s: set a duration above 0'],
  ])('%j is refused', (env, problem) => {
    expect(() => readPaging(env)).toThrow(problem)
  })
})
