import { resolve } from 'node:path';
import type { LogitsDifference } from '../../engines/logitsDifference';
import { checkImport } from '../../engines/onnxruntime/importCheck';
import { countMultiplyAdds, countParameters, fullWidths, multiplyAddsByLayer } from '../../network/cost';
import type { LayerGraph } from '../../network/graph';
import { problemInWords, type ImportProblem } from '../../network/import/parts/importedNetwork';
import { formatOf, readNetwork, type ImageSize, type ReadNetwork } from '../../network/import/readNetwork';
import { shapeInWords } from '../../network/layers/shape';
import { inferShapes } from '../../network/shapes';
import { prunableOf } from '../../pruning/groups';
import { prunabilityOf, type Prunability } from '../../pruning/prunability';
import { grouped, millions, plural } from '../figures';
import { shortPath } from '../paths';
import { exitCode, UsageError } from '../problems';
import { table } from '../table';
import { colours, print, printJson } from '../terminal';

export interface ImportOptions {
  readonly size?: ImageSize;
  readonly json?: boolean;
}

/** `sfp import`: what there is to know of a network in another tool's file before it is trained. Returns the exit code. */
export async function importFile(path: string, { size, json }: ImportOptions): Promise<number> {
  const file = resolve(path);
  const format = formatOf(file);
  if (format === null) throw new UsageError(`${path} is neither an .onnx file nor a model.json of TensorFlow.js.`);
  const read = await readNetwork(file, format, size ?? null);
  const { network } = read;
  const equality =
    network?.onnx &&
    (await checkImport(network.onnx.document, {
      graph: network.graph,
      tensors: network.tensors,
      file: network.onnx.file,
    }));
  const findings = network && findingsOf(network.graph);
  if (json) printJson(asJson(read, equality ?? null, findings));
  else printFindings(read, equality ?? null, findings);
  return network ? exitCode.done : exitCode.failed;
}

interface Findings {
  readonly graph: LayerGraph;
  readonly layers: readonly LayerFinding[];
  readonly groups: readonly GroupFinding[];
  readonly multiplyAdds: number;
  readonly parameters: number;
}

interface LayerFinding {
  readonly name: string;
  readonly kind: string;
  /** Channels, height and width of what it gives. */
  readonly shape: readonly [channels: number, height: number, width: number];
  /** Null for layers that have none that could be pruned. */
  readonly multiplyAdds: number | null;
  readonly prunable: Omit<Prunability, 'layer'> | null;
}

/** Layers whose filters go together, and how many there are to choose among. */
interface GroupFinding {
  readonly layers: readonly string[];
  readonly filters: number;
}

function findingsOf(graph: LayerGraph): Findings {
  const shapes = inferShapes(graph);
  const widths = fullWidths(graph);
  const counts = multiplyAddsByLayer(graph, widths);
  const prunability = new Map(prunabilityOf(graph).map(({ layer, ...rest }) => [layer, rest]));
  return {
    graph,
    layers: graph.layers.map(({ name, kind }) => {
      const { channels, height, width } = shapes.get(name)!;
      return {
        name,
        kind,
        shape: [channels, height, width],
        multiplyAdds: counts.get(name) ?? null,
        prunable: prunability.get(name) ?? null,
      };
    }),
    groups: prunableOf(graph, 'coupled').pools.map(({ layers, groups }) => ({ layers, filters: groups.length })),
    multiplyAdds: countMultiplyAdds(graph, widths),
    parameters: countParameters(graph, widths),
  };
}

function asJson({ problems, notes }: ReadNetwork, equality: LogitsDifference | null, findings: Findings | null) {
  const { layers = [], groups = [], multiplyAdds = null, parameters = null } = findings ?? {};
  return {
    equality: equality && { largestDifference: equality.largestDifference, logitsRange: equality.logitsRange },
    layers,
    groups,
    multiplyAdds,
    parameters,
    notes,
    problems,
  };
}

function printFindings(read: ReadNetwork, equality: LogitsDifference | null, findings: Findings | null): void {
  const { bold, dim } = colours();
  if (findings) {
    print(layerTable(findings, dim));
    print('');
    print(bold(titleOf(findings)));
    for (const line of groupLines(findings)) print(line);
    print(equalityLine(read, equality));
  }
  for (const note of read.notes) print(`\n${note}`);
  if (read.problems.length > 0) printProblems(read.file, read.problems);
}

function layerTable({ layers }: Findings, heading: (text: string) => string): string {
  const right = (title: string) => ({ title, align: 'right' as const });
  const columns = [{ title: 'layer' }, { title: 'kind' }, right('gives'), right('FLOPs'), { title: 'can be pruned' }];
  const rows = layers.map(({ name, kind, shape, multiplyAdds, prunable }) => [
    name,
    kind,
    shapeInWords({ channels: shape[0], height: shape[1], width: shape[2] }),
    multiplyAdds === null ? '' : grouped(multiplyAdds),
    prunable === null ? '' : prunableInWords(prunable),
  ]);
  return table(columns, rows, heading);
}

function prunableInWords({ independent, reason }: Omit<Prunability, 'layer'>): string {
  if (reason === null) return 'yes';
  return independent ? `alone; ${reason}` : `no: ${reason}`;
}

function titleOf({ graph, layers, multiplyAdds, parameters }: Findings): string {
  const convolutions = layers.filter(({ kind }) => kind === 'conv');
  const prunable = convolutions.filter(({ prunable: each }) => each?.independent);
  return `${graph.name}: ${plural(convolutions.length, 'convolution')}, of which ${prunable.length} can be pruned; ${millions(multiplyAdds)} FLOPs (multiply-adds), ${grouped(parameters)} parameters`;
}

function groupLines({ groups }: Findings): string[] {
  const joined = groups.filter(({ layers }) => layers.length > 1);
  if (joined.length === 0) return ['No layers are joined: each can be pruned by itself.'];
  return [
    'Layers that are joined, whose filters go together with "groups": "coupled":',
    ...joined.map(({ layers, filters }) => `  ${plural(filters, 'filter')} each: ${layers.join(', ')}`),
  ];
}

function equalityLine({ file }: ReadNetwork, equality: LogitsDifference | null): string {
  if (equality === null) return `${shortPath(file)} is not run for comparison: onnxruntime does not run such files.`;
  const { images, largestDifference, logitsRange } = equality;
  return `Its logits of ${plural(images, 'image')} differ by at most ${largestDifference.toExponential(1)} from the file’s own in onnxruntime, in a range of ${logitsRange.toPrecision(3)}.`;
}

function printProblems(file: string, problems: readonly ImportProblem[]): void {
  const { bold } = colours();
  print(bold(`${shortPath(file)} cannot be trained:`));
  for (const problem of problems) print(`  ${problemInWords(problem)}`);
}
