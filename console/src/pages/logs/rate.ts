import type { LogLine } from './line.ts'

export const GROUPS = ['error', 'warn', 'info', 'debug'] as const
export type Group = (typeof GROUPS)[number]

export interface RateBin {
  /** ms since the epoch. */
  readonly fromMs: number
  readonly toMs: number
  readonly total: number
  readonly counts: Readonly<Record<Group, number>>
}

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400]

/** How many lines there were in each while, by level: about `wanted` bins of a round length. */
export function rateOf(lines: readonly LogLine[], fromMs: number, toMs: number, wanted = 60): readonly RateBin[] {
  const rough = (toMs - fromMs) / wanted / 1000
  const stepMs = (STEPS_S.find((step) => step >= rough) ?? 86_400) * 1000
  const first = Math.floor(fromMs / stepMs) * stepMs
  const count = Math.max(1, Math.ceil((toMs - first) / stepMs))
  const bins = Array.from({ length: count }, (_, i) => ({
    fromMs: first + i * stepMs,
    toMs: first + (i + 1) * stepMs,
    total: 0,
    counts: { error: 0, warn: 0, info: 0, debug: 0 },
  }))
  for (const { time, level } of lines) {
    const bin = bins[Math.floor((Date.parse(time) - first) / stepMs)]
    if (bin === undefined) continue
    bin.counts[groupOf(level)]++
    bin.total++
  }
  return bins
}

export function groupOf(level: string): Group {
  if (level === 'fatal') return 'error'
  return GROUPS.find((group) => group === level) ?? 'debug'
}
