export interface AcknowledgeFacts {
  /** Of the group. */
  readonly labels: string
  readonly receiver: string
  readonly acknowledgedBy: string | undefined
}

/** A button that posts to the page's own address, which holds the token. */
export function acknowledgePage({ labels, receiver, acknowledgedBy }: AcknowledgeFacts): string {
  const known = acknowledgedBy === undefined ? '' : `<p>Acknowledged already: ${escaped(acknowledgedBy)}.</p>`
  return pageOf(
    'Acknowledge an alert',
    `<p>What fires in ${escaped(labels)}, as told to ${escaped(receiver)}: acknowledge that you are at it?</p>${known}
<form method="post">
<p><label>Your name <input name="by" maxlength="200" autocomplete="name"></label></p>
<p><button type="submit">Acknowledge</button></p>
</form>`,
  )
}

export function messagePage(title: string, text: string): string {
  return pageOf(title, `<p>${escaped(text)}</p>`)
}

function pageOf(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="stylesheet" href="../style.css">
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${body}
</main>
</body>
</html>
`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}
