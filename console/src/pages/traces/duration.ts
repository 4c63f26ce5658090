import { formatNumber } from '../../format/number.ts'

export function formatMs(ms: number): string {
  return formatNumber(ms / 1000, 'seconds')
}
