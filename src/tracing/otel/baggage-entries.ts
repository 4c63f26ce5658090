import type { Baggage, BaggageEntry } from '@opentelemetry/api'
import { parseBaggage } from '../baggage.ts'
import type { OtelApi } from './keys.ts'

/** A baggage header's members; bytes that are no UTF-8 become U+FFFD. */
export function baggageFrom(text: string, { propagation, baggageEntryMetadataFromString }: OtelApi): Baggage {
  const entries: Record<string, BaggageEntry> = {}
  for (const member of text.split(',')) {
    const [pair = '', ...properties] = member.split(';')
    const sign = pair.indexOf('=')
    const value = decoded(pair.slice(sign + 1).trim())
    const metadata = properties.join(';').trim()
    entries[pair.slice(0, sign).trim()] =
      metadata === '' ? { value } : { value, metadata: baggageEntryMetadataFromString(metadata) }
  }
  return propagation.createBaggage(entries)
}

/** The header; what is no token for a key, or too much, is left out. */
export function baggageText(baggage: Baggage): string | undefined {
  return parseBaggage(
    baggage.getAllEntries().map(([key, { value, metadata }]) => {
      const properties = metadata === undefined ? '' : `;${metadata.toString()}`
      return `${key}=${encodeURIComponent(value)}${properties}`
    }),
  )
}

function decoded(value: string): string {
  if (!value.includes('%')) return value
  const bytes = value.replaceAll(/%([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )
  return Buffer.from(bytes, 'latin1').toString()
}
