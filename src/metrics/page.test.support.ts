import { expose, type Registry } from './index.ts'

export const PROTOBUF = 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited'
export const OPENMETRICS = 'application/openmetrics-text;version=1.0.0'

export async function bytesOf(registry: Registry, accept?: string): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of expose(registry, { accept }).body) pieces.push(piece)
  return Buffer.concat(pieces)
}

export const textOf = async (registry: Registry, accept?: string): Promise<string> =>
  (await bytesOf(registry, accept)).toString()
