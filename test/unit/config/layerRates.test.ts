import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withLayerRates } from '../../../src/config/layerRates';
import { parseConfig } from '../../../src/config/parse';
import { rateOf } from '../../../src/pruning/allocation/rates';

const commented = `{
  // The network.
  "model": { "arch": "resnet20" },
  "pruning": {
    "rate": 0.3, // of all layers
    "layers": {
      // Gently at first.
      "stem.conv": { "rate": 0.1 },
      "stage1.*": { "rate": 0.2 },
    },
  },
}
`;

function rates(text: string): (layer: string) => number {
  const { config } = parseConfig(text);
  return rateOf(config!.pruning);
}

describe('withLayerRates', () => {
  it('adds rates and keeps everything else, comments too', () => {
    const changed = withLayerRates(commented, { 'stage1.block1.conv1': { rate: 0.5 } });
    expect(changed).toContain('// Gently at first.');
    expect(changed).toContain('// of all layers');
    expect(rates(changed)('stage1.block1.conv1')).toBe(0.5);
    expect(rates(changed)('stage1.block1.conv2')).toBe(0.2);
    expect(rates(changed)('stem.conv')).toBe(0.1);
  });

  it('changes the rate of a layer that has one in its place', () => {
    const changed = withLayerRates(commented, { 'stem.conv': { rate: 0.4 } });
    expect(changed).toBe(commented.replace('{ "rate": 0.1 }', '{ "rate": 0.4 }'));
  });

  it('wins over a pattern that comes later', () => {
    const text = '{ "pruning": { "layers": { "a.conv": { "rate": 0.1 }, "a.*": { "rate": 0.2 } } } }';
    expect(rates(withLayerRates(text, { 'a.conv': { rate: 0.7 } }))('a.conv')).toBe(0.7);
  });

  it('makes the sections that are not there, with the line ends of the text', () => {
    expect(rates(withLayerRates('{}', { conv: { rate: 0.6 } }))('conv')).toBe(0.6);
    const changed = withLayerRates('{\r\n  "name": "x"\r\n}\r\n', { conv: { rate: 0.6 } });
    expect(changed.replaceAll('\r\n', '')).not.toContain('\n');
  });

  it('gives every layer its rate, whatever patterns there are', () => {
    const name = fc.constantFrom('a', 'b', 'a.c', 'a.d');
    const pattern = fc.constantFrom('a', 'a.*', '*', 'b', 'a.c');
    const rate = fc.constantFrom(0, 0.1, 0.5, 0.9).map((value) => ({ rate: value }));
    fc.assert(
      fc.property(fc.dictionary(pattern, rate), fc.dictionary(name, rate), (layers, wanted) => {
        const of = rates(withLayerRates(JSON.stringify({ pruning: { layers } }), wanted));
        for (const [layer, { rate: value }] of Object.entries(wanted)) expect(of(layer)).toBe(value);
      }),
    );
  });
});
