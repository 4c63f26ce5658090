import { type ReadonlySignal, signal } from '@preact/signals'

/** Where the visitor is. All that a page shows follows from it, so that an address can be sent to somebody else. */
export interface Place {
  /** The first segment. */
  readonly page: string
  /** The segments after it, decoded. */
  readonly rest: readonly string[]
  readonly params: URLSearchParams
}

type Changes = Readonly<Record<string, string | undefined>>

export const HOME = 'overview'
/** Parameters that go along from page to page. */
const CARRIED = ['from', 'to', 'live']

const current = signal(read())

export const place: ReadonlySignal<Place> = current

/** Follows the address. Returns what ends it. */
export function followAddress(): () => void {
  const follow = (): void => {
    current.value = read()
  }
  window.addEventListener('hashchange', follow)
  return () => window.removeEventListener('hashchange', follow)
}

/** The address of a place, for a link. The time range goes along, unless `params` states another. */
export function addressOf(path: string, params: Changes = {}): string {
  const all = new URLSearchParams()
  for (const name of CARRIED) {
    const value = current.value.params.get(name)
    if (value !== null) all.set(name, value)
  }
  apply(all, params)
  return hashOf(path, all)
}

export function go(path: string, params: Changes = {}): void {
  window.location.hash = addressOf(path, params)
}

/** Changes parameters of the present page; undefined and '' take one away. Typing and dragging leave no trail in the history. */
export function setParams(changes: Changes, history: 'replace' | 'push' = 'replace'): void {
  const { page, rest, params } = current.value
  const all = new URLSearchParams(params)
  apply(all, changes)
  const hash = hashOf([page, ...rest.map(encodeURIComponent)].join('/'), all)
  if (hash === window.location.hash) return
  if (history === 'push') {
    window.location.hash = hash
    return
  }
  window.history.replaceState(null, '', hash)
  current.value = read()
}

/** A parameter of the present page. */
export function param(name: string, absent = ''): string {
  return current.value.params.get(name) ?? absent
}

function apply(params: URLSearchParams, changes: Changes): void {
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') params.delete(name)
    else params.set(name, value)
  }
}

function hashOf(path: string, params: URLSearchParams): string {
  const query = params.toString()
  return `#/${path}${query === '' ? '' : `?${query}`}`
}

function read(): Place {
  const [path = '', query = ''] = window.location.hash.replace(/^#\/?/, '').split('?', 2)
  const [page = '', ...rest] = path.split('/').map(decoded)
  return {
    page: page === '' ? HOME : page,
    rest: rest.filter((part) => part !== ''),
    params: new URLSearchParams(query),
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
