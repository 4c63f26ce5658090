import { parseDuration } from '../../series/index.ts'

/** How a variable's text is read. */
export interface Reader {
  /** Undefined for a text that is not of this form. */
  readonly read: (text: string) => unknown
  readonly form: string
}

const FLAGS = new Map([
  ['true', true],
  ['1', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['off', false],
])

export const asText: Reader = { read: (text) => text, form: 'a text' }
export const asFlag: Reader = { read: (text) => FLAGS.get(text), form: 'true, false, on or off' }
export const asNumber: Reader = {
  read: (text) => (/^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined),
  form: 'a number',
}
export const asSeconds: Reader = {
  read: (text) => (/^\d+(?:\.\d+)?$/.test(text) ? Math.round(Number(text) * 1000) : undefined),
  form: 'a number of seconds',
}
export const asDuration: Reader = {
  read: (text) => {
    try {
      return parseDuration(text)
    } catch {
      return undefined
    }
  },
  form: 'a duration such as 5s or 500ms',
}
export const asList: Reader = { read: (text) => text.split(',').map((part) => part.trim()), form: 'a list such as a,b' }
export const asNumbers: Reader = {
  read: (text) => {
    const parts = text.split(',').map((part) => asNumber.read(part.trim()))
    return parts.includes(undefined) ? undefined : parts
  },
  form: 'numbers such as 25,50,100',
}
export const asUrls: Reader = {
  read: (text) => text.split(',').map((url) => ({ url: url.trim() })),
  form: 'URLs such as https://metrics.example/api/v1/write',
}
export const asTarget: Reader = {
  read: (text) => (text.trimStart().startsWith('{') ? asJson.read(text) : { url: text }),
  form: 'a URL, or JSON',
}
export const asJson: Reader = {
  read: (text) => {
    try {
      return JSON.parse(text)
    } catch {
      return undefined
    }
  },
  form: 'JSON',
}
export const asLabels: Reader = {
  read: (text) => {
    const pairs = text.split(',').map((pair) => pair.split('=').map((part) => part.trim()))
    return pairs.every((pair) => pair.length === 2) ? Object.fromEntries(pairs) : undefined
  },
  form: 'labels such as region=eu,tier=gold',
}
