const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB']
const TERM = /(\d+(?:\.\d*)?|\.\d+)([KMGTPE]i?B|B)/y

/** Bytes of `10MB`, `1.5GiB` or `1GB512MB`: powers of 1024 in both spellings, as in Prometheus. Undefined for anything else. */
export function parseByteSize(text: string): number | undefined {
  if (text === '0') return 0
  if (text === '') return undefined
  let bytes = 0
  TERM.lastIndex = 0
  while (TERM.lastIndex < text.length) {
    const match = TERM.exec(text)
    if (match === null) return undefined
    bytes += Number(match[1]) * 1024 ** UNITS.indexOf((match[2] ?? '').replace('i', ''))
  }
  return Number.isSafeInteger(Math.floor(bytes)) ? Math.floor(bytes) : undefined
}
