import { expect, it } from 'vitest'
import { rejectionMode } from './rejection-mode.ts'

it.each<[readonly string[], string | undefined, string]>([
  [[], undefined, 'throw'],
  [[], '', 'throw'],
  [['--unhandled-rejections=warn'], undefined, 'warn'],
  [['--unhandled-rejections', 'none', '--no-warnings'], undefined, 'none'],
  [['--no-warnings'], '--max-old-space-size=100  --unhandled-rejections strict', 'strict'],
  [['--unhandled-rejections=throw'], '--unhandled-rejections=none', 'throw'],
  [['--unhandled-rejections=warn', '--unhandled-rejections=warn-with-error-code'], undefined, 'warn-with-error-code'],
  [['--unhandled-rejections'], undefined, 'throw'],
])('%j and NODE_OPTIONS %j: %s', (execArgv, nodeOptions, mode) => {
  expect(rejectionMode(execArgv, nodeOptions)).toBe(mode)
})
