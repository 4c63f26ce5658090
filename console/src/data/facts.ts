import { computed, type ReadonlySignal, signal, type Signal } from '@preact/signals'
import type { ConsoleFacts } from 'boxman/runtime'
import { askJson, needsLogin, reasonOf } from './ask.ts'

const DEFAULT_SCRAPE_MS = 15_000
/** The page's version, as it was when it was opened. */
let opened: string | undefined

/** Of the service; undefined until they have come. */
export const facts: Signal<ConsoleFacts | undefined> = signal(undefined)
/** Why there are none. */
export const factsError: Signal<string | undefined> = signal(undefined)

/** How often the service stores what it measures. */
export const scrapeMs: ReadonlySignal<number> = computed(() => facts.value?.scrapeIntervalMs ?? DEFAULT_SCRAPE_MS)

/** Whether the service has another page by now than the one that is open. */
export const isOutdated: Signal<boolean> = signal(false)

/** Whether the visitor may change anything: what would be refused is not offered. */
export const canOperate: ReadonlySignal<boolean> = computed(
  () => facts.value?.visitor.scopes.includes('operate') ?? false,
)

export async function loadFacts(): Promise<void> {
  try {
    const found = await askJson<ConsoleFacts>('api/console/facts')
    opened ??= found.page
    isOutdated.value = found.page !== opened
    facts.value = found
    factsError.value = undefined
    needsLogin.value = false
  } catch (error) {
    factsError.value = reasonOf(error)
  }
}
