import type { ReadModel, ReadNode } from '../../../../formats/onnx/readModel';
import type { Layer } from '../../../graph';
import { Unsupported } from '../../parts/importedNetwork';
import { LayerNames } from '../../parts/layerNames';
import { NetworkBuilder, type LayerTensors } from '../../parts/networkBuilder';
import { containersOf, moduleOf, stemOf } from './scopes';
import type { ConstantValue, Value } from './values';

/** What has been made so far of a model's graph. */
export class ImportState {
  readonly builder = new NetworkBuilder();
  readonly values = new Map<string, Value>();
  readonly notes = new Set<string>();
  /** Layers whose names are lost in the file. */
  readonly renamed: string[] = [];
  /** The file's tensor that holds the logits, where that is not what it gives. */
  logits: string | null = null;
  /** Nodes that another one has taken in. */
  readonly done = new Set<ReadNode>();
  readonly #names: LayerNames;
  readonly #containers: ReadonlySet<string>;
  readonly #readers = new Map<string, ReadNode[]>();
  readonly #outputs: ReadonlySet<string>;
  readonly #ownersOfWeights = new Map<string, string>();

  constructor(
    model: ReadModel,
    /** Images of a batch, where the file leaves no choice; null where it does. */
    readonly batch: number | null,
  ) {
    const stems = [...model.tensors.keys()].map(stemOf).filter((stem) => stem !== null);
    const modules = model.nodes.map(({ name }) => moduleOf(name)).filter((module) => module !== null);
    this.#names = new LayerNames(new Set(stems));
    this.#containers = containersOf([...stems, ...modules]);
    this.#outputs = new Set(model.outputs.map(({ name }) => name));
    for (const node of model.nodes)
      for (const input of new Set(node.inputs)) {
        const readers = this.#readers.get(input);
        if (readers) readers.push(node);
        else this.#readers.set(input, [node]);
      }
  }

  /** The node that alone reads a tensor; null where there are others, or none, or the network gives it. */
  soleReader(tensor: string): ReadNode | null {
    const [reader, ...others] = this.#readers.get(tensor) ?? [];
    return reader && others.length === 0 && !this.#outputs.has(tensor) ? reader : null;
  }

  isRead(tensor: string): boolean {
    return this.#readers.has(tensor);
  }

  /** Whether nothing but the network's user reads a tensor. */
  isLast(tensor: string): boolean {
    return this.#outputs.has(tensor) && (this.#readers.get(tensor) ?? []).length === 0;
  }

  /**
   * The name for a layer with parameters: PyTorch's, as far as the file tells by the names of its tensors, and else by that of
   * the node.
   */
  nameOfOwner(node: ReadNode, tensors: readonly (ConstantValue | null)[]): string {
    const stems = tensors.map((tensor) => (tensor ? stemOf(tensor.name) : null));
    const stem = stems.find((each) => each !== null);
    if (stem !== undefined) return this.#names.take(stem, { owner: true });
    const module = moduleOf(node.name);
    const name = this.#names.take(module === null || module === '' ? ownName(node) : module);
    this.renamed.push(name);
    return name;
  }

  /** The name for a layer without parameters: its module's, or beside other layers of it with what it does behind. */
  nameOf(node: ReadNode, what: Layer['kind']): string {
    const module = moduleOf(node.name);
    if (module === null) return this.#names.take(ownName(node));
    const isOwn = module !== '' && !this.#containers.has(module);
    return this.#names.take(isOwn ? module : [module, what].filter((part) => part !== '').join('.'));
  }

  /** A name as it is, if it is free. */
  freeName(wish: string): string {
    return this.#names.take(wish);
  }

  /** Adds a layer that reads others' outputs. */
  put(layer: Layer, tensors?: LayerTensors): void {
    this.builder.put(layer, tensors);
  }

  /** Throws an Unsupported when another layer has the same weights: they would be trained apart from each other. */
  requireOwn({ name }: ConstantValue, layer: string): void {
    const owner = this.#ownersOfWeights.get(name);
    if (owner !== undefined)
      throw new Unsupported(
        `Its weights "${name}" are those of "${owner}" as well; layers that share weights cannot be trained here.`,
      );
    this.#ownersOfWeights.set(name, layer);
  }
}

/** The newer exporter calls nodes after itself, tensors after what the network does. */
function ownName({ name, operator, outputs }: ReadNode): string {
  const isMadeUp = name === '' || /^(?:node_|n\d+(?:_\d+)*$)/.test(name);
  const own = isMadeUp ? (outputs[0] ?? '') : name;
  return own || operator;
}
