import type { HistogramValue, LabelSet } from '../../series/index.ts'
import { BUILTINS } from './builtins.ts'
import { QueryNeeded, type TemplateFunction } from './function.ts'
import { execute, TEMPLATE_LIMITS } from './interpreter.ts'
import { parseTemplate, type Template } from './parser.ts'
import {
  type Answer,
  FUNCTION_NAMES,
  prometheusFunctions,
  PURE_FUNCTIONS,
  type Surroundings,
} from './prometheus-functions.ts'
import { float, type SampleOfQuery, TemplateError, text, textMap, type Value } from './value.ts'

export interface TemplateSample {
  readonly labels: LabelSet
  readonly value: number | HistogramValue
}

export interface TemplateData {
  readonly labels: LabelSet
  readonly value: number | HistogramValue
  readonly externalLabels: LabelSet
  readonly externalUrl: string
  /** Ms since the epoch. */
  readonly at: number
}

/** How templates ask, and how they print histograms. */
export interface TemplateHost {
  readonly query: (
    expr: string,
    at: number,
  ) => Promise<
    { readonly ok: true; readonly samples: readonly TemplateSample[] } | { readonly ok: false; readonly fault: string }
  >
  readonly histogramText: (histogram: HistogramValue) => string
}

/** What Prometheus puts before each label and annotation. */
const PREAMBLE =
  '{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}'
/** More queries in one template are refused. */
const MAX_QUERIES = 20
const ALERT_PREFIX = '__alert_'

export function isFunction(name: string): boolean {
  return BUILTINS.has(name) || FUNCTION_NAMES.has(name) || name === 'and' || name === 'or'
}

/** Reads the template of an alert's label or annotation. @throws TemplateError. */
export function readAlertTemplate(alert: string, source: string): Template {
  return parseTemplate(ALERT_PREFIX + alert, PREAMBLE + source, { hasFunction: isFunction })
}

/** A template of one alerting rule, read once. */
export class AlertTemplate {
  readonly source: string
  /** Has no action: it expands to itself. */
  readonly #plain: boolean
  readonly #name: string
  readonly #read: Template | TemplateError

  constructor(alert: string, source: string) {
    this.source = source
    this.#plain = !source.includes('{{')
    this.#name = ALERT_PREFIX + alert
    this.#read = readOrFault(alert, this.#plain ? '' : source)
  }

  get isPlain(): boolean {
    return this.#plain
  }

  /** Never fails: a fault is written in its place, as Prometheus does. */
  async expand(data: TemplateData, host: TemplateHost): Promise<string> {
    if (this.#plain) return this.source
    const done = await this.#expand(data, host)
    return done.ok ? done.text : `<error expanding template: ${done.fault}>`
  }

  async #expand(
    data: TemplateData,
    host: TemplateHost,
  ): Promise<{ readonly ok: true; readonly text: string } | { readonly ok: false; readonly fault: string }> {
    const template = this.#read
    if (template instanceof TemplateError) {
      return { ok: false, fault: `error parsing template ${this.#name}: ${template.message}` }
    }
    const answers = new Map<string, Answer>()
    const { at, externalUrl } = data
    const dot = dotOf(data, host)
    // The evaluation is synchronous: it begins anew with each answer, and gives the same up to there.
    for (;;) {
      try {
        return { ok: true, text: execute(template, dot, functions({ at, externalUrl, answers }), TEMPLATE_LIMITS) }
      } catch (cause) {
        if (cause instanceof TemplateError) {
          return { ok: false, fault: `error executing template ${this.#name}: ${cause.message}` }
        }
        if (!(cause instanceof QueryNeeded)) throw cause
        answers.set(cause.query, await this.#answer(cause.query, answers.size, data, host))
      }
    }
  }

  async #answer(query: string, asked: number, { at }: TemplateData, host: TemplateHost): Promise<Answer> {
    if (asked >= MAX_QUERIES) return { fault: `more than ${MAX_QUERIES} queries in one template` }
    const answer = await host.query(query, at)
    return answer.ok ? answer.samples.map((sample) => sampleOf(sample, host)) : answer
  }
}

function readOrFault(alert: string, source: string): Template | TemplateError {
  try {
    return readAlertTemplate(alert, source)
  } catch (cause) {
    if (cause instanceof TemplateError) return cause
    throw cause
  }
}

function functions(surroundings: Surroundings): (name: string) => TemplateFunction | undefined {
  const own = prometheusFunctions(surroundings)
  return (name) => own.get(name) ?? PURE_FUNCTIONS.get(name) ?? BUILTINS.get(name)
}

function dotOf({ labels, externalLabels, externalUrl, value }: TemplateData, host: TemplateHost): Value {
  return {
    type: 'data',
    fields: new Map([
      ['Labels', textMap(labels)],
      ['ExternalLabels', textMap(externalLabels)],
      ['ExternalURL', text(externalUrl)],
      ['Value', valueOf(value, host)],
    ]),
  }
}

function sampleOf({ labels, value }: TemplateSample, host: TemplateHost): SampleOfQuery {
  return { type: 'sample', labels: textMap(labels), value: valueOf(value, host) }
}

function valueOf(value: number | HistogramValue, { histogramText }: TemplateHost): Value {
  return typeof value === 'number' ? float(value) : { type: 'histogram', value, text: histogramText(value) }
}
