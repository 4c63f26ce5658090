import { formatDuration } from '../../series/index.ts'
import { ask, type Moment, PrometheusServer, type Reply, ServerError } from '../../wire/index.ts'
import { BoxmanError } from '../error.ts'
import { durationOf, timeOf } from './typed-times.ts'

/** A question to a server, as a person types it. */
export interface Question {
  readonly expr: string
  /** Before `/api/v1/`. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Seconds since the epoch, or RFC 3339; undefined: now. The end, where there is a range. */
  readonly time?: string | undefined
  /** Such as `1h`; undefined: a moment. */
  readonly range?: string | undefined
  /** Between two points of a range; undefined: so that there are about `points`. */
  readonly step?: string | undefined
  readonly points: number
}

/** Rejects with a BoxmanError that names what is wrong, with the question or with the server. */
export async function askServer(question: Question): Promise<Reply> {
  const moment = momentOf(question)
  try {
    return await ask(serverOf(question), question.expr, moment)
  } catch (cause) {
    if (!(cause instanceof ServerError)) throw cause
    throw new BoxmanError(cause.message, { cause })
  }
}

function serverOf({ url, headers = {} }: Question): PrometheusServer {
  try {
    return new PrometheusServer({ url: url.includes('://') ? url : `http://${url}`, headers })
  } catch (cause) {
    throw new BoxmanError(`--url ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

function momentOf({ time, range, step, points }: Question): Moment {
  const end = time === undefined ? Date.now() : timeOf('--time', time)
  if (range === undefined) {
    if (step !== undefined) throw new BoxmanError('--step: is for a range; give --range too')
    return time === undefined ? {} : { time: String(end / 1000) }
  }
  const width = durationOf('--range', range)
  const every =
    step === undefined ? Math.max(1000, Math.ceil(width / points / 1000) * 1000) : durationOf('--step', step)
  return { start: String((end - width) / 1000), end: String(end / 1000), step: formatDuration(every) }
}
