/** The colours that canvases draw with, read from VS Code's theme variables. */
export interface Theme {
  readonly background: string;
  readonly foreground: string;
  readonly muted: string;
  readonly gridLine: string;
  readonly axisFont: string;
  /** One for each shown run, in order; they repeat. */
  readonly series: readonly string[];
  /** From the smallest score to the largest of a layer. */
  readonly ramp: readonly string[];
  /** Cross of a pruned filter, by the same position in the ramp: readable on it. */
  readonly rampInk: readonly string[];
}

const rampSteps = 48;
const seriesVariables = ['blue', 'orange', 'green', 'purple', 'red', 'yellow'];
/** Colours that runs have before they repeat. */
export const seriesCount = seriesVariables.length;

let current: Theme | null = null;
let observer: MutationObserver | null = null;
const listeners = new Set<() => void>();

export function theme(): Theme {
  return (current ??= readTheme());
}

/** Colour of the n-th shown run. */
export function seriesColour(index: number): string {
  const { series } = theme();
  return series[index % series.length]!;
}

/** Calls back after VS Code has changed its theme. Returns a function that ends this. */
export function onThemeChange(listener: () => void): () => void {
  observer ??= observeTheme();
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** VS Code writes the variables into the root's style and the kind of theme into the body's class. */
function observeTheme(): MutationObserver {
  const created = new MutationObserver(() => {
    current = null;
    for (const listener of listeners) listener();
  });
  created.observe(document.documentElement, { attributeFilter: ['style', 'class'] });
  created.observe(document.body, { attributeFilter: ['class', 'data-vscode-theme-id'] });
  return created;
}

function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const variable = (name: string, otherwise: string): string =>
    style.getPropertyValue(`--vscode-${name}`).trim() || otherwise;
  const foreground = variable('foreground', '#808080');
  const background = style.getPropertyValue('--paper').trim() || 'Canvas';
  const lightest = `color-mix(in oklab, ${background} 84%, ${foreground})`;
  const strongest = variable('charts-green', foreground);
  const ramp = Array.from({ length: rampSteps }, (_, step) => {
    const share = (100 * step) / (rampSteps - 1);
    return `color-mix(in oklab, ${strongest} ${share.toFixed(1)}%, ${lightest})`;
  });
  const resolved = resolveColours([...ramp, background, foreground]);
  const [paper, ink] = resolved.slice(-2) as [Rgb, Rgb];
  return {
    background,
    foreground,
    muted: variable('descriptionForeground', foreground),
    gridLine: `color-mix(in srgb, ${foreground} 14%, transparent)`,
    axisFont: `11px ${variable('font-family', 'sans-serif')}`,
    series: seriesVariables.map((name) => variable(`charts-${name}`, foreground)),
    ramp: resolved.slice(0, rampSteps).map(cssColour),
    rampInk: resolved.slice(0, rampSteps).map((colour) => cssColour(further(colour, paper, ink))),
  };
}

type Rgb = readonly [number, number, number];

/** What CSS makes of the colours, found by painting them; transparent ones come out as on black. */
function resolveColours(colours: readonly string[]): Rgb[] {
  const context = new OffscreenCanvas(colours.length, 1).getContext('2d', { willReadFrequently: true })!;
  for (const [column, colour] of colours.entries()) {
    context.fillStyle = colour;
    context.fillRect(column, 0, 1, 1);
  }
  const { data } = context.getImageData(0, 0, colours.length, 1);
  return colours.map((_, column) => [data[4 * column]!, data[4 * column + 1]!, data[4 * column + 2]!]);
}

function cssColour([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}

/** The one of two colours that stands out more against a third. */
function further(from: Rgb, one: Rgb, other: Rgb): Rgb {
  return contrast(from, one) > contrast(from, other) ? one : other;
}

/** Contrast ratio (WCAG 2.2). */
function contrast(one: Rgb, other: Rgb): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
