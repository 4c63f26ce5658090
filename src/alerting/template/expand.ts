import type { HistogramValue, LabelSet } from '../../series/index.ts'
import { BUILTINS } from './builtins.ts'
import { FunctionError, QueryNeeded } from './function.ts'
import { execute, TEMPLATE_LIMITS } from './interpreter.ts'
import { parseTemplate, type Template } from './parser.ts'
import { FUNCTION_NAMES, prometheusFunctions, type Surroundings } from './prometheus-functions.ts'
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
    const answers = new Map<string, readonly SampleOfQuery[]>()
    const failures = new Map<string, string>()
    const dot = dotOf(data, host)
    // The evaluation is synchronous: it begins anew with each answer, and gives the same up to there.
    for (;;) {
      try {
        return { ok: true, text: execute(template, dot, functions(data, answers, failures), TEMPLATE_LIMITS) }
      } catch (cause) {
        if (cause instanceof TemplateError) {
          return { ok: false, fault: `error executing template ${this.#name}: ${cause.message}` }
        }
        if (!(cause instanceof QueryNeeded)) throw cause
        const answer =
          answers.size + failures.size < MAX_QUERIES
            ? await host.query(cause.query, data.at)
            : ({ ok: false, fault: `more than ${MAX_QUERIES} queries in one template` } as const)
        if (answer.ok)
          answers.set(
            cause.query,
            answer.samples.map((sample) => sampleOf(sample, host)),
          )
        else failures.set(cause.query, answer.fault)
      }
    }
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

function functions(
  { at, externalUrl }: TemplateData,
  answers: Surroundings['answers'],
  failures: ReadonlyMap<string, string>,
): ReturnType<typeof prometheusFunctions> {
  const own = new Map([...BUILTINS, ...prometheusFunctions({ at, externalUrl, answers })])
  const query = own.get('query')
  if (query === undefined || failures.size === 0) return own
  return own.set('query', {
    ...query,
    run: (args) => {
      const [asked] = args
      const fault = asked?.type === 'string' ? failures.get(asked.value) : undefined
      if (fault !== undefined) throw new FunctionError(fault)
      return query.run(args)
    },
  })
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
