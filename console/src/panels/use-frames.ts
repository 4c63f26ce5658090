import type { ReadonlySignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { type FrameQuery, Frames, type FrameState } from '../data/frames.ts'

/** The queries over the page's time range, as long as the component is there and in sight. */
export function useFrames(
  queries: readonly FrameQuery[],
  isVisible: ReadonlySignal<boolean>,
  stepMs?: number,
): ReadonlySignal<FrameState> {
  const key = JSON.stringify(queries)
  const frames = useMemo(() => new Frames(queries, isVisible, stepMs), [key, isVisible, stepMs])
  useEffect(() => {
    frames.start()
    return () => frames.stop()
  }, [frames])
  return frames.state
}
