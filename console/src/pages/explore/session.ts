import { effect, type ReadonlySignal, signal } from '@preact/signals'
import { place, setParams } from '../../state/place.ts'
import { type Asked, askedIn, changesOf, isFull, NOTHING_ASKED } from './asked.ts'
import { loadHistory, remembered, saveHistory } from './history.ts'
import type { Remark } from './place-in-text.ts'

/** A query as it stands on the page. */
export interface Row {
  readonly id: number
  /** As it is typed; what is asked follows when it is run. */
  readonly draft: string
  readonly asked: Asked
}

/** What an editor lets others do. */
export interface EditorHandle {
  readonly set: (text: string) => void
  readonly insert: (text: string) => void
  readonly focus: () => void
  readonly remark: (remarks: readonly Remark[]) => void
}

const LETTERS = 'ABCDEFGHIJ'

let lastId = 0
const current = signal<readonly Row[]>([rowOf(NOTHING_ASKED)])
const runCount = signal(0)
const past = signal(loadHistory())
const handles = new Map<number, EditorHandle>()
let focused: number | undefined
let fresh: number | undefined

export const rows: ReadonlySignal<readonly Row[]> = current
/** Rises with every run: what is asked for again is asked again. */
export const runs: ReadonlySignal<number> = runCount
export const history: ReadonlySignal<readonly string[]> = past

/** By which people speak of the queries. */
export function letterOf(index: number): string {
  return LETTERS[index] ?? '?'
}

/** Takes what the address asks for, now and whenever it changes otherwise than by `run`. Returns what ends it. */
export function followQueries(): () => void {
  return effect(() => {
    const { page, params } = place.value
    if (page !== 'explore') return
    const asked = askedIn(params)
    const known = current.peek()
    if (JSON.stringify(asked) === JSON.stringify(askedBy(known))) return
    current.value =
      asked.length === 0
        ? [rowOf(NOTHING_ASKED)]
        : asked.map((each, i) => ({ id: known[i]?.id ?? ++lastId, draft: each.expr, asked: each }))
    for (const { id, draft } of current.peek()) handles.get(id)?.set(draft)
  })
}

/** Asks what is typed, and writes it into the address. */
export function run(): void {
  const before = window.location.hash
  keep(
    current.peek().map((row) => ({ ...row, asked: { ...row.asked, expr: row.draft.trim() } })),
    'push',
  )
  past.value = current
    .peek()
    .filter(({ asked }) => !asked.isHidden)
    .reduceRight((history, { asked }) => remembered(history, asked.expr), past.peek())
  saveHistory(past.peek())
  if (before === window.location.hash) runCount.value++
}

export function type(id: number, draft: string): void {
  current.value = current.peek().map((row) => (row.id === id ? { ...row, draft } : row))
}

/** Into the editor as well. */
export function replace(id: number, draft: string): void {
  type(id, draft)
  handles.get(id)?.set(draft)
}

/** The legend, or whether it is hidden: at once. */
export function change(id: number, changes: Partial<Asked>): void {
  keep(current.peek().map((row) => (row.id === id ? { ...row, asked: { ...row.asked, ...changes } } : row)))
}

export function add(draft = ''): void {
  if (isFull(current.peek())) return
  const row = { ...rowOf(NOTHING_ASKED), draft }
  current.value = [...current.peek(), row]
  focused = row.id
  fresh = row.id
}

/** Whether the query was just added: who added it wants to type. Once. */
export function takeFreshness(id: number): boolean {
  const isFresh = fresh === id
  if (isFresh) fresh = undefined
  return isFresh
}

export function remove(id: number): void {
  const left = current.peek().filter((row) => row.id !== id)
  keep(left.length === 0 ? [rowOf(NOTHING_ASKED)] : left)
  const nearest = left.at(-1)
  if (nearest !== undefined) handles.get(nearest.id)?.focus()
}

/** Where somebody was last at work; a text goes there. An empty query is run with it. */
export function insert(text: string): void {
  const row = current.peek().find(({ id }) => id === focused) ?? current.peek()[0]
  if (row === undefined) return
  const handle = handles.get(row.id)
  if (row.draft.trim() === '') {
    replace(row.id, text)
    run()
  } else if (handle === undefined) type(row.id, `${row.draft}${text}`)
  else handle.insert(text)
}

/** In place of what is asked there, and run. */
export function insertWhole(text: string): void {
  const row = current.peek().find(({ id }) => id === focused) ?? current.peek()[0]
  if (row === undefined) return
  replace(row.id, text)
  run()
}

export function attach(id: number, handle: EditorHandle): () => void {
  handles.set(id, handle)
  return () => handles.delete(id)
}

export function handleOf(id: number): EditorHandle | undefined {
  return handles.get(id)
}

export function noteFocus(id: number): void {
  focused = id
}

function keep(next: readonly Row[], trail: 'replace' | 'push' = 'replace'): void {
  current.value = next
  setParams(changesOf(next.map(({ asked }) => asked)), trail)
}

function askedBy(known: readonly Row[]): readonly Asked[] {
  return known.map(({ asked }) => asked).filter(({ expr }) => expr !== '')
}

function rowOf(asked: Asked): Row {
  return { id: ++lastId, draft: asked.expr, asked }
}
