import { type AlertingConfig, defineAlerting, type IntegrationInput } from 'boxman/alerting'
import { parseDuration } from 'boxman/series'

type Environment = Readonly<Record<string, string | undefined>>

/** Who is told of alerts, and when; durations are as Prometheus writes them. */
export interface Paging {
  readonly webhook: string | undefined
  readonly mail: Mail | undefined
  /** Told when nobody acknowledges. */
  readonly escalationWebhook: string | undefined
  readonly escalateAfter: string
  readonly wait: string
  readonly interval: string
  readonly repeat: string
}

interface Mail {
  readonly to: string
  /** `host:port`; it must speak TLS. */
  readonly server: string
  readonly from: string
  /** A file of certificates that are trusted besides the system's. */
  readonly ca: string | undefined
  readonly user: string | undefined
  readonly passwordFile: string | undefined
}

/** @throws RangeError that names the variable, what it holds and what it should. */
export function readPaging(env: Environment): Paging {
  return {
    webhook: readUrl(env, 'GATEWAY_ALERT_WEBHOOK'),
    mail: readMail(env),
    escalationWebhook: readUrl(env, 'GATEWAY_ALERT_ESCALATION_WEBHOOK'),
    escalateAfter: readDuration(env, 'GATEWAY_ALERT_ESCALATE_AFTER', '10m'),
    wait: readDuration(env, 'GATEWAY_ALERT_WAIT', '30s'),
    interval: readDuration(env, 'GATEWAY_ALERT_INTERVAL', '5m'),
    repeat: readDuration(env, 'GATEWAY_ALERT_REPEAT', '4h'),
  }
}

/** Critical ones go up a ladder until somebody acknowledges; without an address alerts are only kept and shown. */
export function pagingConfig({ webhook, mail, escalationWebhook, ...times }: Paging): AlertingConfig {
  const { escalateAfter: after, wait, interval, repeat } = times
  return defineAlerting({
    route: {
      receiver: 'on-call',
      groupBy: ['alertname', 'job'],
      groupWait: wait,
      groupInterval: interval,
      repeatInterval: repeat,
      routes: [{ matchers: ['severity="critical"'], boxman: { escalation: 'ladder' } }],
    },
    receivers: [
      {
        name: 'on-call',
        webhookConfigs: webhook === undefined ? [] : [{ url: webhook }],
        emailConfigs: mail === undefined ? [] : [emailOf(mail)],
      },
      { name: 'second-line', webhookConfigs: escalationWebhook === undefined ? [] : [{ url: escalationWebhook }] },
    ],
    boxman: {
      // A second time to the same, in case that one was overheard.
      escalations: [{ name: 'ladder', steps: [{ after, receiver: 'second-line' }], repeats: 3 }],
    },
  })
}

function emailOf({ to, server, from, ca, user, passwordFile }: Mail): IntegrationInput<'email'> {
  return {
    to,
    from,
    smarthost: server,
    sendResolved: true,
    ...(user !== undefined && { authUsername: user, authPasswordFile: passwordFile }),
    ...(ca !== undefined && { tlsConfig: { caFile: ca } }),
  }
}

function readMail(env: Environment): Mail | undefined {
  const [to, server] = [text(env, 'GATEWAY_ALERT_MAIL_TO'), text(env, 'GATEWAY_ALERT_MAIL_SERVER')]
  if (to === undefined && server === undefined) return undefined
  if (to === undefined) throw new RangeError('GATEWAY_ALERT_MAIL_SERVER: set GATEWAY_ALERT_MAIL_TO, an address, too')
  if (server === undefined || !/^[^\s:]+:\d{1,5}$/.test(server)) {
    throw new RangeError(
      `GATEWAY_ALERT_MAIL_SERVER=${server ?? ''}: set the host and port of a mail server, as mail.example.org:587`,
    )
  }
  const [user, passwordFile] = [text(env, 'GATEWAY_ALERT_MAIL_USER'), text(env, 'GATEWAY_ALERT_MAIL_PASSWORD_FILE')]
  if (user !== undefined && passwordFile === undefined) {
    throw new RangeError('GATEWAY_ALERT_MAIL_USER: set GATEWAY_ALERT_MAIL_PASSWORD_FILE, which holds the password, too')
  }
  const from = text(env, 'GATEWAY_ALERT_MAIL_FROM') ?? 'Craps gateway <craps-gateway@localhost>'
  return { to, server, from, ca: text(env, 'GATEWAY_ALERT_MAIL_CA'), user, passwordFile }
}

function readUrl(env: Environment, name: string): string | undefined {
  const url = text(env, name)
  if (url === undefined || (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))) return url
  // It may hold a token.
  throw new RangeError(`${name}: set a URL of http or https; what it holds is none`)
}

function readDuration(env: Environment, name: string, fallback: string): string {
  const given = text(env, name) ?? fallback
  try {
    if (parseDuration(given) > 0) return given
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  throw new RangeError(`${name}=${given}: set a duration above 0, as 30s, 5m or 4h`)
}

function text(env: Environment, name: string): string | undefined {
  const given = env[name]
  return given === '' ? undefined : given
}
