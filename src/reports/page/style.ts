/** Colours differ by lightness too, and nothing is told by colour alone: series have markers and dashes. */
const light = `
--page: #ffffff; --text: #1c2126; --quiet: #59636e; --rule: #d5dae0; --grid: #e8ebef; --shade: #f4f6f8; --bad: #b3261e;
--c0: #0068a8; --c1: #c44a00; --c2: #00785a; --c3: #a63f86; --c4: #8a6500; --c5: #4a4f55; --c6: #128a9c;`;
const dark = `
--page: #14171a; --text: #e4e7eb; --quiet: #9ba5b0; --rule: #363c43; --grid: #262b31; --shade: #1d2126; --bad: #ff8a80;
--c0: #62b4ee; --c1: #ff9350; --c2: #3cc79c; --c3: #e592c8; --c4: #dfb544; --c5: #b9bec4; --c6: #66d3e2;`;

const series = Array.from({ length: 7 }, (_, index) => `.c${index} { --series: var(--c${index}); }`).join('\n');

/** The style sheet of a report. Paper is always light. */
export const style = `
:root { color-scheme: light dark; ${light} }
@media screen and (prefers-color-scheme: dark) { :root { ${dark} } }
${series}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
main, footer { max-width: 1200px; margin: 0 auto; padding: 0 24px; }
main { padding-top: 36px; }
footer { padding-block: 24px 40px; color: var(--quiet); font-size: 13px; }
h1, h2, h3, p, li, summary, dd, td, figcaption { overflow-wrap: anywhere; }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 12px; font-weight: 650; }
h2 { font-size: 20px; line-height: 1.3; margin: 0 0 12px; font-weight: 650; }
h3 { font-size: 15px; line-height: 1.35; margin: 0 0 6px; font-weight: 600; }
p { margin: 0 0 10px; max-width: 78ch; }
.lead { font-size: 17px; }
section { margin-top: 34px; padding-top: 22px; border-top: 1px solid var(--rule); }
.note, figcaption { color: var(--quiet); font-size: 13px; max-width: 92ch; }
.sentences { margin: 0 0 10px; padding-inline-start: 20px; max-width: 84ch; }
.sentences li { margin-bottom: 6px; }
.across { overflow-x: auto; margin-bottom: 10px; }
table { border-collapse: collapse; min-width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
th { text-align: start; vertical-align: bottom; font-weight: 600; font-size: 13px; line-height: 1.3; min-width: 84px; padding: 6px 11px 6px 0; border-bottom: 1.5px solid var(--text); }
td { vertical-align: top; padding: 7px 11px 7px 0; border-bottom: 1px solid var(--rule); min-width: 72px; }
th:first-child, td:first-child { min-width: 180px; max-width: 340px; }
td:not(.number) > small { white-space: nowrap; }
.number { text-align: end; white-space: nowrap; overflow-wrap: normal; }
th.number { white-space: normal; }
th:last-child, td:last-child { padding-inline-end: 0; }
small { display: block; color: var(--quiet); font-size: 12px; line-height: 1.35; }
.unequal { color: var(--bad); }
.setting { display: flex; gap: 8px; align-items: baseline; }
.swatch { flex: none; width: 34px; height: 12px; overflow: visible; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 22px; list-style: none; margin: 6px 0 8px; padding: 0; font-size: 13px; }
.legend li { display: flex; gap: 8px; align-items: baseline; overflow-wrap: anywhere; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 24px 40px; margin-bottom: 10px; }
figure { margin: 0; max-width: 580px; break-inside: avoid; }
svg.chart, svg.strips { display: block; width: 100%; height: auto; overflow: visible; font-size: 12px; }
svg text { fill: var(--quiet); }
svg .title { fill: var(--text); font-size: 12.5px; }
.axis { fill: none; stroke: var(--quiet); stroke-width: 1; }
.grid { stroke: var(--grid); stroke-width: 1; }
.line { fill: none; stroke: var(--series); stroke-width: 1.7; stroke-linejoin: round; }
.band { fill: var(--series); opacity: 0.14; }
.marker { fill: var(--series); stroke: var(--page); stroke-width: 0.8; }
.seed { opacity: 0.75; }
.interval { stroke: var(--series); stroke-width: 1.4; }
.ring { fill: none; stroke: var(--text); stroke-width: 1.3; }
.front { fill: none; stroke: var(--quiet); stroke-width: 1.2; stroke-dasharray: 4 3; }
.gone { fill: var(--shade); stroke: var(--rule); stroke-width: 0.5; }
.kept { fill: var(--c0); }
.k3 { opacity: 0.72; } .k2 { opacity: 0.48; } .k1 { opacity: 0.26; }
svg.strips { font-size: 10.5px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 6px 20px; margin: 0 0 16px; font-size: 14px; }
dt { color: var(--quiet); }
dd { margin: 0; min-width: 0; }
dd span { display: block; }
details { margin-bottom: 8px; }
details > *:not(summary) { margin-top: 8px; }
summary { cursor: pointer; }
pre { margin: 0 0 10px; padding: 12px 14px; background: var(--shade); border-radius: 4px; overflow-x: auto; font: 12.5px/1.45 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
@media (max-width: 560px) {
  main, footer { padding-inline: 16px; }
  h1 { font-size: 25px; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 8px; }
}
@page { margin: 14mm; }
@media print {
  body { font-size: 11pt; }
  main, footer { max-width: none; padding-inline: 0; }
  .across { overflow: visible; }
  table, th { font-size: 7.5pt; }
  small { font-size: 6.5pt; }
  th, td, th:first-child, td:first-child { min-width: 0; padding-inline-end: 6px; }
  td { overflow-wrap: break-word; }
  .number, td:not(.number) > small { white-space: normal; }
  h2, h3 { break-after: avoid; }
  tr { break-inside: avoid; }
  pre { white-space: pre-wrap; }
}
`;
