import { randomBytes } from 'node:crypto'
import { fstatSync } from 'node:fs'
import { createValidatorApp } from './app.ts'
import { Faults } from './faults.ts'
import { readSettings, SettingsError } from './settings.ts'
import type { ValidatorSettings } from './settings.ts'
import { Validator } from './validator.ts'

/** Requests under way at the end get so long; what is then left is cut off. */
const FAREWELL_MS = 10_000

function settingsOrExit(): ValidatorSettings {
  try {
    return readSettings(process.env)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    process.stderr.write(`validator: ${error.message}\n`)
    return process.exit(2)
  }
}

const settings = settingsOrExit()
const { name, privateKey, validators, token } = settings
const validator = new Validator({ name, privateKey, validators, now: () => performance.now(), randomBytes })
const app = createValidatorApp({
  validator,
  faults: new Faults(settings.faults, Math.random),
  crash: () => process.exit(1),
  ...(token !== undefined && { token }),
})

let leaving = false
function leave(): void {
  if (leaving) return
  leaving = true
  setTimeout(() => process.exit(1), FAREWELL_MS).unref()
  app.close().then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`validator ${name}: ${String(error)}\n`)
      process.exit(1)
    },
  )
}

/** A pipe ends with whoever holds its other end; a terminal, a file and /dev/null say nothing about a parent. */
function isPipe(descriptor: number): boolean {
  try {
    const status = fstatSync(descriptor)
    return status.isFIFO() || status.isSocket()
  } catch {
    return false
  }
}

process.on('SIGTERM', leave)
process.on('SIGINT', leave)
if (process.connected) process.on('disconnect', leave)
else if (isPipe(0)) process.stdin.on('end', leave).on('error', leave).resume()
// The parent may be gone before it has read the line.
process.stdout.on('error', leave)

try {
  const url = await app.listen({ host: '127.0.0.1', port: settings.port })
  process.stdout.write(`${JSON.stringify({ ready: true, name, url })}\n`)
} catch (error) {
  process.stderr.write(`validator: VALIDATOR_PORT: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(2)
}
