import { signal } from '@preact/signals'
import type { ComponentType, JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { Loading } from './states.tsx'

/** A component that is loaded when it is first shown, so that the first page does without it. */
export function late<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const loaded = signal<ComponentType<P> | undefined>(undefined)
  return function Late(props: P): JSX.Element {
    useEffect(() => {
      if (loaded.value === undefined) void load().then((component) => (loaded.value = component))
    }, [])
    const Component = loaded.value
    return Component === undefined ? <Loading /> : <Component {...props} />
  }
}
