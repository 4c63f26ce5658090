import { readFile } from 'node:fs/promises'
import path from 'node:path'
import {
  type AlertingConfig,
  explainConfigFault,
  MessageTemplates,
  readAlertingConfig,
  TemplateError,
  type TemplateFile,
} from '../../alerting/index.ts'
import { glob } from '../rules/glob.ts'
import { reasonOf } from '../rules/reason.ts'
import { Refusal } from './refusal.ts'

export interface LoadedAlerting {
  readonly config: AlertingConfig
  /** With the file's name and the place in it. */
  readonly warnings: readonly string[]
}

/** @throws Refusal with all that is wrong with the file. */
export async function loadAlerting(file: string): Promise<LoadedAlerting> {
  const read = readAlertingConfig(await textOf(file), path.resolve(path.dirname(file)))
  if (!read.ok) throw new Refusal(read.faults.map((fault) => explainConfigFault(fault, file)))
  return { config: read.config, warnings: read.warnings.map((warning) => explainConfigFault(warning, file)) }
}

export interface LoadedTemplates {
  readonly templates: MessageTemplates
  readonly faults: readonly string[]
  readonly warnings: readonly string[]
}

/** Those that can be read; what cannot is among the faults. */
export async function loadTemplates({ templates: patterns }: AlertingConfig): Promise<LoadedTemplates> {
  const files: TemplateFile[] = []
  const faults: string[] = []
  const warnings: string[] = []
  let templates = new MessageTemplates()
  for (const pattern of patterns) {
    const found = glob(pattern)
    if (found.length === 0) warnings.push(`templates: no file matches ${pattern}`)
    for (const name of found) {
      try {
        const file = { name, source: await readFile(name, 'utf8') }
        // One after the other: the fault of one is not to take the others.
        templates = new MessageTemplates({ files: [...files, file] })
        files.push(file)
      } catch (cause) {
        if (cause instanceof TemplateError) faults.push(`${name}: ${cause.message}`)
        else faults.push(`${name}: ${reasonOf(cause)}`)
      }
    }
  }
  return { templates, faults, warnings }
}

/** @throws Refusal */
export async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new Refusal([`${file}: ${reasonOf(cause)}`])
  }
}
