import { computed, type ReadonlySignal, signal, type Signal } from '@preact/signals'
import type { ConsoleFacts } from 'boxman/runtime'
import { askJson, isAbort, needsLogin } from './ask.ts'

/** Of the service; undefined until they have come. */
export const facts: Signal<ConsoleFacts | undefined> = signal(undefined)
/** Why there are none. */
export const factsError: Signal<string | undefined> = signal(undefined)

/** Whether the visitor may change anything: what would be refused is not offered. */
export const canOperate: ReadonlySignal<boolean> = computed(
  () => facts.value?.visitor.scopes.includes('operate') ?? false,
)

export async function loadFacts(): Promise<void> {
  try {
    facts.value = await askJson<ConsoleFacts>('api/console/facts')
    factsError.value = undefined
    needsLogin.value = false
  } catch (error) {
    if (!isAbort(error)) factsError.value = error instanceof Error ? error.message : String(error)
  }
}
