import { randomBytes } from 'node:crypto'
import { fstatSync } from 'node:fs'
import { type Boxman, createBoxman } from 'boxman'
import { createValidatorApp } from './app.ts'
import { recordValidation } from './bet-spans.ts'
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

/** What there is to end so far. */
const closing: (() => Promise<unknown>)[] = []
let leaving = false
async function leave(): Promise<void> {
  if (leaving) return
  leaving = true
  setTimeout(() => process.exit(1), FAREWELL_MS).unref()
  try {
    for (const close of closing) await close()
    process.exit(0)
  } catch (error) {
    process.stderr.write(`validator ${name}: ${String(error)}\n`)
    process.exit(1)
  }
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

const end = (): void => void leave()
process.on('SIGTERM', end)
process.on('SIGINT', end)
if (process.connected) process.on('disconnect', end)
else if (isPipe(0)) process.stdin.on('end', end).on('error', end).resume()
// The parent may be gone before it has read the line.
process.stdout.on('error', end)

/** Its first line on standard output says that it is ready: what is logged before would be taken for that. */
async function observe(): Promise<Boxman> {
  try {
    return await createBoxman({
      service: 'craps-validator',
      version: '0.1.0',
      admin: { port: 0 },
      log: { level: 'warn' },
      http: { log: false },
      store: { enabled: false, instance: name },
      tracing: { maxSpans: 5000, openTelemetry: false },
    })
  } catch (error) {
    process.stderr.write(`validator ${name}: ${error instanceof Error ? error.message : String(error)}\n`)
    return process.exit(2)
  }
}

const boxman = await observe()
const { tracer } = boxman
const app = createValidatorApp({
  validator: new Validator({ name, privateKey, validators, now: () => performance.now(), randomBytes }),
  faults: new Faults(settings.faults, Math.random),
  crash: () => process.exit(1),
  prepare: (made) => boxman.instrument.fastify(made),
  ...(tracer !== undefined && {
    onValidated: (proposal, contexts, refusal) => recordValidation(tracer, name, proposal, contexts, refusal),
  }),
  ...(token !== undefined && { token }),
})
closing.push(
  () => app.close(),
  () => boxman.stop(),
)

try {
  const url = await app.listen({ host: '127.0.0.1', port: settings.port })
  process.stdout.write(`${JSON.stringify({ ready: true, name, url, adminUrl: boxman.admin.url })}\n`)
} catch (error) {
  process.stderr.write(`validator: VALIDATOR_PORT: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(2)
}
