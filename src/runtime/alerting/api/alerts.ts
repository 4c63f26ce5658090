import { compareAlerts, compareLabels, type PostedAlert } from '../../../alerting/index.ts'
import { compareText, LabelSet } from '../../../series/index.ts'
import type { ListedAlert, ListedGroup } from '../door.ts'
import { BodyReader, readJson, required, wrongType } from './body.ts'
import { type Answer, type AlertingApiSources, type Asked, json, NOTHING } from './endpoint.ts'
import { AlertingFault } from './fault.ts'
import { flagOf, labelFilter, receiverFilter } from './filter.ts'

const MOST_AT_ONCE = 128
const MAX_BODY = 16 * 1024 * 1024
/** What Go's url.ParseRequestURI takes: from the root, or with a scheme. */
const URI = /^(?:\/|[a-zA-Z][a-zA-Z0-9+.-]*:)\P{Cc}*$/u

export function getAlerts({ door, now }: AlertingApiSources, { query }: Asked): Answer {
  const [passes, isWanted] = [alertFilter(query, now()), receiverFilter(query)]
  const showsUnprocessed = flagOf(query, 'unprocessed')
  const found = door
    .alerts()
    .filter((listed) => (showsUnprocessed || listed.status.state !== 'unprocessed') && passes(listed))
    .filter(({ receivers }) => receivers.some(isWanted))
    .sort((a, b) => compareText(a.alert.fingerprint, b.alert.fingerprint))
  return json(found.map(alertJson))
}

export function getGroups({ door, now }: AlertingApiSources, { query }: Asked): Answer {
  const [passes, isWanted] = [alertFilter(query, now()), receiverFilter(query)]
  const showsMuted = flagOf(query, 'muted')
  const found = door
    .groups()
    .filter(({ receiver, alerts }) => isWanted(receiver) && (showsMuted || alerts.some(isLoud)))
    .map((group) => ({
      ...group,
      alerts: group.alerts
        .filter(passes)
        .sort((a, b) => compareAlerts(a.alert, b.alert))
        .map((listed) => ({ ...listed, receivers: listed.receivers.filter(isWanted).sort(compareText) })),
    }))
    .filter(({ alerts }) => alerts.length > 0)
    .sort((a, b) => compareLabels(a.labels, b.labels) || compareText(a.receiver, b.receiver))
  return json(found.map(groupJson))
}

/** What is wrong with some does not keep others from being taken. */
export async function postAlerts({ door, now }: AlertingApiSources, { request }: Asked): Promise<Answer> {
  const said = readAlerts(await readJson(request, 'alerts', MAX_BODY))
  const at = now()
  const faults: string[] = []
  const taken = said.flatMap((each) => {
    const alert = alertOf(each, at, door.config.resolveTimeoutMs)
    if (typeof alert !== 'string') return [alert]
    faults.push(alert)
    return []
  })
  const refused: string[] = []
  for (let from = 0; from < taken.length; from += MOST_AT_ONCE) {
    // Many take long: others have their turn between.
    if (from > 0) await turn()
    refused.push(...door.post(taken.slice(from, from + MOST_AT_ONCE)))
  }
  if (refused.length > 0) throw AlertingFault.said(500, [...faults, ...refused].join('; '))
  if (faults.length > 0) throw AlertingFault.said(400, faults.join('; '))
  return NOTHING
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

interface SaidAlert {
  readonly labels: ReadonlyMap<string, string>
  readonly annotations: ReadonlyMap<string, string>
  readonly startsAt: number | undefined
  readonly endsAt: number | undefined
  readonly generatorURL: string | undefined
}

function readAlerts(body: unknown): readonly SaidAlert[] {
  if (body === null) return []
  const read = new BodyReader('alerts')
  const fields = read.list(body, 'the body').map((each, i) => read.fields(each, `${i}`))
  const said = fields.map(({ labels, annotations, startsAt, endsAt, generatorURL }, i) => ({
    labels: read.texts(labels, `${i}.labels`),
    annotations: read.texts(annotations, `${i}.annotations`) ?? new Map<string, string>(),
    startsAt: read.time(startsAt, `${i}.startsAt`),
    endsAt: read.time(endsAt, `${i}.endsAt`),
    generatorURL: read.text(generatorURL, `${i}.generatorURL`),
  }))
  return said.map(({ labels, ...rest }, i) => {
    const { generatorURL = '' } = rest
    if (generatorURL !== '' && !URI.test(generatorURL)) {
      throw wrongType(`${i}.generatorURL`, 'body', 'uri', generatorURL)
    }
    if (labels === undefined) throw required(`${i}.labels`)
    return { labels, ...rest }
  })
}

/** Or why it is none. */
function alertOf(said: SaidAlert, now: number, resolveTimeoutMs: number): PostedAlert | string {
  const { startsAt, endsAt, generatorURL } = said
  if ((startsAt ?? endsAt ?? now) > (endsAt ?? now + resolveTimeoutMs)) return 'start time must be before end time'
  if (said.labels.has('')) return 'invalid label set: invalid name ""'
  if (said.annotations.has('')) return 'invalid annotations: invalid name ""'
  const [labels, annotations] = [
    setOf(said.labels, (pairs) => LabelSet.of(pairs)),
    setOf(said.annotations, (pairs) => LabelSet.keepingEmpty(pairs)),
  ]
  if (typeof labels === 'string') return `invalid label set: ${labels}`
  if (typeof annotations === 'string') return `invalid annotations: ${annotations}`
  if (labels.size === 0) return 'at least one label pair required'
  return { labels, annotations, startsAt, endsAt, generatorURL }
}

/** Or what is wrong: names that are no UTF-8 can come to be the same. */
function setOf(
  said: ReadonlyMap<string, string>,
  make: (pairs: ReadonlyMap<string, string>) => LabelSet,
): LabelSet | string {
  try {
    return make(said)
  } catch (error) {
    if (error instanceof RangeError) return error.message
    throw error
  }
}

function alertFilter(query: URLSearchParams, now: number): (listed: ListedAlert) => boolean {
  const passes = labelFilter(query)
  const [active, silenced, inhibited] = ['active', 'silenced', 'inhibited'].map((name) => flagOf(query, name))
  return ({ alert, status }) =>
    alert.overAt > now &&
    passes(alert.labels) &&
    (active === true || status.state !== 'active') &&
    (silenced === true || status.silencedBy.length === 0) &&
    (inhibited === true || status.inhibitedBy.length === 0)
}

function isLoud({ status }: ListedAlert): boolean {
  return status.state !== 'suppressed' && status.mutedBy.length === 0
}

function groupJson({ labels, receiver, alerts }: ListedGroup): object {
  return {
    alerts: alerts.map(alertJson),
    labels: labels.toObject(),
    receiver: { name: receiver },
    routeLabels: {},
  }
}

function alertJson({ alert, status, receivers }: ListedAlert): object {
  const { labels, annotations, fingerprint, startsAt, endsAt, updatedAt, generatorURL } = alert
  const { state, silencedBy, inhibitedBy, mutedBy } = status
  return {
    annotations: annotations.toObject(),
    endsAt: new Date(endsAt).toISOString(),
    fingerprint,
    receivers: receivers.map((name) => ({ name })),
    startsAt: new Date(startsAt).toISOString(),
    status: { inhibitedBy, mutedBy, silencedBy, state },
    updatedAt: new Date(updatedAt).toISOString(),
    ...(generatorURL === '' ? {} : { generatorURL }),
    labels: labels.toObject(),
  }
}
