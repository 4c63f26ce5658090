import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { casinoRules } from 'boxman/packs'
import PostalMime from 'postal-mime'
import { afterEach, describe, expect, it } from 'vitest'
import { eventually } from './support/boxman-serve.ts'
import { Craps } from './support/craps.ts'
import { mailServer } from './support/mail-server.ts'
import { PagedHouse } from './support/paged-house.ts'
import { listen, type Receiver } from './support/receiver.ts'

const ALERT = 'HighIngressToProofLatency'
const SLOW = ['v3', 'v4']
/** Each stage of a roll waits for one of the slow: three stages are above the rule's two seconds. */
const SLOW_MS = 750

/** The expression of the ready rule; its `for` of 5m and the interval of its group are shorter, for the test's sake. */
function rules(): string {
  const ready = casinoRules()
    .flatMap(({ rules: all }) => all)
    .find((rule) => 'alert' in rule && rule.alert === ALERT)
  const rule = { ...ready, for: '10s' }
  return JSON.stringify({ groups: [{ name: 'journey', interval: '1s', rules: [rule] }] }) // JSON is YAML
}

interface Message {
  readonly status: string
  readonly groupKey: string
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[]
  readonly boxman: {
    readonly id: string
    readonly reason: string
    readonly escalationLevel?: number
    readonly links: Readonly<Record<string, string>>
  }
}

function messages({ received }: Receiver): readonly Message[] {
  return received.map(({ body }) => JSON.parse(body) as Message)
}

const told = (receiver: Receiver): readonly string[] =>
  messages(receiver).map(({ status, boxman: { reason, escalationLevel } }) =>
    [status, reason, ...(escalationLevel === undefined ? [] : [escalationLevel])].join(' '),
  )

describe('journey: from a slow validator to a page', { timeout: 240_000 }, () => {
  const closing: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close()
  })

  it('is told once at each step, whenever the gateway is killed (G7, O11)', async ({ skip, signal }) => {
    const [hook, boss, mail] = [await listen(), await listen(), await mailServer(skip)]
    const folder = await mkdtemp(path.join(tmpdir(), 'boxman-journey-'))
    closing.push(() => rm(folder, { recursive: true }))
    const file = path.join(folder, 'rules.yml')
    await writeFile(file, rules())
    const args = ['--players', '0', '--tables', '1', '--slow', `${SLOW.join()}=${SLOW_MS}`, '--data', `${folder}/data`]
    const env = {
      BOXMAN_RULES: file,
      BOXMAN_STORE_INTERVAL: '500ms',
      GATEWAY_ALERT_WEBHOOK: `${hook.url}/on-call`,
      GATEWAY_ALERT_MAIL_TO: 'ops@example.org',
      GATEWAY_ALERT_MAIL_SERVER: mail.smarthost,
      GATEWAY_ALERT_MAIL_CA: mail.caFile,
      GATEWAY_ALERT_ESCALATION_WEBHOOK: `${boss.url}/second-line`,
      GATEWAY_ALERT_ESCALATE_AFTER: '6s',
      GATEWAY_ALERT_WAIT: '1s',
      GATEWAY_ALERT_INTERVAL: '2s',
      GATEWAY_ALERT_REPEAT: '1h',
      GATEWAY_FORK_SHARE: '0',
      VALIDATOR_REFUSE_SHARE: '0',
    }
    const start = async (): Promise<PagedHouse> => {
      const craps = await Craps.start([...args, '--duration', '200s'], env)
      closing.push(() => craps.stop())
      return new PagedHouse(craps, signal)
    }

    // Pending: nobody is told.
    const first = await start()
    expect(await first.state()).toBe('')
    await first.bet(4)
    await first.reaches(`${ALERT} pending`)
    await eventually(
      () => first.stored('ALERTS_FOR_STATE'),
      (samples) => samples.length >= 4,
      signal,
    )
    expect(await first.active()).toEqual([])
    expect(await first.state()).toBe(`${ALERT} pending`)
    expect(await first.kill()).toBe(1)

    // Firing: both channels are told. `for` went on; the time without a gateway does not count.
    const second = await start()
    await second.reaches(`${ALERT} firing`)
    const samples = (await second.stored('ALERTS_FOR_STATE')).map(([at, since]) => [at, Number(since)] as const)
    const again = samples.findIndex(([, since]) => since !== samples[0]?.[1])
    const [heldBefore = 0, heldAfter = 0, lasted = 0] = [samples[again - 1], samples[again], samples.at(-1)].map(
      (sample) => (sample === undefined ? 0 : sample[0] - sample[1]),
    )
    expect(heldBefore).toBeGreaterThan(2)
    // The beginning is stored in whole seconds.
    expect(heldAfter).toBeGreaterThan(heldBefore - 1.001)
    expect(lasted).toBeGreaterThanOrEqual(heldAfter)
    expect((samples[again]?.[1] ?? 0) > (samples[0]?.[1] ?? 0)).toBe(true)
    await second.hasTold('sent', 'on-call', 2)
    expect(told(hook)).toEqual(['firing first'])
    expect(mail.mails).toHaveLength(1)
    const labels = { alertname: ALERT, job: 'craps-gateway', severity: 'critical', category: 'gateway' }
    expect(await second.active()).toMatchObject([{ labels }])
    expect(await second.kill()).toBe(1)

    // Nobody acknowledges: the second line is told, and on-call is not told again.
    const third = await start()
    await third.hasTold('escalated', 'second-line', 1)
    expect(await third.kill()).toBe(1)

    // The ladder goes on.
    const fourth = await start()
    await fourth.hasTold('escalated', 'second-line', 2)
    expect(told(boss)).toEqual(['firing escalation 0', 'firing escalation 1'])
    expect(told(hook)).toEqual(['firing first'])
    const link = messages(boss).at(-1)?.boxman.links['acknowledge'] ?? ''
    expect(new URL(link).origin).toBe(fourth.admin)
    const acknowledged = await fetch(link, { method: 'POST', body: new URLSearchParams({ by: 'ann' }) })
    expect(acknowledged.status).toBe(200)
    expect(await fourth.kill()).toBe(1)

    // The acknowledgement holds: while it fires, nobody else is told.
    const fifth = await start()
    await fifth.reaches(`${ALERT} firing`)
    await fifth.evaluations(8)
    expect(told(boss)).toHaveLength(2)
    expect(told(hook)).toHaveLength(1)

    // The validators are as they were: it is over, and all who were told that it fires are told so.
    await fifth.faults({})
    await fifth.bet(200)
    await fifth.reaches('')
    await fifth.hasTold('sent', 'on-call', 4)
    await fifth.hasTold('sent', 'second-line', 1)
    await fifth.evaluations(4)
    expect(await fifth.active()).toEqual([])
    expect(told(hook)).toEqual(['firing first', 'resolved all-resolved'])
    expect(told(boss)).toEqual(['firing escalation 0', 'firing escalation 1', 'resolved all-resolved'])
    const mails = await Promise.all(mail.mails.map(({ raw }) => PostalMime.parse(raw)))
    expect(mails.map(({ subject }) => subject)).toEqual(
      ['[FIRING:1]', '[RESOLVED]'].map((status) => `${status} ${ALERT} craps-gateway (gateway critical)`),
    )
    expect(mail.mails.map(({ secure, to }) => [secure, to])).toEqual(mails.map(() => [true, ['ops@example.org']]))
    const ids = [...messages(hook), ...messages(boss)].map(({ boxman }) => boxman.id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(messages(hook).map(({ alerts }) => alerts)).toMatchObject([[{ labels }], [{ labels }]])

    const decisions = (await fifth.decisions()).map(({ receiver, integration, verdict, reason }) =>
      [receiver, integration, verdict, reason.replace(/\d{4}-[\d:.TZ-]+/, 'TIME')].join(' | '),
    )
    expect(decisions.slice(0, 1)).toEqual(['on-call |  | waiting | waits for others of its group until TIME'])
    // Who of both channels of a receiver is told first is not said.
    expect(decisions.slice(1, 3).toSorted()).toEqual([
      'on-call | on-call/email[0] | sent | first: 1 firing, 0 resolved',
      'on-call | on-call/webhook[0] | sent | first: 1 firing, 0 resolved',
    ])
    expect(decisions.slice(3, 6)).toEqual([
      'second-line | second-line/webhook[0] | escalated | escalation, step 1: 1 firing, 0 resolved',
      'second-line | second-line/webhook[0] | escalated | escalation, step 2: 1 firing, 0 resolved',
      'on-call |  | acknowledged | acknowledged by ann, by the link sent to second-line',
    ])
    expect(decisions.slice(6).toSorted()).toEqual([
      'on-call | on-call/email[0] | sent | all-resolved: 0 firing, 1 resolved',
      'on-call | on-call/webhook[0] | sent | all-resolved: 0 firing, 1 resolved',
      'second-line | second-line/webhook[0] | sent | all-resolved: 0 firing, 1 resolved',
    ])
    expect(await fifth.craps.stop()).toBe(0)
  })
})
