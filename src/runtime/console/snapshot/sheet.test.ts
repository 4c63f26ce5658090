import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor, REDACTED } from '../../../logging/index.ts'
import { COLOURS, POLICY, STYLE } from './style.ts'
import { Sheet } from './sheet.ts'
import { readFileSync } from 'node:fs'

function sheetOf(options: Parameters<typeof createRedactor>[0] = {}): Sheet {
  return new Sheet({
    redactor: createRedactor(options),
    window: { from: 0, to: 1000 },
    zone: 'UTC',
    signal: AbortSignal.any([]),
    breathe: () => Promise.resolve(),
  })
}

describe('what is written on a sheet', () => {
  it.each([
    ['</script><img src=x onerror=alert(1)>', '&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;'],
    ['" onload="x', '&quot; onload=&quot;x'],
    ["it's & that", 'it&#39;s &amp; that'],
    ['password=hunter2 and on', `password=${REDACTED} and on`],
    ['a\u0000b\u202Ec\u0007d', 'a\uFFFDb\uFFFDc\uFFFDd'],
    ['two\nlines\tand a tab', 'two\nlines\tand a tab'],
    ['', ''],
  ])('%j is %j', (text, written) => {
    const { html } = sheetOf()
    expect(html`<p title="${text}">${text}</p>`.text).toBe(`<p title="${written}">${written}</p>`)
  })

  it('is text, whatever it is', () => {
    const { html } = sheetOf()
    const pieces = fc.constantFrom('<', '>', '"', "'", '&', '</style>', '<script>', ']]>', '<!--', '\uD800')
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 4 }))), (parts) => {
        expect(html`${parts.join('')}`.text).not.toMatch(/[<>"']/)
      }),
    )
  })

  it('is redacted before it is cut, and counted', () => {
    const sheet = sheetOf()
    const { text } = sheet.html`${`${'x '.repeat(990)}password=${'s3cret'.repeat(20)} ${'y '.repeat(2000)}`}`
    expect(text).not.toContain('s3cret')
    expect(text).toMatch(/\[\d+ more characters\]$/)
    expect(sheet.redacted).toBe(1)
  })

  it.each([
    ['user', 'ann', 'ann'],
    ['dbPassword', 'hunter2', REDACTED],
    ['note', { token: 'hunter2', n: 1 }, `{"token":"${REDACTED}","n":1}`],
    ['list', [1, 2], '[1,2]'],
  ])('a field %s of %j is %s', (name, value, shown) => {
    expect(sheetOf().field(name, value)).toBe(shown)
  })

  it('addresses of e-mail go where the rules say so', () => {
    expect(sheetOf({ emails: true }).html`${'to ann@example.com'}`.text).toBe(`to ${REDACTED}`)
    expect(sheetOf().html`${'to ann@example.com'}`.text).toBe('to ann@example.com')
  })

  it('other pieces are put in as they are; what stands before lines of the code is not', () => {
    const { html } = sheetOf()
    const inner = [html`<b>a</b>`, html`<b>${'<'}</b>`]
    expect(
      html`<ul>
        <li>${inner}</li>
        <li>${7}${undefined}</li>
      </ul>`.text,
    ).toBe('<ul>\n<li><b>a</b><b>&lt;</b></li>\n<li>7</li>\n</ul>')
  })

  it('a drawing is drawn by numbers alone', () => {
    expect(sheetOf().drawing('M0 1h0L-2 3.5V4z').text).toBe('M0 1h0L-2 3.5V4z')
    expect(() => sheetOf().drawing('M0 0"/><script>')).toThrow('BUG')
  })
})

describe('the style', () => {
  it('ends nothing that it stands in, and is the only one that may be', () => {
    expect(STYLE).not.toMatch(/<|@import|url\(/)
    expect(POLICY).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'$/)
  })

  it('has the colours of the console', () => {
    const tokens = readFileSync(new URL('../../../../console/src/style/tokens.css', import.meta.url), 'utf8')
    const missing = Object.entries(COLOURS).filter(
      ([name, [light, dark]]) => !tokens.includes(`--${name}: light-dark(${light}, ${dark});`),
    )
    expect(missing).toEqual([])
  })
})
