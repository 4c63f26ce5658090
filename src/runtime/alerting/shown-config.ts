import { isMap, isPair, isScalar, parseDocument, visit } from 'yaml'

/** What is, or may hold, a secret; what ends in `_file` only names one. */
const SECRET = /(?:^|_)(?:tokens?|secrets?|passwords?|keys?|credentials|urls?|values|env|topic)$/

/** The text of a configuration without its secrets and comments. */
export function shownConfig(text: string): string {
  const document = parseDocument(text)
  visit(document, {
    Pair: (_, { key, value }) => {
      if (isScalar(key) && SECRET.test(String(key.value))) hide(value)
    },
    Node: (_, node) => uncomment(node),
    Alias: () => undefined,
  })
  uncomment(document)
  return document.errors.length > 0 || document.contents === null ? '' : String(document)
}

function hide(value: unknown): void {
  if (isScalar(value)) value.value = '<secret>'
  else if (typeof value === 'object' && value !== null && 'items' in value && Array.isArray(value.items)) {
    for (const item of value.items) hide(isPair(item) ? item.value : item)
  }
}

function uncomment(node: object): void {
  for (const key of ['comment', 'commentBefore']) if (key in node) Reflect.set(node, key, undefined)
  if (isMap(node))
    for (const { key, value } of node.items) for (const each of [key, value]) if (isScalar(each)) uncomment(each)
}
