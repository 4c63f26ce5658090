import { Matcher, PatternError } from '../../../series/index.ts'
import { signedAs } from '../../admin/access/visitor.ts'
import type { ListedSilence } from '../door.ts'
import { BodyReader, readJson, required, tooFew, wrongType } from './body.ts'
import { type AlertingApiSources, type Answer, type Asked, json, NOTHING } from './endpoint.ts'
import { AlertingFault } from './fault.ts'
import { flagOf, matchersOf } from './filter.ts'

const MAX_BODY = 256 * 1024
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i
const NOT_FOUND = 'silence not found'
const STATES = ['active', 'pending', 'expired'] as const

export function getSilences({ door }: AlertingApiSources, { query }: Asked): Answer {
  const matchers = matchersOf(query, 'filter')
  const shown = new Set<string>(STATES.filter((state) => flagOf(query, state)))
  const found = door
    .silences()
    .filter(({ state }) => shown.has(state))
    .filter((silence) => {
      // Those that say just this; not what they would match.
      const own = new Set(silence.matchers.map((matcher) => matcher.toString()))
      return matchers.every((matcher) => own.has(matcher.toString()))
    })
    .sort(compareSilences)
  return json(found.map(silenceJson))
}

export function getSilence(sources: AlertingApiSources, { name }: Asked): Answer {
  const found = silenceOf(sources, name)
  return found === undefined ? { kind: 'json', status: 404, body: undefined } : json(silenceJson(found))
}

export function deleteSilence(sources: AlertingApiSources, { name }: Asked): Answer {
  const found = silenceOf(sources, name)
  if (found === undefined) throw AlertingFault.said(404, NOT_FOUND)
  // Over already is as good.
  if (found.state !== 'expired') sources.door.expireSilence(found.id)
  return NOTHING
}

export async function postSilence({ door, now }: AlertingApiSources, { request }: Asked): Promise<Answer> {
  const { startsAt, endsAt, matchers: said, ...rest } = readSilence(await readJson(request, 'silence', MAX_BODY))
  if (startsAt >= endsAt) throw AlertingFault.said(400, 'Failed to create silence: start time must be before end time')
  if (endsAt < now()) throw AlertingFault.said(400, `Failed to create silence: end time can't be in the past`)
  const matchers = said.map(matcherOf)
  // One that says what is not counts as one that an empty value fails.
  if (matchers.every((matcher) => !matcher.operator.startsWith('!') && matcher.matches(''))) {
    throw AlertingFault.said(400, 'silence invalid: at least one matcher must not match the empty string')
  }
  const createdBy = signedAs(request, rest.createdBy)
  const set = door.setSilence({ ...rest, createdBy, startsAt, endsAt, matchers })
  if (set.ok) return json({ silenceID: set.id })
  throw AlertingFault.said(set.status, set.status === 404 ? NOT_FOUND : `silence invalid: ${set.reason}`)
}

function silenceOf({ door }: AlertingApiSources, id: string): ListedSilence | undefined {
  if (!UUID.test(id)) throw wrongType('silenceID', 'path', 'uuid', id)
  return door.silences().find((silence) => silence.id === id.toLowerCase())
}

export interface SaidMatcher {
  readonly name: string
  readonly value: string
  readonly isRegex: boolean
  readonly isEqual: boolean
}

interface SaidSilence {
  readonly id: string | undefined
  readonly matchers: readonly SaidMatcher[]
  readonly startsAt: number
  readonly endsAt: number
  readonly createdBy: string
  readonly comment: string
  readonly annotations: Readonly<Record<string, string>> | undefined
}

function readSilence(body: unknown): SaidSilence {
  const read = new BodyReader('silence')
  const fields = body === null ? {} : read.fields(body, 'the body')
  const id = read.text(fields['id'], 'id')
  const comment = read.text(fields['comment'], 'comment')
  const createdBy = read.text(fields['createdBy'], 'createdBy')
  const annotations = read.texts(fields['annotations'], 'annotations')
  const [startsAt, endsAt] = [timeIn(read, fields, 'startsAt'), timeIn(read, fields, 'endsAt')]
  const list = fields['matchers'] === undefined || fields['matchers'] === null ? undefined : fields['matchers']
  const said = list === undefined ? undefined : matchersIn(read, list)
  if (comment === undefined) throw required('comment')
  if (createdBy === undefined) throw required('createdBy')
  if (endsAt === undefined) throw required('endsAt')
  if (said === undefined) throw required('matchers')
  if (said.length === 0) throw tooFew('matchers')
  if (startsAt === undefined) throw required('startsAt')
  return {
    id: id === '' ? undefined : id,
    matchers: said,
    startsAt,
    endsAt,
    createdBy,
    comment,
    annotations: annotations === undefined ? undefined : Object.fromEntries(annotations),
  }
}

/** Each with all that it needs. */
export function matchersIn(read: BodyReader, list: unknown): readonly SaidMatcher[] {
  const all = read.list(list ?? [], 'matchers').map((each, i) => readMatcher(read, each, i))
  return all.map(({ name, value, isRegex, isEqual }, i) => {
    if (isRegex === undefined) throw required(`matchers.${i}.isRegex`)
    if (name === undefined) throw required(`matchers.${i}.name`)
    if (value === undefined) throw required(`matchers.${i}.value`)
    return { name, value, isRegex, isEqual: isEqual ?? true }
  })
}

function timeIn(
  read: BodyReader,
  fields: Readonly<Record<string, unknown>>,
  name: 'startsAt' | 'endsAt',
): number | undefined {
  return read.time(fields[name], name)
}

function readMatcher(
  read: BodyReader,
  value: unknown,
  i: number,
): { [K in keyof SaidMatcher]: SaidMatcher[K] | undefined } {
  const fields = read.fields(value, `matchers.${i}`)
  return {
    name: read.text(fields['name'], `matchers.${i}.name`),
    value: read.text(fields['value'], `matchers.${i}.value`),
    isRegex: read.flag(fields['isRegex'], `matchers.${i}.isRegex`),
    isEqual: read.flag(fields['isEqual'], `matchers.${i}.isEqual`),
  }
}

export function matcherOf({ name, value, isRegex, isEqual }: SaidMatcher, i: number): Matcher {
  const where = `silence invalid: invalid label matcher ${i}`
  if (name === '') throw AlertingFault.said(400, `${where}: invalid label name ""`)
  try {
    return new Matcher(name, isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=', value)
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    throw AlertingFault.said(400, `${where}: invalid regular expression ${JSON.stringify(value)}: ${error.message}`)
  }
}

function silenceJson(silence: ListedSilence): object {
  const {
    id,
    state,
    updatedAt,
    comment,
    createdBy,
    startsAt,
    endsAt,
    matchers,
    annotations = {},
    maintenance,
  } = silence
  return {
    id,
    status: { state },
    updatedAt: new Date(updatedAt).toISOString(),
    annotations,
    comment,
    createdBy,
    endsAt: new Date(endsAt).toISOString(),
    matchers: matchers.map(({ name, operator, value }) => ({
      isEqual: operator === '=' || operator === '=~',
      isRegex: operator === '=~' || operator === '!~',
      name,
      value,
    })),
    startsAt: new Date(startsAt).toISOString(),
    ...(maintenance === undefined ? {} : { boxman: { maintenance: { window: maintenance.window ?? null } } }),
  }
}

/** Active ones, the next to end first; then those to come, the next to start first; then expired ones, the latest first. */
function compareSilences(a: ListedSilence, b: ListedSilence): number {
  if (a.state !== b.state) return STATES.indexOf(a.state) - STATES.indexOf(b.state)
  switch (a.state) {
    case 'active':
      return a.endsAt - b.endsAt
    case 'pending':
      return a.startsAt - b.startsAt
    case 'expired':
      return b.endsAt - a.endsAt
  }
}
