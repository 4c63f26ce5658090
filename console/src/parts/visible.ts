import { computed, type ReadonlySignal, useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/** Whether an element is in sight, or nearly: what is not need not be kept up to date. */
export function useVisible<T extends Element>(): {
  readonly host: RefObject<T | null>
  readonly isVisible: ReadonlySignal<boolean>
} {
  const host = useRef<T>(null)
  const isVisible = useSignal(false)
  useEffect(() => {
    const element = host.current
    if (element === null) return undefined
    const observer = new IntersectionObserver(
      (entries) => {
        isVisible.value = entries.at(-1)?.isIntersecting ?? false
      },
      { rootMargin: '200px' },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { host, isVisible }
}

/**
 * Whether something is to be asked for: while it is in sight, and until its first answer once it was. What comes above it may push
 * it out of sight before that answer; given up there, it would stay empty until somebody scrolls.
 * @param isFirst whether the first answer is still to come
 */
export function wantedBy(isVisible: ReadonlySignal<boolean>, isFirst: () => boolean): ReadonlySignal<boolean> {
  let wasSeen = false
  return computed(() => {
    wasSeen ||= isVisible.value
    return isVisible.value || (wasSeen && isFirst())
  })
}
