import { readMatchers } from '../../../alerting/index.ts'
import type { Matcher } from '../../../series/index.ts'
import { BodyReader, readJson } from './body.ts'
import { type AlertingApiSources, type Answer, type Asked, json } from './endpoint.ts'
import { bad, untilOf } from './lasting.ts'

const MAX_BODY = 64 * 1024
const KEYS = ['matchers', 'for', 'until', 'by', 'reason']
const BODY = '{"matchers": ["service=\\"db\\""], "for": "2h", "by": "ann", "reason": "upgrade"}'

/** What is worked on, for how long or until when, by whom and why. It is a silence, and can be ended as one. */
export async function postMaintenance({ door, now }: AlertingApiSources, { request }: Asked): Promise<Answer> {
  const read = new BodyReader('maintenance')
  const fields = read.fields(await readJson(request, 'maintenance', MAX_BODY), 'the body')
  const unknown = Object.keys(fields).filter((key) => !KEYS.includes(key))
  if (unknown.length > 0) throw bad(`${unknown.join(', ')}: unknown; known here: ${KEYS.join(', ')}`)
  const matchers = matchersIn(read, fields['matchers'])
  const [by = '', reason = ''] = [read.text(fields['by'], 'by'), read.text(fields['reason'], 'reason')]
  const startsAt = now()
  const endsAt = untilOf(read, fields, startsAt)
  if (endsAt === undefined) throw bad(`for: expected how long it lasts, in a body such as ${BODY}`)
  const set = door.setSilence({ matchers, startsAt, endsAt, createdBy: by, comment: reason, maintenance: {} })
  if (!set.ok) throw bad(set.reason.replace('createdBy', 'by').replace('comment', 'reason'))
  return json({ status: 'success', silenceID: set.id, endsAt: new Date(endsAt).toISOString() })
}

function matchersIn(read: BodyReader, value: unknown): readonly Matcher[] {
  if (value === undefined) throw bad(`matchers: expected what is worked on, in a body such as ${BODY}`)
  return read.list(value, 'matchers').flatMap((each, i) => {
    const text = read.text(each, `matchers.${i}`) ?? ''
    const found = readMatchers(text)
    if (!found.ok) throw bad(`matchers.${i}: ${found.fault}; write it like service="db"`)
    return found.matchers
  })
}
