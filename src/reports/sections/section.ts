import { markup, type Markup, type Piece } from '../text/markup';

/** A part of the report under a title. */
export function section(title: string, content: Piece): Markup {
  return markup`<section>
<h2>${title}</h2>
${content}
</section>
`;
}

export interface Table {
  /** What a reader who does not see it is told. */
  readonly label: string;
  readonly header: readonly Piece[];
  readonly rows: readonly (readonly Piece[])[];
  /** Columns of texts; the others are numbers and stand right. */
  readonly texts: number;
}

/** A table that scrolls by itself where it is wider than the page. */
export function table({ label, header, rows, texts }: Table): Markup {
  const alignment = (column: number): Markup | null => (column < texts ? null : markup` class="number"`);
  return markup`<div class="across" role="region" aria-label="${label}" tabindex="0"><table>
<thead><tr>${header.map((cell, column) => markup`<th scope="col"${alignment(column)}>${cell}</th>`)}</tr></thead>
<tbody>
${rows.map(
  (row) => markup`<tr>${row.map((cell, column) => markup`<td${alignment(column)}>${cell}</td>`)}</tr>
`,
)}</tbody>
</table></div>
`;
}

/** A figure with what it shows in words. */
export function figure(title: string, drawing: Piece, caption: Piece = null): Markup {
  return markup`<figure>
<h3>${title}</h3>
${drawing}
${caption !== null && markup`<figcaption>${caption}</figcaption>`}
</figure>
`;
}

export function note(text: Piece): Markup {
  return markup`<p class="note">${text}</p>
`;
}

export function folded(summary: Piece, content: Piece): Markup {
  return markup`<details><summary>${summary}</summary>
${content}
</details>
`;
}
