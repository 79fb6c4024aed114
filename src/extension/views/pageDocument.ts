/** What a document is told of its own beginning; everything else comes by message. */
export interface PageStart {
  /** The page says it with `ready`, so that the host knows which of its documents is ready. */
  readonly load: number;
  /** What the page had kept in another webview, as JSON; null if VS Code has kept it. */
  readonly kept: string | null;
  /** Stands in the page until its script runs. */
  readonly notice: string | null;
}

export interface PageParts {
  /** Name of the page, by which it is found among the documents of a window. */
  readonly page: string;
  readonly language: string;
  /** JavaScript of the page. */
  readonly script: string;
  /** Style sheet of the page, its fonts in it as data. */
  readonly styles: string;
  /** Lets this page's own script and styles in and no other. */
  readonly nonce: string;
  readonly start: PageStart;
}

/**
 * The HTML of a page: one document with all it needs in it, and everything else is denied. What a webview loads from files comes
 * through a service worker that all webviews share and each replaces while it loads; a page made in between would get nothing.
 */
export function pageDocument({ page, language, script, styles, nonce, start }: PageParts): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    // The toolkit's controls try a style element for :focus-visible, with the nonce of the meta element below.
    `style-src 'nonce-${nonce}'`,
    `font-src data:`,
    `img-src data:`,
  ].join('; ');
  const kept = start.kept === null ? '' : ` data-kept="${escaped(start.kept)}"`;
  const notice = start.notice === null ? '' : `<p id="notice">${escaped(start.notice)}</p>`;
  return `<!doctype html>
<html lang="${language}" data-page="${page}" data-load="${start.load}"${kept}>
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta property="csp-nonce" content="${nonce}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <style nonce="${nonce}">${inStyleElement(styles)}</style>
    <title>SFP Lab</title>
  </head>
  <body>
    ${notice}
    <script nonce="${nonce}">${inScriptElement(script)}</script>
  </body>
</html>`;
}

/** JavaScript that means the same and neither ends the element nor begins a comment in it. */
function inScriptElement(script: string): string {
  return script.replaceAll(/<\/(?=script)/gi, '<\\/').replaceAll('<!--', '\\x3C!--');
}

function inStyleElement(styles: string): string {
  return styles.replaceAll(/<\/(?=style)/gi, '<\\/');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
