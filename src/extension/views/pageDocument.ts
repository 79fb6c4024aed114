export interface PageSources {
  readonly language: string;
  /** Whose style sheets, fonts and pictures the page may load. */
  readonly origin: string;
  readonly script: string;
  readonly styleSheet: string;
  /** Lets this page's own script run and no other. */
  readonly nonce: string;
}

/** The HTML of a page: it loads one style sheet and one script, and everything else is denied. */
export function pageDocument({ language, origin, script, styleSheet, nonce }: PageSources): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    // The toolkit's controls try a style element for :focus-visible, with the nonce of the meta element below.
    `style-src ${origin} 'nonce-${nonce}'`,
    `font-src ${origin}`,
    `img-src ${origin} data:`,
  ].join('; ');
  return `<!doctype html>
<html lang="${language}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta property="csp-nonce" content="${nonce}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${styleSheet}" />
    <title>SFP Lab</title>
  </head>
  <body>
    <script nonce="${nonce}" src="${script}"></script>
  </body>
</html>`;
}
