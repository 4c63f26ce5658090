import type { Registry } from '../registry.ts'
import { renderText, TEXT_CONTENT_TYPE } from './text.ts'

export interface Exposition {
  readonly contentType: string
  /** The page in pieces; the registry is collected when the first is asked for. */
  readonly body: AsyncIterable<Uint8Array>
}

/** The page that a scraper reads. */
export function expose(registry: Registry): Exposition {
  return { contentType: TEXT_CONTENT_TYPE, body: pieces(registry) }
}

async function* pieces(registry: Registry): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  for (const family of await registry.collect()) {
    const text = renderText(family)
    if (text !== '') yield encoder.encode(text)
  }
}
