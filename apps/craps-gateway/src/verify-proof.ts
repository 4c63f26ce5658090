#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { verifyProof } from './consensus/index.ts'

const USAGE = `usage: verify-proof [PROOF.json] --keys KEYS.json [--quorum 3]

Judges the proof of a bet (from standard input when no file is named) by the validators' public keys alone.
KEYS.json is {"v1": "<32 bytes in base64>", ...}. Exits 0 when the proof holds, 1 when it does not, 2 on misuse.
`

/** A mistake of the caller, not of the proof. */
class Misuse extends Error {}

function main(args: readonly string[]): number {
  const { file, keysFile, quorum } = readArguments(args)
  const keys = readKeys(keysFile)
  let proof: unknown
  try {
    proof = JSON.parse(readText(file))
  } catch (error) {
    if (error instanceof Misuse) throw error
    process.stdout.write('invalid: malformed: the proof is not JSON\n')
    return 1
  }
  const verdict = judge(proof, keys, quorum)
  if (!verdict.ok) {
    process.stdout.write(`invalid: ${verdict.reason}: ${verdict.detail}\n`)
    return 1
  }
  process.stdout.write('valid: the bet was placed before the dice, and a quorum has signed the roll\n')
  return 0
}

function readArguments(args: readonly string[]): { file: string | 0; keysFile: string; quorum: number } {
  let parsed
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { keys: { type: 'string' }, quorum: { type: 'string', default: '3' } },
    })
  } catch (error) {
    throw new Misuse(messageOf(error))
  }
  const { values, positionals } = parsed
  if (values.keys === undefined) throw new Misuse('--keys is missing')
  if (positionals.length > 1) throw new Misuse(`one proof at a time, not ${positionals.length}`)
  const [file = 0] = positionals
  return { file: file === '-' ? 0 : file, keysFile: values.keys, quorum: Number(values.quorum) }
}

function readText(file: string | 0): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Misuse(messageOf(error))
  }
}

function readKeys(file: string): Readonly<Record<string, string>> {
  let keys: unknown
  try {
    keys = JSON.parse(readText(file))
  } catch (error) {
    if (error instanceof Misuse) throw error
    throw new Misuse(`${file} is not JSON`)
  }
  if (typeof keys !== 'object' || keys === null) throw new Misuse(`${file} must be an object of public keys by name`)
  return Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, String(key)]))
}

function judge(proof: unknown, keys: Readonly<Record<string, string>>, quorum: number): ReturnType<typeof verifyProof> {
  try {
    return verifyProof(proof, keys, quorum)
  } catch (error) {
    throw new Misuse(messageOf(error))
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

try {
  process.exitCode = main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof Misuse)) throw error
  process.stderr.write(`${error.message}\n\n${USAGE}`)
  process.exitCode = 2
}
