import { Graph, layout, type EdgeLabel, type GraphLabel, type NodeLabel, type Point } from '@dagrejs/dagre';
import type { Layer, LayerGraph } from '../../src/network/graph';
import { networkOutline, type NetworkOutline, type OutlineNode } from '../../src/network/outline';
import { tooLarge, tooManyChannels, type TooLarge } from '../components/networkSize';
import { whole } from '../components/numbers';
import { wordsOf } from './nodeText';

/** Where everything of a network is drawn, in CSS pixels, from the top down. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly DrawnNode[];
  /** A path for each link, as SVG has it. */
  readonly links: readonly string[];
}

export interface DrawnNode {
  readonly node: OutlineNode;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A stranger's network may have any form: more would take many seconds to lay out. ResNet-152 and DenseNet-201 have half of these. */
const most = { nodes: 600, rows: 1500 };

const gaps = { nodesep: 12, edgesep: 10, ranksep: 16, marginx: 6, marginy: 6 };

/** Of a graph that does not change the drawing is made once. */
export function drawingOf(graph: LayerGraph): Drawing | TooLarge {
  const known = drawings.get(graph) ?? made(graph);
  drawings.set(graph, known);
  return known;
}

const drawings = new WeakMap<LayerGraph, Drawing | TooLarge>();

function made(graph: LayerGraph): Drawing | TooLarge {
  const hasTooMany = tooManyChannels(graph, 'drawn');
  if (hasTooMany) return hasTooMany;
  const outline = networkOutline(graph);
  if (outline.length > most.nodes) return tooLarge(`${whole(outline.length)} parts`, most.nodes, 'drawn');
  const rows = rowsOfLinks(outline);
  if (rows > most.rows) return tooLarge(`links that are ${whole(rows)} rows long together`, most.rows, 'drawn');
  return laidOut(outline);
}

/** How many rows of nodes all links go down; on its way a link takes as much time in each as a node. */
function rowsOfLinks(outline: NetworkOutline): number {
  const rows: number[] = [];
  let together = 0;
  for (const { reads } of outline) {
    const row = reads.reduce((deepest, read) => Math.max(deepest, rows[read]! + 1), 0);
    for (const read of reads) together += row - rows[read]!;
    rows.push(row);
  }
  return together;
}

function laidOut(outline: NetworkOutline): Drawing {
  const plan = new Graph<GraphLabel, NodeLabel, EdgeLabel>();
  // Moving nodes from row to row until links are shortest takes long where there are many, and changes next to nothing here.
  plan.setGraph({ rankdir: 'TB', ranker: 'tight-tree', ...gaps });
  for (const [index, { main, reads }] of outline.entries()) {
    plan.setNode(String(index), sizeOf(main));
    // Links have no words, for which room would be left beside them.
    for (const read of reads) plan.setEdge(String(read), String(index), { labelpos: 'c' });
  }
  layout(plan);
  const { width = 0, height = 0 } = plan.graph();
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    nodes: outline.map((node, index) => drawn(node, plan.node(String(index)))),
    links: plan.edges().map((edge) => pathThrough(plan.edge(edge).points ?? [])),
  };
}

/** Two lines for a convolution; a word or two for all else, each letter in as much room as most take. */
function sizeOf(main: Layer): { width: number; height: number } {
  return main.kind === 'conv' ? { width: 164, height: 40 } : { width: 18 + 6.5 * wordsOf(main).length, height: 20 };
}

/** Whole pixels, so that letters are sharp. */
function drawn(node: OutlineNode, { x = 0, y = 0, width, height }: NodeLabel): DrawnNode {
  return { node, left: Math.round(x - width / 2), top: Math.round(y - height / 2), width, height };
}

/** A smooth line from the first point to the last, which passes through the middle between any two others. */
function pathThrough(points: readonly Point[]): string {
  const at = ({ x, y }: Point): string => `${x.toFixed(1)} ${y.toFixed(1)}`;
  const [first, ...others] = points as [Point, ...Point[]];
  const last = others.pop()!;
  const curves = others.map((point, index) => {
    const next = others[index + 1];
    const end = next ? { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 } : last;
    return `Q ${at(point)} ${at(end)}`;
  });
  return [`M ${at(first)}`, ...(curves.length > 0 ? curves : [`L ${at(last)}`])].join(' ');
}
