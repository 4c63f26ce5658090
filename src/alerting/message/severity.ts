import type { Notification } from '../dispatch-types.ts'

export type Severity = 'critical' | 'error' | 'warning' | 'info'

const WORDS: Readonly<Record<Severity, string>> = {
  critical: 'critical crit fatal emergency emerg alert panic page disaster blocker p0 p1 sev0 sev1',
  error: 'error err major high p2 sev2',
  warning: 'warning warn minor medium moderate ticket average p3 sev3',
  info: 'info information informational notice low debug trace none ok p4 p5 sev4 sev5',
}
const WORST_FIRST: readonly Severity[] = ['critical', 'error', 'warning', 'info']
const BY_WORD = new Map(WORST_FIRST.flatMap((severity) => WORDS[severity].split(' ').map((word) => [word, severity])))
/** The labels that tell it, the first one first. */
const LABELS = ['severity', 'level', 'priority']

/** Of a label's value; undefined: a word that nobody knows. */
export function severityOfWord(word: string): Severity | undefined {
  return BY_WORD.get(word.trim().toLowerCase())
}

/** The worst of what fires, or else of all alerts; what says nothing of it is an `error`. */
export function severityOf({ alerts }: Pick<Notification, 'alerts'>): Severity {
  const firing = alerts.filter(({ status }) => status === 'firing')
  const told = new Set(
    (firing.length > 0 ? firing : alerts).map(({ labels }) => {
      const known = LABELS.flatMap((name) => severityOfWord(labels.get(name)) ?? [])
      return known[0] ?? 'error'
    }),
  )
  return WORST_FIRST.find((severity) => told.has(severity)) ?? 'error'
}
