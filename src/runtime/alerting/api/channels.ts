import { explainRoute, routeExplanationJson, routeTree, shiftsAt } from '../../../alerting/index.ts'
import { LabelSet } from '../../../series/index.ts'
import { BodyReader, readJson } from './body.ts'
import { type AlertingApiSources, type Answer, type Asked, json } from './endpoint.ts'
import { AlertingFault } from './fault.ts'
import { bad } from './lasting.ts'

const MAX_BODY = 64 * 1024
/** Shifts that are told of, the present one included. */
const SHIFTS = 4

/** Receivers and their ways out, without secrets. */
export function getChannels({ door }: AlertingApiSources): Answer {
  const channels = door.channels()
  return json({
    status: 'success',
    receivers: door.config.receivers.map(({ name, schedule }) => ({
      name,
      schedule: schedule ?? null,
      integrations: channels
        .filter(({ receiver }) => receiver === name)
        .map(({ throttledUntil, failingSince, goneAt, last, ...rest }) => ({
          ...rest,
          gone: rest.gone ?? null,
          goneAt: timeOrNull(goneAt),
          throttledUntil: timeOrNull(throttledUntil),
          failingSince: timeOrNull(failingSince),
          last: last === undefined ? null : { ...last, at: timeOrNull(last.at) },
        })),
    })),
  })
}

/** How far the ladder of each group has been climbed, and who is on call. */
export function getEscalations({ door, now }: AlertingApiSources): Answer {
  const at = now()
  return json({
    status: 'success',
    groups: door.groups().map(({ groupKey, receiver, labels, alerts, acknowledged, escalation }) => ({
      groupKey,
      receiver,
      labels: labels.toObject(),
      fingerprints: alerts.filter(({ alert }) => alert.overAt > at).map(({ alert }) => alert.fingerprint),
      acknowledged:
        acknowledged === undefined
          ? null
          : { by: acknowledged.by, at: timeOrNull(acknowledged.at), until: timeOrNull(acknowledged.until) },
      escalation:
        escalation === undefined
          ? null
          : {
              policy: escalation.policy,
              taken: escalation.taken,
              steps: escalation.steps,
              nextAt: timeOrNull(escalation.next?.at),
              nextReceiver: escalation.next?.receiver ?? null,
            },
    })),
    schedules: door.config.schedules.map((schedule) => ({
      name: schedule.name,
      location: schedule.location,
      receivers: door.config.receivers.flatMap((each) => (each.schedule === schedule.name ? [each.name] : [])),
      shifts: shiftsAt(schedule, at, SHIFTS).map(({ people, until }) => ({ people, until: timeOrNull(until) })),
    })),
  })
}

/** Who would be told of an alert with these labels, and why. */
export async function postRoute({ door }: AlertingApiSources, { request }: Asked): Promise<Answer> {
  const read = new BodyReader('route')
  const fields = read.fields(await readJson(request, 'route', MAX_BODY), 'the body')
  const labels = read.texts(fields['labels'], 'labels')
  if (labels === undefined) throw bad('labels: expected the labels of an alert: {"labels": {"severity": "page"}}')
  const explanation = explainRoute(routeTree(door.config.route), labelsOf(labels))
  return json({ status: 'success', ...routeExplanationJson(explanation) })
}

/** A message that says it is a test, by each channel of a receiver, or by one of them. */
export async function postTest(sources: AlertingApiSources, { request }: Asked): Promise<Answer> {
  const read = new BodyReader('test')
  const fields = read.fields(await readJson(request, 'test', MAX_BODY), 'the body')
  const receiver = read.text(fields['receiver'], 'receiver')
  const integration = read.text(fields['integration'], 'integration')
  if (receiver === undefined) throw bad('receiver: expected whose channels are tested: {"receiver": "on-call"}')
  const { door, tests, now } = sources
  const names = door.config.receivers.map(({ name }) => name)
  if (!names.includes(receiver)) {
    throw AlertingFault.coded(
      404,
      `receiver: there is none called ${JSON.stringify(receiver)}; there are ${names.join(', ')}`,
    )
  }
  const waitMs = tests.take(now())
  if (waitMs > 0)
    throw AlertingFault.tooMany(`too many tests: the next can be sent in ${Math.ceil(waitMs / 1000)} s`, waitMs)
  const tested = await door.testChannels(receiver, integration)
  if (tested === undefined) {
    throw AlertingFault.coded(404, `integration: ${receiver} has none called ${JSON.stringify(integration)}`)
  }
  return json({ status: 'success', receiver, tested })
}

function labelsOf(labels: ReadonlyMap<string, string>): LabelSet {
  try {
    return LabelSet.of(labels)
  } catch (error) {
    if (error instanceof RangeError) throw bad(`labels: ${error.message}`)
    throw error
  }
}

function timeOrNull(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString()
}
