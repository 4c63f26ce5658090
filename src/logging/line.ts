import { quoted } from './json.ts'

/** A value of a line; what is undefined is left out. */
export type LineValue = string | number | boolean | undefined

/** The fields of a line as JSON, in the order of their names: `,"method":"GET","status":200`. */
export function fieldsOf(names: readonly string[], values: readonly LineValue[]): string {
  let text = ''
  for (let i = 0; i < names.length; i++) {
    const value = values[i]
    if (value !== undefined) text += `${names[i]}${typeof value === 'string' ? quoted(value) : jsonOf(value)}`
  }
  return text
}

/** `,"name":` */
export function nameOf(field: string): string {
  return `,${JSON.stringify(field)}:`
}

function jsonOf(value: number | boolean): string {
  if (typeof value === 'boolean' || Number.isInteger(value)) return String(value)
  return Number.isFinite(value) ? decimal(value) : 'null'
}

const MOST_WHOLE = 1e6

/** Three places at most, as durations have, are spelt as two whole numbers: a tenth of the time that the shortest spelling takes. */
function decimal(value: number): string {
  const thousandths = Math.round(value * 1000)
  if (!(value > 0 && value < MOST_WHOLE && thousandths / 1000 === value)) return String(value)
  const whole = Math.floor(thousandths / 1000)
  const rest = thousandths - whole * 1000
  return `${whole}.${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}`
}

const SECOND = 1000

/** Times in ISO 8601, as `toISOString` spells them: most of one is that of the line before. */
export function isoTimes(): (ms: number) => string {
  let second = NaN
  let prefix = ''
  return (at) => {
    const whole = Math.floor(at)
    const ms = whole % SECOND
    if (whole - ms !== second) {
      second = whole - ms
      prefix = new Date(second).toISOString().slice(0, -'000Z'.length)
    }
    return `${prefix}${ms < 10 ? '00' : ms < 100 ? '0' : ''}${ms}Z`
  }
}
