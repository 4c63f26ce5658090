import type { NotifyReason, Outcome } from '../../dispatch-types.ts'
import type { Attempt, ChannelKind, Rendered } from '../channel-kind.ts'
import type { HttpAnswer } from '../http.ts'
import { isObject } from '../option-reader.ts'
import { at, jsonOf, judge, told } from '../judge.ts'
import { render } from './slack-message.ts'
import { readSlackOptions, type SlackOptions } from './slack-options.ts'

/** Errors of Slack's methods after which nothing more will be taken. */
const GONE = new Set([
  'account_inactive',
  'channel_not_found',
  'channel_is_archived',
  'invalid_auth',
  'is_archived',
  'no_service',
  'not_authed',
  'org_login_required',
  'team_disabled',
  'token_expired',
  'token_revoked',
])
const TEMPORARY = new Set([
  'fatal_error',
  'internal_error',
  'rate_limited',
  'ratelimited',
  'request_timeout',
  'rollup_error',
  'service_unavailable',
  'team_added_to_org',
])
/** The message that was to be changed can be changed no more. */
const UNCHANGEABLE = new Set(['cant_update_message', 'edit_window_closed', 'message_not_found'])
/** For these people are to look again: a message that only changes tells nobody. */
const NEWS: ReadonlySet<NotifyReason> = new Set(['more-firing', 'repeat', 'escalation'])

type SlackAttempt = Attempt<SlackOptions, Rendered>

export const slack: ChannelKind<SlackOptions> = {
  name: 'slack',
  read: readSlackOptions,
  render,
  send(attempt): Promise<Outcome> {
    const { way } = attempt.options
    return way.kind === 'webhook' ? byWebhook(attempt, way.url) : byBot(attempt, way)
  },
}

async function byWebhook({ rendered, post, host }: SlackAttempt, url: URL): Promise<Outcome> {
  const { contentType, body } = rendered
  const answer = await post({ url, headers: { 'content-type': contentType }, body })
  const outcome = judge(answer, { now: host.now(), gone: [404, 410], retryAfter: secondsIn })
  if (outcome.kind !== 'delivered') return outcome
  if (answer.text.trim() === 'ok') return outcome
  return refusal(answer, answer.text.trim())
}

type Bot = Extract<SlackOptions['way'], { kind: 'bot' }>
type Called =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly error: string; readonly outcome: Outcome }

async function byBot(attempt: SlackAttempt, bot: Bot): Promise<Outcome> {
  const { notification, rendered, options } = attempt
  const message = jsonOf(rendered.body)
  const whole = isObject(message) ? message : {}
  const { previous, reason } = notification
  const [ts, channel] = [previous?.['ts'], previous?.['channel']]
  const inPlace = bot.update && ts !== undefined && channel !== undefined && reason !== 'first' && reason !== 'test'
  if (!inPlace) return posted(await call(attempt, bot, 'chat.postMessage', whole))
  if (NEWS.has(reason)) {
    const reply = await call(attempt, bot, 'chat.postMessage', { ...whole, thread_ts: ts, reply_broadcast: true })
    if (!reply.ok) return reply.outcome
  }
  const { attachments, text } = whole
  const update = await call(attempt, bot, 'chat.update', { channel, ts, text, attachments })
  if (update.ok) return { kind: 'delivered', note: { ts, channel } }
  // Whoever reads the channel has been told: an old message that stays as it was does not make it less so.
  if (NEWS.has(reason)) return { kind: 'delivered', note: { ts, channel } }
  if (!UNCHANGEABLE.has(update.error)) return update.outcome
  return posted(await call(attempt, bot, 'chat.postMessage', { ...whole, channel: options.channel }))
}

function posted(called: Called): Outcome {
  if (!called.ok) return called.outcome
  const [ts, channel] = [at(called.body, 'ts'), at(called.body, 'channel')]
  return {
    kind: 'delivered',
    ...(typeof ts === 'string' && typeof channel === 'string' ? { note: { ts, channel } } : {}),
  }
}

async function call({ post, host }: SlackAttempt, { api, token }: Bot, method: string, body: object): Promise<Called> {
  const headers = { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${token}` }
  const answer = await post({ url: new URL(method, api), headers, body: JSON.stringify(body) })
  const outcome = judge(answer, { now: host.now(), gone: [404, 410], retryAfter: secondsIn })
  const said = jsonOf(answer.text)
  const error = at(said, 'error')
  const name = typeof error === 'string' ? error : ''
  if (outcome.kind !== 'delivered') return { ok: false, error: name, outcome }
  return at(said, 'ok') === true ? { ok: true, body: said } : { ok: false, error: name, outcome: refusal(answer, name) }
}

/** A status of success with a body that says otherwise. */
function refusal(answer: HttpAnswer, error: string): Outcome {
  const reason = told(answer)
  if (GONE.has(error)) return { kind: 'gone', reason }
  const unread = answer.cut || error === ''
  return unread || TEMPORARY.has(error)
    ? { kind: 'temporary', reason: unread ? `${reason} (not the answer of Slack)` : reason }
    : { kind: 'permanent', reason }
}

function secondsIn(body: unknown): unknown {
  return at(body, 'retry_after')
}
