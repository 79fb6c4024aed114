import { createHash } from 'node:crypto';
import { markup, Markup, type Piece } from '../text/markup';
import { style } from './style';

/** No script, nothing that is loaded, no form, and no style but the one of this file. */
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`;

export interface PageAbout {
  readonly title: string;
  /** Of SFP Lab. */
  readonly version: string;
}

/** The whole document. */
export function page({ title, version }: PageAbout, content: Piece): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}</main>
<footer>Made by SFP Lab ${version}, from the folders of the runs.</footer>
</body>
</html>
`.text;
}
