import { forgetColours } from '../charts/palette.ts'
import { computed, effect, type ReadonlySignal, signal, type Signal } from '@preact/signals'

export type Theme = 'auto' | 'light' | 'dark'

const THEMES: readonly Theme[] = ['auto', 'light', 'dark']
const KEY = 'boxman.theme'

export const theme: Signal<Theme> = signal(stored())

const prefersDark = window.matchMedia('(prefers-color-scheme: dark)')
const systemIsDark = signal(prefersDark.matches)
prefersDark.addEventListener('change', ({ matches }) => (systemIsDark.value = matches))

/** Whether the page is dark, for what is drawn and not styled. */
export const darkness: ReadonlySignal<boolean> = computed(
  () => theme.value === 'dark' || (theme.value === 'auto' && systemIsDark.value),
)

export function nextTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'auto'
}

/** Keeps what the visitor chose. Returns what ends it. */
export function keepPreferences(): () => void {
  return effect(() => {
    document.documentElement.dataset['theme'] = theme.value
    void darkness.value
    forgetColours()
    try {
      localStorage.setItem(KEY, theme.value)
    } catch {
      // A browser that keeps nothing has the default next time.
    }
  })
}

function stored(): Theme {
  try {
    const found = localStorage.getItem(KEY)
    return THEMES.find((each) => each === found) ?? 'auto'
  } catch {
    return 'auto'
  }
}
