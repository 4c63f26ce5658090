import { type ReadonlySignal, signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { askJson, isAbort, reasonOf } from '../../data/ask.ts'
import { listen } from '../../data/live.ts'

export interface Loaded<T> {
  /** Of the last answer; undefined until the first. */
  readonly data: T | undefined
  readonly error: string | undefined
}

export interface Resource<T> {
  readonly state: ReadonlySignal<Loaded<T>>
  readonly refresh: () => void
}

/** What is told of by no tick, such as how a channel fares, is asked for so often. */
const EVERY_MS = 15_000

/** An answer that is asked for anew whenever something has changed with alerts. What is shown stays until the next has come. */
export function useResource<T>(path: string | undefined): Resource<T> {
  const resource = useMemo(() => new Polled<T>(path), [path])
  useEffect(() => resource.start(), [resource])
  return resource
}

class Polled<T> implements Resource<T> {
  readonly state = signal<Loaded<T>>({ data: undefined, error: undefined })
  readonly #path: string | undefined
  #abort: AbortController | undefined

  constructor(path: string | undefined) {
    this.#path = path
  }

  readonly refresh = (): void => {
    if (this.#path === undefined) return
    this.#abort?.abort()
    const abort = new AbortController()
    this.#abort = abort
    askJson<T>(this.#path, { signal: abort.signal }).then(
      (data) => {
        this.state.value = { data, error: undefined }
      },
      (error: unknown) => {
        if (!isAbort(error)) this.state.value = { data: this.state.peek().data, error: reasonOf(error) }
      },
    )
  }

  start(): () => void {
    this.refresh()
    let version: number | string | undefined
    const leave = listen([], ({ changed }) => {
      const now = changed['alerts']
      if (version !== undefined && now !== version) this.refresh()
      version = now
    })
    const timer = setInterval(() => {
      if (!document.hidden) this.refresh()
    }, EVERY_MS)
    return () => {
      leave()
      clearInterval(timer)
      this.#abort?.abort()
    }
  }
}
