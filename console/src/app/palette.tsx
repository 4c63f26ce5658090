import { computed, signal, useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { JSX } from 'preact'
import { saveSnapshot } from '../data/snapshot.ts'
import { go } from '../state/place.ts'
import { nextTheme } from '../state/preferences.ts'
import { isLive, range, RANGES, setLive, setRange, zoomOut } from '../state/time-range.ts'
import { navLinks } from './nav.tsx'

interface Command {
  readonly name: string
  readonly act: () => void
}

const isOpen = signal(false)
const text = signal('')
const chosen = signal(0)

export function openPalette(): void {
  text.value = ''
  chosen.value = 0
  isOpen.value = true
}

const commands = computed((): readonly Command[] => [
  ...navLinks().map(({ path, title }) => ({ name: `Go to ${title}`, act: () => go(path) })),
  ...RANGES.map(([from, name]) => ({ name: `Show ${name.toLowerCase()}`, act: () => setRange(from) })),
  { name: 'Zoom out', act: zoomOut },
  { name: 'Snapshot: save this range as a file', act: () => void saveSnapshot() },
  ...(range.value.follows ? [{ name: isLive.value ? 'Pause' : 'Go on live', act: () => setLive(!isLive.peek()) }] : []),
  { name: 'Next theme', act: nextTheme },
])

/** Every word, in any order. */
const found = computed(() => {
  const words = text.value.toLowerCase().split(/\s+/)
  return commands.value.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)))
})

/** Whatever can be done, by its name: Ctrl K, or Cmd K, opens it. */
export function Palette(): JSX.Element | null {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      openPalette()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
  useSignalEffect(() => {
    if (isOpen.value && dialog.current?.open === false) dialog.current.showModal()
    if (!isOpen.value) dialog.current?.close()
  })
  const run = (command: Command | undefined): void => {
    isOpen.value = false
    command?.act()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const count = Math.max(1, found.value.length)
    if (event.key === 'ArrowDown') chosen.value = (chosen.value + 1) % count
    else if (event.key === 'ArrowUp') chosen.value = (chosen.value + count - 1) % count
    else if (event.key === 'Enter') run(found.value[chosen.value])
    else return
    event.preventDefault()
  }
  const active = Math.min(chosen.value, found.value.length - 1)
  return (
    <dialog class="palette" ref={dialog} aria-label="Go to" onClose={() => (isOpen.value = false)}>
      {isOpen.value && (
        <>
          <input
            type="text"
            role="combobox"
            aria-expanded="true"
            aria-controls="palette-list"
            aria-activedescendant={active < 0 ? undefined : `palette-${active}`}
            aria-label="Go to"
            placeholder="Go to…"
            autocomplete="off"
            autofocus
            value={text.value}
            onInput={({ currentTarget }) => {
              text.value = currentTarget.value
              chosen.value = 0
            }}
            onKeyDown={onKeyDown}
          />
          <ul id="palette-list" role="listbox" aria-label="Commands">
            {found.value.map((command, i) => (
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are the input's
              <li
                key={command.name}
                id={`palette-${i}`}
                role="option"
                aria-selected={i === active}
                onClick={() => run(command)}
              >
                {command.name}
              </li>
            ))}
          </ul>
        </>
      )}
    </dialog>
  )
}
