import { applyEdits, modify } from 'jsonc-parser';
import { layerMatcher } from '../pruning/allocation/rates';
import { ConfigDocument } from './document';

const formattingOptions = { insertSpaces: true, tabSize: 2 };

/** Rates by layer name, as `pruning.layers` has them. */
export type LayerRateSettings = Readonly<Record<string, { readonly rate: number }>>;

/**
 * A config's text in which `pruning.layers` gives these layers these rates, by their names, whatever other patterns are there;
 * everything else stays as it is, comments too. The text must be one that can be read.
 */
export function withLayerRates(text: string, rates: LayerRateSettings): string {
  return Object.entries(rates).reduce((changed, [layer, { rate }]) => withLayerRate(changed, layer, rate), text);
}

/** The last pattern that matches wins: a layer's own entry before another that matches it has to move to the end. */
function withLayerRate(text: string, layer: string, rate: number): string {
  const patterns = patternsOf(text);
  const overruled = patterns.findLastIndex((pattern) => layerMatcher(pattern)(layer)) > patterns.indexOf(layer);
  const free = patterns.includes(layer) && overruled ? set(text, ['pruning', 'layers', layer], undefined) : text;
  return patterns.includes(layer) && !overruled
    ? set(free, ['pruning', 'layers', layer, 'rate'], rate)
    : set(free, ['pruning', 'layers', layer], { rate });
}

function patternsOf(text: string): string[] {
  const document = ConfigDocument.parse(text);
  const layers = document instanceof ConfigDocument ? document.valueAt(['pruning', 'layers']) : undefined;
  return typeof layers === 'object' && layers !== null ? Object.keys(layers) : [];
}

function set(text: string, path: string[], value: unknown): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return applyEdits(text, modify(text, path, value, { formattingOptions: { ...formattingOptions, eol } }));
}
