import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv, type AnySchema, type ValidateFunction } from 'ajv'
import ajvFormats from 'ajv-formats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyNotification, hostOf, notificationOf } from '../../../test/support/notifications.ts'
import { root } from '../../../test/support/peer.ts'
import type { Notification } from '../dispatch-types.ts'
import { LabelSet } from '../../series/index.ts'
import { createChannel, MessageTemplates } from '../index.ts'

const contracts = path.join(process.env['BOXMAN_SHARED'] ?? path.join(root, '..', 'shared'), 'contracts')
const missing = `the contracts are not at ${contracts}; BOXMAN_SHARED names the folder above them`

const ajv = new Ajv({ strict: false, allErrors: false })
ajvFormats.default(ajv)
ajv.addFormat('phone-number', /^\+[1-9]\d{1,14}$/)

function schemaOf(file: string): AnySchema {
  const {
    $schema: _,
    id: __,
    ...schema
  } = JSON.parse(readFileSync(path.join(contracts, file), 'utf8')) as Record<string, unknown>
  return schema
}

const EVENT: AnySchema = {
  type: 'object',
  required: ['routing_key', 'event_action', 'dedup_key', 'payload'],
  additionalProperties: false,
  properties: {
    routing_key: { type: 'string', minLength: 32, maxLength: 32 },
    event_action: { enum: ['trigger', 'acknowledge', 'resolve'] },
    dedup_key: { type: 'string', minLength: 1, maxLength: 255 },
    client: { type: 'string' },
    client_url: { type: 'string', format: 'uri' },
    payload: {
      type: 'object',
      required: ['summary', 'source', 'severity'],
      additionalProperties: false,
      properties: {
        summary: { type: 'string', minLength: 1, maxLength: 1024 },
        source: { type: 'string', minLength: 1 },
        severity: { enum: ['critical', 'error', 'warning', 'info'] },
        timestamp: { type: 'string', format: 'date-time' },
        component: { type: 'string' },
        group: { type: 'string' },
        class: { type: 'string' },
        custom_details: { type: 'object' },
      },
    },
    images: {
      type: 'array',
      items: { type: 'object', required: ['src'], properties: { src: { type: 'string', pattern: '^https://' } } },
    },
    links: {
      type: 'array',
      items: {
        type: 'object',
        required: ['href'],
        properties: { href: { type: 'string', minLength: 1 }, text: { type: 'string' } },
      },
    },
  },
}

const texts = { type: 'object', additionalProperties: { type: 'string' } }
const ALERTMANAGER: AnySchema = {
  type: 'object',
  required: [
    'version',
    'groupKey',
    'truncatedAlerts',
    'status',
    'receiver',
    'groupLabels',
    'commonLabels',
    'commonAnnotations',
    'externalURL',
    'alerts',
  ],
  additionalProperties: false,
  properties: {
    version: { const: '4' },
    groupKey: { type: 'string' },
    truncatedAlerts: { type: 'integer', minimum: 0 },
    status: { enum: ['firing', 'resolved'] },
    receiver: { type: 'string' },
    groupLabels: texts,
    commonLabels: texts,
    commonAnnotations: texts,
    externalURL: { type: 'string' },
    alerts: {
      type: 'array',
      items: {
        type: 'object',
        required: ['status', 'labels', 'annotations', 'startsAt', 'endsAt', 'generatorURL', 'fingerprint'],
        additionalProperties: false,
        properties: {
          status: { enum: ['firing', 'resolved'] },
          labels: texts,
          annotations: texts,
          startsAt: { type: 'string', pattern: '^[+-]?\\d{4,6}-\\d\\d-\\d\\dT' },
          endsAt: { type: 'string', pattern: '^[+-]?\\d{4,6}-\\d\\d-\\d\\dT' },
          generatorURL: { type: 'string' },
          fingerprint: { type: 'string', pattern: '^[0-9a-f]{16}$' },
        },
      },
    },
    boxman: { type: 'object' },
  },
}

const string = (maxLength: number): AnySchema => ({ type: 'string', minLength: 1, maxLength })
const DISCORD: AnySchema = {
  type: 'object',
  required: ['embeds'],
  properties: {
    content: string(2000),
    username: string(80),
    embeds: {
      type: 'array',
      minItems: 1,
      maxItems: 10,
      items: {
        type: 'object',
        required: ['title', 'description'],
        properties: { title: string(256), description: string(4096), color: { type: 'integer', maximum: 0xffffff } },
      },
    },
  },
}
const TELEGRAM: AnySchema = {
  type: 'object',
  required: ['chat_id', 'text'],
  properties: { chat_id: { type: ['integer', 'string'] }, text: string(4096), parse_mode: { enum: ['HTML'] } },
}
const NTFY: AnySchema = {
  type: 'object',
  required: ['topic', 'message'],
  properties: {
    topic: { type: 'string', pattern: '^[-_A-Za-z0-9]{1,64}$' },
    title: string(250),
    message: { type: 'string' },
    priority: { type: 'integer', minimum: 1, maximum: 5 },
    actions: { type: 'array', maxItems: 3 },
  },
}

interface Contract {
  readonly options: Readonly<Record<string, unknown>>
  /** Of section and file, made when first used. */
  readonly schema: () => AnySchema
  readonly value: (body: string) => unknown
  readonly limits: (body: string, value: unknown) => void
}

const bytesAtMost =
  (most: number) =>
  (body: string): void =>
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(most)

/** Slack's limits, which its schema does not have. */
function slackLimits(body: string): void {
  expect(body.length).toBeLessThanOrEqual(12_000)
  const { attachments } = JSON.parse(body) as { attachments: { blocks: Record<string, unknown>[] }[] }
  const blocks = attachments.flatMap((attachment) => attachment.blocks)
  expect(blocks.length).toBeGreaterThan(0)
  expect(blocks.length).toBeLessThanOrEqual(50)
  for (const block of blocks as {
    text?: { text: string }
    elements?: { url?: string; text?: { text: string } | string }[]
  }[]) {
    if (block.text !== undefined) expect(block.text.text.length).toBeLessThanOrEqual(3000)
    expect((block.elements ?? []).length).toBeLessThanOrEqual(25)
    for (const { url = '', text } of block.elements ?? []) {
      expect(url.length).toBeLessThanOrEqual(3000)
      if (typeof text === 'object') expect(text.text.length).toBeLessThanOrEqual(75)
    }
  }
}

const CONTRACTS: Readonly<Record<string, Contract>> = {
  pagerduty: {
    options: { routing_key: 'r'.repeat(32) },
    schema: () => EVENT,
    value: (body): unknown => JSON.parse(body),
    limits: bytesAtMost(512 * 1024),
  },
  slack: {
    options: { api_url: 'https://hooks.slack.com/services/T0/B0/xxxxxxxxxxxx' },
    schema: () => schemaOf('slack-webhook.schema.json'),
    value: (body): unknown => JSON.parse(body),
    limits: slackLimits,
  },
  msteams: {
    options: { webhook_url: 'https://x.logic.azure.com/workflows/1?sig=abcdefghijklmnop' },
    schema: () => schemaOf('adaptive-card-1.5.schema.json'),
    value(body) {
      const message = JSON.parse(body) as { type: string; attachments: { contentType: string; content: object }[] }
      expect(message).toMatchObject({
        type: 'message',
        attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null }],
      })
      const { msteams: _, ...card } = (message.attachments[0]?.content ?? {}) as { msteams?: object }
      return card
    },
    limits: bytesAtMost(28 * 1024),
  },
  sms: {
    options: { account_sid: `AC${'a'.repeat(32)}`, auth_token: 't0ken', from: '+15550001111', to: '+15552223333' },
    schema() {
      const { paths, components } = schemaOf('twilio-messages.openapi.json') as {
        components: object
        paths: Record<string, { post: { requestBody: { content: Record<string, { schema: AnySchema }> } } }>
      }
      const [operation] = Object.values(paths)
      const schema = operation?.post.requestBody.content['application/x-www-form-urlencoded']?.schema
      return typeof schema === 'object' ? { ...schema, components } : false
    },
    value(body) {
      const { ValidityPeriod, ...form } = Object.fromEntries(new URLSearchParams(body))
      return { ...form, ValidityPeriod: Number(ValidityPeriod) }
    },
    limits: (_, form) => expect((form as { Body: string }).Body.length).toBeLessThanOrEqual(1600),
  },
  webhook: {
    options: { url: 'http://127.0.0.1:1/hook' },
    schema: () => ALERTMANAGER,
    value: (body): unknown => JSON.parse(body),
    limits: () => undefined,
  },
  discord: {
    options: { webhook_url: 'https://discord.com/api/webhooks/1/abcdefghijklmnop' },
    schema: () => DISCORD,
    value: (body): unknown => JSON.parse(body),
    limits: bytesAtMost(64 * 1024),
  },
  telegram: {
    options: { bot_token: '123:abc', chat_id: -100 },
    schema: () => TELEGRAM,
    value: (body): unknown => JSON.parse(body),
    limits: bytesAtMost(64 * 1024),
  },
  ntfy: {
    options: { url: 'https://ntfy.sh/alerts' },
    schema: () => NTFY,
    value: (body): unknown => JSON.parse(body),
    limits: (_, value) => expect(Buffer.byteLength((value as { message: string }).message)).toBeLessThanOrEqual(4096),
  },
}
const FILES: Readonly<Record<string, string>> = {
  slack: 'slack-webhook.schema.json',
  msteams: 'adaptive-card-1.5.schema.json',
  sms: 'twilio-messages.openapi.json',
}

const validators = new Map<string, ValidateFunction>()

function validatorOf(kind: string, { schema }: Contract): ValidateFunction {
  const known = validators.get(kind) ?? ajv.compile(schema())
  validators.set(kind, known)
  return known
}

async function check(
  kind: string,
  contract: Contract,
  notification: Notification,
  own: Readonly<Record<string, unknown>> = {},
  templates = new MessageTemplates(),
): Promise<string> {
  const options = { ...contract.options, ...own }
  const channel = createChannel({ kind, key: `t/${kind}[0]`, sendResolved: true, options }, hostOf({ templates }))
  const { body: shown, fault } = await channel.preview(notification)
  // A preview hides the key that PagerDuty's contract wants.
  const body = kind === 'pagerduty' ? shown.replace('"routing_key":"***"', `"routing_key":"${'r'.repeat(32)}"`) : shown
  const value = contract.value(body)
  const validate = validatorOf(kind, contract)
  expect(validate(value) ? [] : validate.errors).toEqual([])
  contract.limits(body, value)
  expect(body.isWellFormed()).toBe(true)
  expect(/\\ud[89ab][0-9a-f]{2}(?!\\ud[c-f])/i.test(body)).toBe(false)
  return fault ?? ''
}

const kinds = Object.entries(CONTRACTS)

describe('messages keep the contracts of their receivers', () => {
  it.for(kinds)('%s: an ordinary message', async ([kind, contract], { skip }) => {
    skip(FILES[kind] !== undefined && !existsSync(contracts), missing)
    expect(await check(kind, contract, notificationOf())).toBe('')
    expect(await check(kind, contract, notificationOf({ status: 'resolved', reason: 'all-resolved' }))).toBe('')
  })

  it.for(kinds)('%s: says what matters, and calls nobody by a label', async ([kind, contract]) => {
    const options = { ...contract.options }
    const channel = createChannel({ kind, key: `t/${kind}[0]`, sendResolved: true, options }, hostOf())
    const shout = LabelSet.of({ alertname: '<!channel> [x](http://evil.example) <b>', severity: 'critical' })
    const notification = notificationOf({ reason: 'escalation', escalationLevel: 1, groupLabels: shout })
    const { body } = await channel.preview(notification)
    const told = kind === 'sms' ? decodeURIComponent(body.replaceAll('+', ' ')) : body
    const own = ['Latency of a:9090 is high', 'http://boxman.example:9464/ack?token=abc']
    const full = [
      'since 2026-03-01 10:18 UTC',
      '2.41 s',
      'step 2',
      'https://runbooks.example/latency',
      'instance',
      '11m',
    ]
    const wanted = kind === 'webhook' ? own : kind === 'sms' ? [...own, ...full.slice(0, 3)] : [...own, ...full]
    expect(wanted.filter((each) => !told.includes(each))).toEqual([])
    // As their marks these would call all, lead elsewhere or break the message.
    const marks: Readonly<Record<string, string>> = { slack: '<!channel>', telegram: '<!channel>', msteams: ' [x](' }
    const mark = marks[kind]
    expect(mark !== undefined && told.includes(mark)).toBe(false)
  })

  it.for(kinds)('%s: whatever is told', { timeout: 120_000 }, async ([kind, contract], { skip }) => {
    skip(FILES[kind] !== undefined && !existsSync(contracts), missing)
    await fc.assert(
      fc.asyncProperty(anyNotification, async (notification) => {
        await check(kind, contract, notification)
      }),
      { numRuns: 20 },
    )
  })

  it.for(kinds)('%s: whatever templates say', { timeout: 120_000 }, async ([kind, contract], { skip }) => {
    skip(FILES[kind] !== undefined && !existsSync(contracts), missing)
    const own: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
      pagerduty: {
        description: '{{ range .Alerts }}{{ .Labels }}{{ end }}',
        details: { all: '{{ . }}' },
        class: '{{ .Foo }}',
      },
      slack: {
        title: '{{ . }}',
        text: '{{ range .Alerts }}{{ .Annotations }}{{ end }}',
        pretext: '{{ .CommonLabels }}',
        footer: '{{ .Foo }}',
        title_link: '{{ .ExternalURL }}',
        color: '{{ .Receiver }}',
        username: '{{ .Receiver }}',
        fields: [{ title: '{{ .Receiver }}', value: '{{ . }}', short: true }],
        actions: [{ type: 'button', text: '{{ .Receiver }}', url: '{{ .ExternalURL }}', style: 'danger' }],
      },
      msteams: { title: '{{ . }}', text: '{{ range .Alerts }}{{ .Annotations }}{{ end }}' },
      sms: { body: '{{ . }}{{ .CommonLabels }}' },
      discord: { title: '{{ . }}', message: '{{ . }}', content: '{{ .CommonLabels }}', username: '{{ .Foo }}' },
      telegram: { message: '<b>{{ . }}</b>' },
      ntfy: { title: '{{ . }}', message: '{{ . }}{{ .Foo }}' },
    }
    await fc.assert(
      fc.asyncProperty(anyNotification, async (notification) => {
        await check(kind, contract, notification, own[kind])
      }),
      { numRuns: 10 },
    )
  })
})
