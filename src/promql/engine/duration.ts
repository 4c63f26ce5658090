import type { At, Duration, DurationPart } from '../ast.ts'
import { failExecution } from './fault.ts'

/** What durations and `@` of a query refer to. */
export interface QueryRange {
  readonly start: number
  readonly end: number
  readonly step: number
}

export function offsetMs(duration: Duration, range: QueryRange): number {
  return duration.kind === 'fixed' ? duration.ms : wholeMs(seconds(duration, range))
}

export function positiveMs(duration: Duration, range: QueryRange): number {
  const ms = offsetMs(duration, range)
  return ms > 0 ? ms : failExecution('duration must be greater than 0')
}

export function momentOf(at: At, range: QueryRange): number {
  return at.kind === 'time' ? at.ms : at.kind === 'start' ? range.start : range.end
}

function wholeMs(value: number): number {
  return Math.trunc(value * 1000)
}

function seconds(part: DurationPart, range: QueryRange): number {
  switch (part.kind) {
    case 'number':
      return part.value
    case 'duration-value':
      return (part.name === 'step' ? range.step : range.end - range.start) / 1000
    case 'duration-choice': {
      const [a, b] = [seconds(part.args[0], range), seconds(part.args[1], range)]
      return part.name === 'min_of' ? Math.min(a, b) : Math.max(a, b)
    }
    case 'duration-negation':
      return -seconds(part.operand, range)
    case 'duration-parens':
      return seconds(part.inner, range)
    case 'duration-operation':
      return operation(part.operator, seconds(part.left, range), seconds(part.right, range))
  }
}

function operation(operator: string, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return right === 0 ? failExecution('division by zero') : left / right
    case '%':
      return right === 0 ? failExecution('modulo by zero') : left % right
    default:
      return left ** right
  }
}
