import { needPeer } from '../support/peer.ts'
import { runDifferential } from './differential.ts'
import { runParserCases } from './parser-cases.ts'
import { RECORDINGS, replay } from './recorded.ts'
import { runScripts } from './scripts.ts'
import { type CaseOutcome, conformanceFolder } from './shared.ts'

/** Of each part, so many faults are shown. */
const SHOWN = 20

type Part = (folder: string) => readonly CaseOutcome[] | Promise<readonly CaseOutcome[]>

const PARTS: Readonly<Record<string, Part>> = {
  'promql scripts': runScripts,
  'parser cases': runParserCases,
  ...Object.fromEntries(
    RECORDINGS.map((recording): [string, Part] => [`recorded ${recording}`, (folder) => replay(folder, recording)]),
  ),
  'differential, against Prometheus': (folder) => {
    const missing = (reason: string): never => {
      throw new Missing(reason)
    }
    return runDifferential(folder, {
      prometheus: needPeer('prometheus', missing),
      promtool: needPeer('promtool', missing),
    })
  },
}

/** What a part needs is not there. */
class Missing extends Error {}

async function run(name: string, part: Part, folder: string): Promise<boolean> {
  try {
    const faults = (await part(folder)).map(({ name: each, fault }) => ({ each, fault }))
    const failed = faults.filter(({ fault }) => fault !== undefined)
    process.stdout.write(`${name}: ${faults.length - failed.length} passed, ${failed.length} failed\n`)
    for (const { each, fault } of failed.slice(0, SHOWN)) process.stdout.write(`  ${each}\n    ${fault}\n`)
    return failed.length === 0
  } catch (error) {
    if (!(error instanceof Missing)) throw error
    process.stdout.write(`${name}: skipped: ${error.message}\n`)
    return true
  }
}

const found = conformanceFolder()
if ('missing' in found) process.stdout.write(`skipped: ${found.missing}\n`)
else {
  let sound = true
  for (const [name, part] of Object.entries(PARTS)) sound = (await run(name, part, found.folder)) && sound
  process.exitCode = sound ? 0 : 1
}
