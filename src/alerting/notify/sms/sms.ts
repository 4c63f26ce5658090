import type { Notification, Outcome } from '../../dispatch-types.ts'
import { type MessageTemplates, Wording } from '../../message/index.ts'
import { headOf } from '../../message/plain-text.ts'
import { clip } from '../../message/truncate.ts'
import type { Attempt, ChannelKind, Rendered } from '../channel-kind.ts'
import { basicHeader, type HttpOptions, readHttpOptions } from '../http-options.ts'
import { at, jsonOf, judge, told as toldBy } from '../judge.ts'
import type { OptionReader } from '../option-reader.ts'

export interface SmsOptions {
  readonly http: HttpOptions
  readonly url: URL
  readonly authorization: string
  readonly to: readonly string[]
  readonly sender: { readonly From: string } | { readonly MessagingServiceSid: string }
  readonly text: string | undefined
  readonly validitySeconds: number
  readonly statusCallback: string | undefined
}

const API = 'https://api.twilio.com'
const MAX_BODY = 1600
/** A page that comes hours late does more harm than good. */
const VALIDITY_MS = 10 * 60_000
const MAX_VALIDITY_MS = 36_000_000
const MAX_CALLBACK = 4000
/** Twilio took nothing: too many requests, or too many at once. */
const NEVER_PROCESSED: readonly unknown[] = [20429, 14107]

export const sms: ChannelKind<SmsOptions> = {
  name: 'sms',
  read(reader: OptionReader): SmsOptions {
    const account = reader.needText('accountSid')
    const [user, password] = reader.has('apiKeySid')
      ? [reader.needText('apiKeySid'), reader.needSecret('apiKeySecret')]
      : [account, reader.needSecret('authToken')]
    const { authorization } = basicHeader(user, password)
    reader.remember(authorization.slice('Basic '.length))
    const to = reader.texts('to') ?? []
    if (to.length === 0 || !to.every((each) => /^\+[1-9]\d{1,14}$/.test(each))) {
      reader.fail('to', 'must be numbers such as +15551234567')
    }
    const service = reader.text('messagingServiceSid')
    const url = new URL(reader.url('apiUrl') ?? API)
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/2010-04-01/Accounts/${encodeURIComponent(account)}/Messages.json`
    const statusCallback = reader.text('statusCallback')
    if (statusCallback !== undefined && (!URL.canParse(statusCallback) || statusCallback.length > MAX_CALLBACK)) {
      reader.fail('statusCallback', `must be an address of at most ${MAX_CALLBACK} characters`)
    }
    return {
      http: readHttpOptions(reader),
      url,
      authorization,
      to,
      sender: service === undefined ? { From: reader.needText('from') } : { MessagingServiceSid: service },
      text: reader.text('body'),
      validitySeconds: Math.ceil(reader.durationMs('validityPeriod', VALIDITY_MS, MAX_VALIDITY_MS) / 1000),
      statusCallback,
    }
  },
  render,
  send,
}

type SmsAttempt = Attempt<SmsOptions, Rendered>

/** One message to each number; who has been told is left out when it is tried again. */
async function send(attempt: SmsAttempt): Promise<Outcome> {
  const { told, options } = attempt
  const sids: string[] = []
  const refused: string[] = []
  for (const to of options.to) {
    if (told.has(to)) continue
    const outcome = await sendOne(attempt, to)
    if (outcome.kind === 'temporary') return outcome
    told.add(to)
    if (outcome.kind === 'delivered') sids.push(...Object.values(outcome.note ?? {}))
    else refused.push(outcome.reason)
  }
  const reason = clip(refused.join('; '), 500)
  if (refused.length === options.to.length) return { kind: 'permanent', reason }
  return { kind: 'delivered', note: { sid: sids.join(' '), ...(reason === '' ? {} : { refused: reason }) } }
}

async function sendOne({ options, rendered, post, host }: SmsAttempt, to: string): Promise<Outcome> {
  const { url, authorization } = options
  const form = new URLSearchParams(rendered.body)
  form.set('To', to)
  const headers = { 'content-type': rendered.contentType, authorization }
  const answer = await post({ url, headers, body: form.toString() })
  const said = jsonOf(answer.text)
  if (NEVER_PROCESSED.includes(at(said, 'code'))) {
    const outcome = judge({ ...answer, status: 429 }, { now: host.now() })
    return outcome.kind === 'temporary' ? { ...outcome, reason: toldBy(answer) } : outcome
  }
  const outcome = judge(answer, { now: host.now() })
  if (outcome.kind !== 'delivered') return outcome
  if (at(said, 'status') === 'failed') return { kind: 'permanent', reason: toldBy(answer) }
  const sid = at(said, 'sid')
  return { kind: 'delivered', ...(typeof sid === 'string' ? { note: { sid } } : {}) }
}

/** A form for Twilio's Messages. */
export function render(notification: Notification, options: SmsOptions, templates: MessageTemplates): Rendered {
  const words = new Wording('sms', notification, templates)
  const text = words.text('text', options.text) ?? defaultText(words)
  const { fault, footer } = words
  const whole = plain(footer === '' ? text : `${text}\n${footer}`)
  const form = new URLSearchParams({
    To: options.to[0] ?? '',
    ...options.sender,
    Body: clip(whole === '' ? 'alert' : whole, MAX_BODY),
    ValidityPeriod: String(options.validitySeconds),
    ...(options.statusCallback === undefined ? {} : { StatusCallback: options.statusCallback }),
  })
  return { contentType: 'application/x-www-form-urlencoded', body: form.toString(), fault }
}

const MOST_ALERTS = 5

function defaultText({ message }: Wording): string {
  const { subject, notices, alerts, links, total } = message
  const shown = alerts.slice(0, MOST_ALERTS)
  const acknowledge = links.find(({ text }) => text === 'Acknowledge')
  return [
    ...notices,
    subject,
    ...shown.map((alert) => `${headOf(alert)}, ${alert.when}${alert.value === '' ? '' : `, value ${alert.value}`}`),
    ...(total > shown.length ? [`and ${total - shown.length} more alerts`] : []),
    ...(acknowledge === undefined ? [] : [`Acknowledge: ${acknowledge.url}`]),
  ].join('\n')
}

/** What is not in GSM's alphabet makes each part of a message half as long: pictures and typographic marks go. */
function plain(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\p{Extended_Pictographic}|[\u{FE0F}\u{200D}]/gu, '')
    .replaceAll(/[‘’]/g, "'")
    .replaceAll(/[“”]/g, '"')
    .replaceAll(/[–—]/g, '-')
    .replaceAll('…', '...')
    .replaceAll('\u00A0', ' ')
    .trim()
}
