import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LabelSet } from '../../series/index.ts'
import { formatFloat } from './go-float.ts'
import { AlertTemplate, readAlertTemplate, TemplateError, type TemplateHost } from './index.ts'

// What templates print is compared with Prometheus's own in test/peers/rules.test.ts; here is what Prometheus has not.

const host: TemplateHost = {
  query: (expr) =>
    Promise.resolve(
      expr === 'bad'
        ? { ok: false, fault: 'no such thing' }
        : { ok: true, samples: [{ labels: LabelSet.of({ job: expr }), value: 2 }] },
    ),
  histogramText: () => '{}',
}

function expand(source: string, asked: string[] = []): Promise<string> {
  const data = {
    labels: LabelSet.of({ job: 'a', path: '<x>' }),
    value: 1.5e6,
    externalLabels: LabelSet.EMPTY,
    externalUrl: 'http://x.org/pre/',
    at: 1_700_000_000_500,
  }
  const query: TemplateHost['query'] = (expr, at) => {
    asked.push(expr)
    return host.query(expr, at)
  }
  return new AlertTemplate('A', source).expand(data, { ...host, query })
}

/** @throws what is no fault of the template. */
function isReadable(source: string): boolean {
  try {
    readAlertTemplate('A', source)
    return true
  } catch (cause) {
    if (cause instanceof TemplateError) return false
    throw cause
  }
}

describe('templates', () => {
  it.each([
    ['plain text', 'plain text'],
    ['{{ now }}', '1.7000000005e+09'],
    ['{{ toDuration 90.5 }} {{ (toDuration 3600).Minutes }} {{ toDuration 0.0015 }}', '1m30.5s 60 1.5ms'],
    ['{{ toDuration $value | humanizeDuration }}', '17d 8h 40m 0s'],
    ['{{ urlQueryEscape "a b&c" }}', 'a+b%26c'],
    ['{{ pathPrefix }} {{ externalURL }}', '/pre/ http://x.org/pre/'],
    ['{{ (query "q" | first).Labels.job }}{{ query "r" | first | label "job" }}', 'qr'],
  ])('%s', async (source, want) => {
    expect(await expand(source)).toBe(want)
  })

  it('ask each query once, however often it stands there', async () => {
    const asked: string[] = []
    await expand('{{ query "a" | len }}{{ query "b" | len }}{{ query "a" | len }}', asked)
    expect(asked).toEqual(['a', 'b'])
  })

  it.each([
    ['{{ query "bad" }}', 'error calling query: no such thing'],
    ['{{ range 100000000 }}x{{ end }}', 'takes more than 100000 steps'],
    ['{{ range 99999 }}{{ $x := printf "%90000d" . }}{{ end }}', 'makes texts of more than 4194304 characters'],
    ['{{ range 50000 }}{{ range 99999 }}{{ break }}{{ end }}{{ end }}', 'takes more than 100000 steps'],
    ['{{ $x := printf "%30000s" "a" }}{{ reReplaceAll "( *)*b| " "" $x }}', 'patterns take more than 500000 steps'],
    ['{{ range 99999 }}{{ range 99999 }}{{ end }}{{ end }}', 'takes more than 100000 steps'],
    ['{{ range 1000 }}{{ printf "%1000d" 1 }}{{ end }}', 'writes more than 262144 characters'],
    ['{{ define "r" }}{{ template "r" }}{{ end }}{{ template "r" }}', 'exceeded maximum template depth (100)'],
    ['{{ range 30 }}{{ printf "%d" . | query | len }}{{ end }}', 'more than 20 queries in one template'],
    ['{{ reReplaceAll "(a" "" "b" }}', 'missing closing )'],
    ['{{ printf "%1000001d" 1 }}', '%!(NOVERB)'],
  ])('%s ends with an error', async (source, fault) => {
    expect(await expand(source)).toContain(fault)
  })

  it('that nest too deeply are refused', () => {
    const deep = `${'{{if 1}}'.repeat(1000)}${'{{end}}'.repeat(1000)}`
    expect(() => readAlertTemplate('A', deep)).toThrow('nests more than')
    expect(() => readAlertTemplate('A', `{{ ${'('.repeat(1000)}1${')'.repeat(1000)} }}`)).toThrow('nests more than')
  })

  it('of any text are read or refused, and never anything else', async () => {
    const piece = fc.constantFrom(
      ...'{{ }} {{- -}} if else end range with define template block break $x := = . | ( ) "a" `b` 1 -1.5 0x \' \\ nil true printf "%d" len $labels .Value , /* */ \n é'.split(
        ' ',
      ),
      ' ',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 15 }), async (pieces) => {
        const source = pieces.join('')
        const outcome = isReadable(source) ? await expand(source) : 'refused'
        expect(typeof outcome).toBe('string')
      }),
      { numRuns: 1000 },
    )
  })
})

describe('numbers as Go prints them', () => {
  it('read back as they were', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        for (const verb of ['e', 'f', 'g'] as const) expect(Number(formatFloat(value, verb, -1))).toBe(value)
      }),
    )
  })

  it('are nearest with any precision', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e15, max: 1e15, noNaN: true }), fc.nat(15), (value, precision) => {
        const text = formatFloat(value, 'f', precision)
        expect(text).toMatch(/^-?\d+(?:\.\d+)?$/)
        // A half goes to the even digit in Go, away from zero in JavaScript.
        expect(Math.abs(Number(text) - Number(value.toFixed(precision)))).toBeLessThanOrEqual(10 ** -precision * 1.01)
        expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(0.5 * 10 ** -precision + Math.abs(value) * 1e-15)
      }),
    )
  })
})
