export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Reads a page by the format's grammar, character by character; shares nothing with the code that writes it. */
export function parsePage(text: string): Sample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const labels: Record<string, string> = {}
      let at = line.search(/[{ ]/)
      const name = line.slice(0, at)
      if (line[at] === '{') {
        at++
        while (line[at] !== '}') {
          const equals = line.indexOf('=', at)
          const label = line.slice(at, equals)
          let value = ''
          at = equals + 2
          for (; line[at] !== '"'; at++) {
            if (line[at] === '\\') value += { n: '\n', '"': '"', '\\': '\\' }[line[++at] ?? ''] ?? 'bad escape'
            else value += line[at]
          }
          labels[label] = value
          at++
          if (line[at] === ',') at++
        }
        at++
      }
      const word = line.slice(at + 1)
      return { name, labels, value: word === '+Inf' ? Infinity : word === '-Inf' ? -Infinity : Number(word) }
    })
}
