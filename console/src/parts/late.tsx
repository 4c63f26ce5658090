import { signal } from '@preact/signals'
import type { ComponentType, JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { Failure, Loading } from './states.tsx'

/** A component that is loaded when it is first shown, so that the first page does without it. */
export function late<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const state = signal<{ readonly Component: ComponentType<P> } | 'waiting' | 'failed'>('waiting')
  return function Late(props: P): JSX.Element {
    useEffect(() => {
      if (typeof state.peek() === 'object') return
      load().then(
        (Component) => (state.value = { Component }),
        () => (state.value = 'failed'),
      )
    }, [])
    const { value } = state
    if (value === 'failed') return <NotLoaded />
    return value === 'waiting' ? <Loading /> : <value.Component {...props} />
  }
}

export function NotLoaded(): JSX.Element {
  return (
    <Failure>
      This could not be loaded: the service does not answer, or has been updated.{' '}
      <button type="button" onClick={() => window.location.reload()}>
        Load anew
      </button>
    </Failure>
  )
}
