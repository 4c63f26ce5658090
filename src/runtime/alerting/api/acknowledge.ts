import { parseDuration } from '../../../series/index.ts'
import { signedAs, visitorOf } from '../../admin/access/visitor.ts'
import { BodyReader, bytesOf, readJson } from './body.ts'
import { acknowledgePage, type AcknowledgeFacts, messagePage } from './acknowledge-page.ts'
import type { AckClaim } from './ack-token.ts'
import { type AlertingApiSources, type Answer, type Asked, json } from './endpoint.ts'
import { AlertingFault } from './fault.ts'

const MAX_BODY = 16 * 1024
const MAX_NAME = 200
const KEYS = ['groupKey', 'by', 'for', 'until', 'acknowledged']
const BODY = '{"groupKey": "{}:{alertname=\\"X\\"}", "by": "ann", "for": "2h"}'

/** A group's key and who acknowledges it, for how long or until when, or that it is acknowledged no more. */
export async function postAcknowledge({ door, now }: AlertingApiSources, { request }: Asked): Promise<Answer> {
  const read = new BodyReader('acknowledgement')
  const fields = read.fields(await readJson(request, 'acknowledgement', MAX_BODY), 'the body')
  const unknown = Object.keys(fields).filter((key) => !KEYS.includes(key))
  if (unknown.length > 0) throw bad(`${unknown.join(', ')}: unknown; known here: ${KEYS.join(', ')}`)
  const groupKey = read.text(fields['groupKey'], 'groupKey') ?? ''
  if (groupKey === '') throw bad(`groupKey: expected a group's key, in a body such as ${BODY}`)
  if (read.flag(fields['acknowledged'], 'acknowledged') === false) {
    if (!door.unacknowledge(groupKey, visitorOf(request).name)) throw nothingFires(groupKey)
    return json({ status: 'success', groupKey, acknowledged: false })
  }
  const stated = (read.text(fields['by'], 'by') ?? '').trim()
  const by = signedAs(request, stated)
  if (by === '' || stated.length > MAX_NAME) throw bad(`by: expected who it is, in 1 to ${MAX_NAME} characters`)
  const until = untilOf(read, fields, now())
  if (!door.acknowledge(groupKey, by, until)) throw nothingFires(groupKey)
  return json({
    status: 'success',
    groupKey,
    acknowledged: true,
    by,
    until: until === undefined ? null : new Date(until).toISOString(),
  })
}

function untilOf(read: BodyReader, fields: Readonly<Record<string, unknown>>, now: number): number | undefined {
  const lasts = read.text(fields['for'], 'for')
  const until = read.time(fields['until'], 'until')
  if (lasts === undefined) {
    if (until !== undefined && until <= now) throw bad('until: that time has passed')
    return until
  }
  if (until !== undefined) throw bad('for and until: only one of them can be said')
  const ms = durationMs(lasts)
  if (ms === undefined) throw bad(`for: expected a duration up to 10y such as "2h", given ${JSON.stringify(lasts)}`)
  return now + ms
}

const MAX_FOR_MS = 10 * 365 * 86_400_000

function durationMs(text: string): number | undefined {
  try {
    const ms = parseDuration(text)
    return ms > 0 && ms <= MAX_FOR_MS ? ms : undefined
  } catch {
    return undefined
  }
}

function nothingFires(groupKey: string): AlertingFault {
  return AlertingFault.coded(404, `nothing fires in a group ${groupKey}`)
}

function bad(message: string): AlertingFault {
  return AlertingFault.coded(400, message)
}

/** Of a signed link: only a page that asks, since who checks mail opens its links. */
export function showLink(sources: AlertingApiSources, { query }: Asked): Answer {
  const claim = claimOf(sources, query)
  if ('kind' in claim) return claim
  return { kind: 'page', status: 200, html: acknowledgePage(factsOf(sources, claim)) }
}

export async function followLink(sources: AlertingApiSources, { request, query }: Asked): Promise<Answer> {
  const form = new URLSearchParams(new TextDecoder().decode(await bytesOf(request, MAX_BODY)))
  const claim = claimOf(sources, query)
  if ('kind' in claim) return claim
  const name = (form.get('by') ?? '').trim().slice(0, MAX_NAME)
  const by = `${signedAs(request, name === '' ? 'somebody' : name)}, by the link sent to ${claim.receiver}`
  if (!sources.door.acknowledge(claim.groupKey, by)) {
    return page(404, 'Nothing fires here any more', 'There was nothing left to acknowledge.')
  }
  return page(200, 'Acknowledged', 'Nobody else is called; what is new in the group is still told.')
}

function claimOf({ readToken, now }: AlertingApiSources, query: URLSearchParams): AckClaim | Answer {
  if (readToken === undefined) return page(404, 'There are no such links', 'This service does not sign links.')
  const read = readToken(query.get('token') ?? '', now())
  if (read.ok) return read.claim
  return read.reason === 'expired'
    ? page(410, 'The link has expired', 'A later message has a new one.')
    : page(403, 'This is no valid link', 'Perhaps it was cut: copy all of it.')
}

function factsOf({ door }: AlertingApiSources, { groupKey, receiver }: AckClaim): AcknowledgeFacts {
  const groups = door.groups().filter((group) => group.groupKey === groupKey)
  const labels = groups[0]?.labels.toString() ?? groupKey
  return { labels, receiver, acknowledgedBy: groups.find(({ acknowledged }) => acknowledged)?.acknowledged?.by }
}

function page(status: number, title: string, text: string): Answer {
  return { kind: 'page', status, html: messagePage(title, text) }
}
