/** A query in the API, as somebody else would ask it. */
export interface ApiQuery {
  readonly expr: string
  /** ms since the epoch. */
  readonly from: number
  readonly to: number
  /** ms; undefined: only the value at the end. */
  readonly step: number | undefined
}

export function apiAddress(base: string, { expr, from, to, step }: ApiQuery): string {
  const params = new URLSearchParams(
    step === undefined
      ? { query: expr, time: String(to / 1000) }
      : { query: expr, start: String(from / 1000), end: String(to / 1000), step: String(step / 1000) },
  )
  return new URL(`api/v1/query${step === undefined ? '' : '_range'}?${params.toString()}`, base).href
}

/** To be pasted into a shell. */
export function curlOf(base: string, { expr, from, to, step }: ApiQuery): string {
  const path = new URL(`api/v1/query${step === undefined ? '' : '_range'}`, base).href
  const fields =
    step === undefined
      ? { query: expr, time: String(to / 1000) }
      : { query: expr, start: String(from / 1000), end: String(to / 1000), step: String(step / 1000) }
  const options = Object.entries(fields).map(([name, value]) => `--data-urlencode ${quoted(`${name}=${value}`)}`)
  return ['curl -sS', quoted(path), ...options].join(' ')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
