/** Without what a terminal would obey: a label's value or a server's message may be anybody's text. */
export function safe(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what it is about
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
