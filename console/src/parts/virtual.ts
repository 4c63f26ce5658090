import { useSignal } from '@preact/signals'
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualItem,
} from '@tanstack/virtual-core'
import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

export interface VirtualOptions {
  readonly count: number
  /** Before a row has been measured, in pixels. */
  readonly rowHeight: number
  /** The same row has the same key when others come and go. */
  readonly keyOf: (index: number) => number | string
}

export interface VirtualList<T extends HTMLElement> {
  /** Of the element that scrolls. */
  readonly host: RefObject<T | null>
  readonly items: readonly VirtualItem[]
  readonly height: number
  /** The ref of each row, which has its index as `data-index`. */
  readonly measure: (element: HTMLElement | null) => void
  readonly scrollTo: (index: number, align?: 'auto' | 'center' | 'end') => void
}

const OVERSCAN = 12

/** Of a long list, only the rows in sight. */
export function useVirtual<T extends HTMLElement>({ count, rowHeight, keyOf }: VirtualOptions): VirtualList<T> {
  const host = useRef<T>(null)
  const drawn = useSignal(0)
  const options = {
    count,
    getScrollElement: () => host.current,
    estimateSize: () => rowHeight,
    getItemKey: keyOf,
    overscan: OVERSCAN,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => {
      drawn.value++
    },
  }
  const made = useRef<Virtualizer<T, HTMLElement> | undefined>(undefined)
  made.current ??= new Virtualizer<T, HTMLElement>(options)
  const virtualizer = made.current
  virtualizer.setOptions(options)
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer])
  useLayoutEffect(() => virtualizer._willUpdate())
  void drawn.value
  return {
    host,
    items: virtualizer.getVirtualItems(),
    height: virtualizer.getTotalSize(),
    measure: virtualizer.measureElement,
    scrollTo: (index, align = 'auto') => virtualizer.scrollToIndex(index, { align }),
  }
}
