import type { LabelSet } from '../../../series/index.ts'

/** An alert on its way to an Alertmanager; times are ms since the epoch. */
export interface ForwardedAlert {
  readonly labels: LabelSet
  readonly annotations: LabelSet
  readonly startsAt: number
  /** When it was resolved; while it fires, until when it may be taken to go on if nothing more is heard. */
  readonly endsAt: number
  readonly resolved: boolean
  /** Empty: nowhere. */
  readonly generatorURL: string
}

/** As `POST /api/v2/alerts` takes them. */
export function postBody(alerts: readonly ForwardedAlert[]): Uint8Array {
  const posted = alerts.map(({ labels, annotations, startsAt, endsAt, generatorURL }) => ({
    labels: labels.toObject(),
    annotations: annotations.toObject(),
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
    ...(generatorURL === '' ? {} : { generatorURL }),
  }))
  return Buffer.from(JSON.stringify(posted))
}
