import type { AlertWords, Message } from './message.ts'

/** `name: summary`, or the name and what tells it from others. */
export function headOf({ name, summary, labels }: AlertWords): string {
  if (summary !== '') return summary
  return labels.length === 0 ? name : `${name} (${labels.map(([, value]) => value).join(' ')})`
}

/** What is said of one alert, a line each. */
export function linesOf(alert: AlertWords): readonly string[] {
  const { description, value, when, labels, links } = alert
  return [
    `${alert.status === 'firing' ? 'FIRING' : 'RESOLVED'}: ${headOf(alert)}`,
    when,
    ...(value === '' ? [] : [`value: ${value}`]),
    ...(labels.length === 0 ? [] : [`labels: ${labelsText(labels)}`]),
    ...(description === '' || description === headOf(alert) ? [] : [description]),
    ...links.map(({ text, url }) => `${text}: ${url}`),
  ]
}

export function labelsText(labels: readonly (readonly [string, string])[]): string {
  return labels.map(([name, value]) => `${name}=${value}`).join(', ')
}

/** What is said of the alerts that had no room; nothing when there are none. */
export function leftOut(count: number): readonly string[] {
  return count === 0 ? [] : [`… and ${count} more ${count === 1 ? 'alert' : 'alerts'}, left out here`]
}

/** The whole message without any marks, its first `count` alerts at most. */
export function plainText(
  { notices, common, alerts, links, total }: Message,
  { count = alerts.length, footer = '' }: { readonly count?: number; readonly footer?: string } = {},
): string {
  const shown = alerts.slice(0, count)
  const blocks = [
    notices.join('\n'),
    common.length === 0 ? '' : `Labels: ${labelsText(common)}`,
    ...shown.map((alert) => {
      const [first = '', ...others] = linesOf(alert)
      return [first, ...others.map((line) => `  ${line.replaceAll('\n', '\n  ')}`)].join('\n')
    }),
    leftOut(total - shown.length).join(''),
    links.map(({ text, url }) => `${text}: ${url}`).join('\n'),
    footer,
  ]
  return blocks.filter((block) => block !== '').join('\n\n')
}
