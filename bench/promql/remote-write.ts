import { compress } from 'snappy'
import type { LabelSet } from 'boxman/series'

/** Samples of one series. Times are ms since the epoch. */
export interface Written {
  readonly labels: LabelSet
  readonly times: readonly number[]
  readonly values: readonly number[]
}

/** Sends a request of Prometheus's remote write 1.0: `prompb.WriteRequest`, packed with snappy. */
export async function remoteWrite(url: string, series: readonly Written[]): Promise<void> {
  const message = Buffer.concat(series.map((one) => field(1, timeSeries(one))))
  const response = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    body: await compress(message),
  })
  if (!response.ok) throw new Error(`remote write: ${response.status} ${await response.text()}`)
  await response.arrayBuffer()
}

function timeSeries({ labels, times, values }: Written): Buffer {
  const parts: Buffer[] = []
  for (const [name, value] of labels) {
    parts.push(field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(value))])))
  }
  times.forEach((at, i) => {
    const value = Buffer.alloc(9)
    value[0] = (1 << 3) | 1
    value.writeDoubleLE(values[i] ?? NaN, 1)
    parts.push(field(2, Buffer.concat([value, Buffer.from([2 << 3]), varint(at)])))
  })
  return Buffer.concat(parts)
}

/** Of length-delimited bytes. */
function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(bytes.length), bytes])
}

function varint(number: number): Buffer {
  const bytes: number[] = []
  for (let rest = number; ;) {
    const low = rest % 128
    rest = Math.floor(rest / 128)
    bytes.push(rest > 0 ? low | 128 : low)
    if (rest === 0) return Buffer.from(bytes)
  }
}
