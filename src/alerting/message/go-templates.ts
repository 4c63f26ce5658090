import type { Notification } from '../dispatch-types.ts'
import { ALERTMANAGER_FUNCTION_NAMES, alertmanagerFunctions } from '../template/alertmanager-functions.ts'
import { BUILTINS } from '../template/builtins.ts'
import { HtmlOutput } from '../template/html-output.ts'
import { execute, type TemplateLimits } from '../template/interpreter.ts'
import { parseTemplate, type Template } from '../template/parser.ts'
import { TemplateError } from '../template/value.ts'
import { templateData } from './data.ts'
import { DEFAULT_TEMPLATE_FILE } from './default-templates.ts'

export interface TemplateFile {
  readonly name: string
  readonly source: string
}

export type Expanded = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly fault: string }

/** A group may have thousands of alerts. */
const LIMITS: TemplateLimits = { output: 1024 * 1024, made: 16 * 1024 * 1024, steps: 1_000_000, depth: 100 }
/** More are refused. */
const MAX_FILES = 1000

function read(name: string, source: string): Template {
  return parseTemplate(name, source, { hasFunction })
}

function hasFunction(name: string): boolean {
  return ALERTMANAGER_FUNCTION_NAMES.has(name) || BUILTINS.has(name) || name === 'and' || name === 'or'
}

/** Templates as Alertmanager's configuration has them, and the files that define what they use. */
export class GoTemplates {
  readonly #library: readonly Template[]

  /** @throws TemplateError for a file that cannot be read, RangeError for too many of them. */
  constructor(files: readonly TemplateFile[] = []) {
    if (files.length > MAX_FILES) throw new RangeError(`${files.length} template files: ${MAX_FILES} at most`)
    this.#library = [DEFAULT_TEMPLATE_FILE, ...files].map(({ name, source }) => read(name, source))
  }

  /** Whether a definition of this name is there. */
  has(name: string): boolean {
    return this.#library.some(({ templates }) => templates.has(name))
  }

  /** `html`: what is inserted is escaped for the place where it stands. */
  expand(source: string, notification: Notification, { html = false }: { readonly html?: boolean } = {}): Expanded {
    if (!source.includes('{{')) return { ok: true, text: source }
    try {
      const own = alertmanagerFunctions(notification.at)
      const template = { ...read('', source), library: this.#library }
      const output = html ? new HtmlOutput() : undefined
      const functions = (name: string) => own.get(name) ?? BUILTINS.get(name)
      return { ok: true, text: execute(template, templateData(notification), functions, LIMITS, output) }
    } catch (cause) {
      if (cause instanceof TemplateError) return { ok: false, fault: cause.message }
      throw cause
    }
  }
}
