/** Of one snapshot. What is beyond them is counted in the file and left out. */
export const CEILINGS = {
  /** ms for all of it; what is not there by then is left out. */
  timeMs: 20_000,
  /** Characters of all of it. */
  characters: 16_000_000,
  panels: 120,
  /** Of one query. */
  series: 200,
  rows: 50,
  alerts: 100,
  decisions: 200,
  silences: 100,
  /** The slowest, and as many that failed. */
  traces: 10,
  /** Of one trace. */
  spans: 100,
  /** Of one span. */
  attributes: 16,
  /** Lines of warn and above, and as many of the others. */
  lines: 300,
  errors: 50,
  checks: 100,
  settings: 300,
  changes: 20,
  /** Characters of a text. */
  text: 2000,
} as const
