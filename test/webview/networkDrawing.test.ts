import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LayerGraph } from '../../src/network/graph';
import { networkOutline } from '../../src/network/outline';
import { buildNetwork } from '../../src/network/zoo';
import { denseNetwork, gatedNetwork } from '../fixtures/branchingNetworks';
import { randomNetwork } from '../fixtures/randomNetwork';
import { drawingOf, type Drawing, type DrawnNode } from '../../webview/network/drawing';
import { tipOf } from '../../webview/network/nodeText';
import { countsOf } from '../../webview/network/saving';

const cifar = { channels: 3, height: 32, width: 32 };
const imagenet = { channels: 3, height: 224, width: 224 };

function drawn(graph: Parameters<typeof drawingOf>[0]): Drawing {
  const drawing = drawingOf(graph);
  if ('reason' in drawing) throw new Error(drawing.reason);
  return drawing;
}

const overlap = (one: DrawnNode, other: DrawnNode): boolean =>
  one.left < other.left + other.width &&
  other.left < one.left + one.width &&
  one.top < other.top + other.height &&
  other.top < one.top + one.height;

describe('a drawing', () => {
  const networks = [
    buildNetwork('resnet20', cifar, 10),
    buildNetwork('mobilenetv2', cifar, 10),
    gatedNetwork([16, 32]),
    denseNetwork([6, 12]),
  ];

  test.each(networks.map((graph) => [graph.name, graph] as const))(
    'of %s has its nodes apart, from the top down',
    (_, graph) => {
      const { width, height, nodes, links } = drawn(graph);
      for (const [place, one] of nodes.entries()) {
        for (const other of nodes.slice(place + 1)) expect(overlap(one, other)).toBe(false);
        for (const read of one.node.reads) expect(nodes[read]!.top + nodes[read]!.height).toBeLessThan(one.top);
        expect([one.left >= 0, one.left + one.width <= width]).toEqual([true, true]);
        expect([one.top >= 0, one.top + one.height <= height]).toEqual([true, true]);
      }
      expect(links.length).toBe(networkOutline(graph).flatMap(({ reads }) => reads).length);
    },
  );

  test('is made of any network, with words for every node', () => {
    const expectWords = (graph: LayerGraph): void => {
      const counts = countsOf(graph, null);
      for (const { node } of drawn(graph).nodes) {
        const count = counts.get(node.main.name);
        expect(count === undefined).toBe(node.main.kind !== 'conv');
        const tip = tipOf({ node, count, isPruned: true, isListed: false });
        expect(tip).toMatch(/^.+\n[A-Z].+/);
        expect(tip).not.toMatch(/NaN|undefined/);
      }
    };
    fc.assert(fc.property(randomNetwork, expectWords), { numRuns: 50 });
  });

  test('is made once of a network', () => {
    expect(drawn(networks[0]!)).toBe(drawn(networks[0]!));
  });

  test.each(['resnet110', 'resnet152', 'mobilenetv1', 'vgg16'])('is made of %s, which has its usual size', (arch) => {
    expect(drawn(buildNetwork(arch, arch === 'resnet110' ? cifar : imagenet, 10)).nodes.length).toBeGreaterThan(15);
  });

  test('is made of a network as deep and as wide as DenseNet-201', () => {
    expect(drawn(denseNetwork([6, 12, 48, 32], 32)).nodes.length).toBeGreaterThan(250);
  });
});
