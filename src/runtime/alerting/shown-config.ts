import { type Document, isAlias, isMap, isPair, isScalar, type Pair, parseDocument, visit } from 'yaml'

/** Secrets wherever they stand; what ends in `_file` only names one. */
const SECRET = /(?:^|_)(?:tokens?|secrets?|passwords?|keys?|credentials|webhook_url|slack_api_url)$/
/** Secrets of some channels: who knows them may use them. */
const SECRET_OF: Readonly<Record<string, readonly string[]>> = {
  slack_configs: ['api_url'],
  webhook_configs: ['url'],
  ntfy_configs: ['topic'],
  command_configs: ['env'],
}
const PASSWORD_IN_URL = /^(https?:\/\/[^/?#@:]*):[^/?#@]*@/i
const HIDDEN = '<secret>'

/** The text of a configuration without its secrets and comments; the rest is shown, as `amtool` has it from an Alertmanager. */
export function shownConfig(text: string): string {
  const document = parseDocument(text)
  visit(document, {
    Pair: (_, { key, value }, path) => {
      const name = isScalar(key) ? String(key.value) : ''
      if (SECRET.test(name) || (SECRET_OF[channelOf(path)] ?? []).includes(name)) hide(value, document)
    },
    Node: (_, node) => {
      uncomment(node)
      if (isScalar(node) && typeof node.value === 'string') {
        node.value = node.value.replace(PASSWORD_IN_URL, `$1:${HIDDEN}@`)
      }
    },
    Alias: () => undefined,
  })
  uncomment(document)
  return document.errors.length > 0 || document.contents === null ? '' : String(document)
}

/** The list of channels in which a key stands, directly: that of the pair above the list's item. */
function channelOf(path: readonly unknown[]): string {
  const above = path.findLast((each): each is Pair => isPair(each))
  return isScalar(above?.key) ? String(above.key.value) : ''
}

function hide(value: unknown, document: Document): void {
  if (isAlias(value)) hide(value.resolve(document), document)
  else if (isScalar(value)) value.value = HIDDEN
  else if (typeof value === 'object' && value !== null && 'items' in value && Array.isArray(value.items)) {
    for (const item of value.items) hide(isPair(item) ? item.value : item, document)
  }
}

function uncomment(node: object): void {
  for (const key of ['comment', 'commentBefore']) if (key in node) Reflect.set(node, key, undefined)
  if (isMap(node))
    for (const { key, value } of node.items) for (const each of [key, value]) if (isScalar(each)) uncomment(each)
}
