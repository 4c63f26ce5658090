import { createServer } from 'node:net'
import fc from 'fast-check'
import * as nodemailer from 'nodemailer'
import PostalMime, { type Email } from 'postal-mime'
import { describe, expect, it } from 'vitest'
import { type MailServer, mailServer } from '../../../../test/support/mail-server.ts'
import { anyNotification, hostOf, notificationOf } from '../../../../test/support/notifications.ts'
import { portOf } from '../../../../test/support/port-of.ts'
import { LabelSet } from '../../../series/index.ts'
import type { Notification, Outcome } from '../../dispatch-types.ts'
import { createChannel, MessageTemplates } from '../../index.ts'

function send(
  { smarthost, ca }: Pick<MailServer, 'smarthost' | 'ca'>,
  options: Readonly<Record<string, unknown>> = {},
  notification: Notification = notificationOf(),
  templates = new MessageTemplates(),
): Promise<Outcome> {
  const all = { smarthost, from: 'Boxman <boxman@example.org>', to: 'ops@example.org', tls_config: { ca }, ...options }
  const host = hostOf({ smtp: nodemailer, templates })
  const channel = createChannel({ kind: 'email', key: 'r/email[0]', sendResolved: true, options: all }, host)
  return channel.send(notification, new AbortController().signal)
}

function header({ headers }: Email, name: string): string | undefined {
  return headers.find(({ key }) => key === name)?.value
}

describe('email', () => {
  it('arrives over TLS as a text and a page, in the thread of its group', async ({ skip }) => {
    const server = await mailServer(skip)
    const auth = { auth_username: 'ann', auth_password: 'right' }
    const outcome = await send(server, auth)
    await send(server, { ...auth, to: 'a@example.org, b@example.org' }, notificationOf({ id: 'n-2', reason: 'repeat' }))
    await send(server, auth, notificationOf({ groupKey: '{}:{alertname="Other"}' }))
    const mails = await Promise.all(server.mails.map(({ raw }) => PostalMime.parse(raw)))
    const [first, second, other] = mails
    expect(server.mails.map(({ secure }) => secure)).toEqual([true, true, true])
    expect(server.mails[1]?.to).toEqual(['a@example.org', 'b@example.org'])
    expect(first).toMatchObject({
      subject: '[FIRING:1] HighLatency (critical)',
      from: { name: 'Boxman', address: 'boxman@example.org' },
    })
    expect(first?.text).toContain('FIRING: Latency of a:9090 is high')
    expect(first?.text).toContain('since 2026-03-01 10:18 UTC, for 12m')
    expect(first?.text).toContain('value: 2.41 s')
    expect(first?.text).toContain('took 11m, until 2026-03-01 10:29 UTC')
    for (const url of [
      'https://runbooks.example/latency',
      'http://boxman.example:9464/ack?token=abc',
      '/#/silences/new?filter=',
    ]) {
      expect(first?.text).toContain(url)
      expect(first?.html).toContain(url)
    }
    expect(first === undefined ? '' : header(first, 'auto-submitted')).toBe('auto-generated')
    const threads = mails.map((mail) => header(mail, 'references'))
    expect(threads[0]).toMatch(/^<[\da-f]{32}@example\.org>$/)
    expect(threads[1]).toBe(threads[0])
    expect(threads[2]).not.toBe(threads[0])
    expect(first?.messageId).not.toBe(second?.messageId)
    expect(outcome).toEqual({ kind: 'delivered', note: { messageId: first?.messageId } })
    // The same notification is the same mail.
    expect(other?.messageId).toBe(first?.messageId)
  })

  it('does not trust whom it does not know', async ({ skip }) => {
    const server = await mailServer(skip)
    const outcome = await send(server, { tls_config: {} })
    expect(outcome).toMatchObject({ kind: 'temporary', reason: expect.stringMatching(/certificate/) })
    expect(await send(server, { tls_config: { insecure_skip_verify: true } })).toMatchObject({ kind: 'delivered' })
    expect(server.mails).toHaveLength(1)
  })

  it('sends nothing in the clear unless it is told to', async ({ skip }) => {
    const server = await mailServer(skip, {
      hideSTARTTLS: true,
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
    })
    const auth = { auth_username: 'ann', auth_password: 'right' }
    expect(await send(server, auth)).toMatchObject({ kind: 'permanent' })
    expect(server.mails).toEqual([])
    expect(await send(server, { ...auth, require_tls: false })).toMatchObject({ kind: 'delivered' })
    expect(server.mails.map(({ secure }) => secure)).toEqual([false])
  })

  it('speaks TLS from the first byte where that is wanted', async ({ skip }) => {
    const server = await mailServer(skip, { secure: true })
    expect(await send(server, { implicit_tls: true })).toMatchObject({ kind: 'delivered' })
    expect(server.mails.map(({ secure }) => secure)).toEqual([true])
  })

  it('a refused login is permanent, and its password is told to nobody', async ({ skip }) => {
    const server = await mailServer(skip, {
      onAuth: ({ password = '' }, _, done) => done(Object.assign(new Error(`no: ${password}`), { responseCode: 535 })),
    })
    const outcome = await send(server, { auth_username: 'ann', auth_password: 'hunter2hunter2' })
    expect(outcome).toMatchObject({ kind: 'permanent', reason: expect.stringMatching(/535/) })
    expect(JSON.stringify(outcome)).not.toContain('hunter2')
  })

  it.each([
    [450, 'temporary'],
    [451, 'temporary'],
    [421, 'temporary'],
    [550, 'permanent'],
    [552, 'permanent'],
  ])('%i for whom it is to is %s', async (responseCode, kind) => {
    const server = await mailServer(() => expect.unreachable(), {
      onRcptTo: (_, __, done) => done(Object.assign(new Error('come again'), { responseCode })),
    })
    expect(await send(server)).toMatchObject({ kind, reason: expect.stringContaining(String(responseCode)) })
  })

  it('who is refused while others are not is noted', async ({ skip }) => {
    const server = await mailServer(skip, {
      onRcptTo: ({ address }, _, done) =>
        address.startsWith('b') ? done(Object.assign(new Error('unknown'), { responseCode: 550 })) : done(),
    })
    const outcome = await send(server, { to: 'a@example.org, b@example.org' })
    expect(outcome).toMatchObject({ kind: 'delivered', note: { rejected: 'b@example.org' } })
  })

  it('a server that says nothing, or is not there', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined))
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const port = portOf(server)
    const place = { smarthost: `127.0.0.1:${port}`, ca: '' }
    const silent = await send(place, { timeout: 150, tls_config: {} })
    expect(silent).toEqual({ kind: 'temporary', reason: 'no answer within 150 ms' })
    server.close()
    expect(await send(place, { tls_config: {} })).toMatchObject({ kind: 'temporary' })
  })

  it('labels write no headers', async ({ skip }) => {
    const server = await mailServer(skip)
    const labels = LabelSet.of({ alertname: 'A\r\nBcc: eve@example.org\r\n\r\nbody' })
    const headers = { 'X-Team': 'ops\r\nBcc: eve@example.org', 'Bad Name': 'x', Bcc: 'eve@example.org' }
    await send(server, { headers }, notificationOf({ groupLabels: labels, commonLabels: labels }))
    expect(server.mails[0]?.to).toEqual(['ops@example.org'])
    const mail = await PostalMime.parse(server.mails[0]?.raw ?? '')
    expect(mail.headers.map(({ key }) => key)).not.toContain('bcc')
    expect(header(mail, 'x-team')).toBe('ops Bcc: eve@example.org')
  })

  it('templates of its configuration, escaped in the page; a fault leaves the default', async ({ skip }) => {
    const server = await mailServer(skip)
    const options = {
      headers: { Subject: '{{ .Status }} of {{ .GroupLabels.alertname }}' },
      html: '<p>{{ (index .Alerts 0).Annotations.summary }}</p>{{ template "email.default.html" . }}',
      text: '{{ .Nope }}',
    }
    const annotations = LabelSet.of({ summary: '<script>x</script>' })
    const [alert] = notificationOf().alerts
    const alerts = alert === undefined ? [] : [{ ...alert, annotations }]
    const outcome = await send(server, options, notificationOf({ alerts }))
    const mail = await PostalMime.parse(server.mails[0]?.raw ?? '')
    expect(mail.subject).toBe('firing of HighLatency')
    expect(mail.html).toContain('<p>&lt;script&gt;x&lt;/script&gt;</p>')
    expect(mail.html).not.toContain('<script>')
    expect(mail.text).toContain('FIRING: <script>x</script>')
    expect(mail.text).toContain("can't evaluate field Nope")
    expect(outcome).toMatchObject({ kind: 'delivered', note: { templateFault: expect.stringMatching(/Nope/) } })
  })

  it('needs nodemailer, and says so', async () => {
    const options = { smarthost: '127.0.0.1:1', from: 'a@b', to: 'c@d' }
    const channel = createChannel({ kind: 'email', key: 'r/email[0]', sendResolved: true, options }, hostOf())
    expect(await channel.send(notificationOf(), new AbortController().signal)).toMatchObject({
      kind: 'permanent',
      reason: expect.stringMatching(/npm install nodemailer/),
    })
  })

  it('whatever is told arrives, in a page that is not too long', { timeout: 120_000 }, async ({ skip }) => {
    const server = await mailServer(skip, { secure: false })
    await fc.assert(
      fc.asyncProperty(anyNotification, async (notification) => {
        server.mails.length = 0
        expect(await send(server, {}, notification)).toMatchObject({ kind: 'delivered' })
        const mail = await PostalMime.parse(server.mails[0]?.raw ?? '')
        expect(mail.html?.length).toBeLessThan(100_000)
        expect(mail.subject?.length).toBeLessThanOrEqual(250)
        expect(mail.text).not.toBe('')
      }),
      { numRuns: 25 },
    )
  })
})
