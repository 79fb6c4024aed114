/** What a document is told of its own beginning; everything else comes by message. */
export interface PageStart {
  /** The page says it with `ready`, so that the host knows which of its documents is ready. */
  readonly load: number;
  /** What the page had kept in another webview, as JSON; null if VS Code has kept it. */
  readonly kept: string | null;
  /** Stands in the page until its script runs. */
  readonly notice: string | null;
}

export interface PageSources {
  readonly language: string;
  /** Whose style sheets, fonts and pictures the page may load. */
  readonly origin: string;
  readonly script: string;
  readonly styleSheet: string;
  /** Lets this page's own script run and no other. */
  readonly nonce: string;
  readonly start: PageStart;
}

/** The HTML of a page: it loads one style sheet and one script, and everything else is denied. */
export function pageDocument({ language, origin, script, styleSheet, nonce, start }: PageSources): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    // The toolkit's controls try a style element for :focus-visible, with the nonce of the meta element below.
    `style-src ${origin} 'nonce-${nonce}'`,
    `font-src ${origin}`,
    `img-src ${origin} data:`,
  ].join('; ');
  const kept = start.kept === null ? '' : ` data-kept="${escaped(start.kept)}"`;
  const notice = start.notice === null ? '' : `<p id="notice">${escaped(start.notice)}</p>`;
  return `<!doctype html>
<html lang="${language}" data-load="${start.load}"${kept}>
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta property="csp-nonce" content="${nonce}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${styleSheet}" />
    <title>SFP Lab</title>
  </head>
  <body>
    ${notice}
    <script nonce="${nonce}" src="${script}"></script>
  </body>
</html>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
