import * as path from 'node:path';
import * as vscode from 'vscode';
import { patternPlace, type PatternPlace } from '../../config/patternPlace';
import { nameFromFile } from '../../experiment/load';
import { readExperimentIn } from '../../experiment/read';
import type { LayerGraph } from '../../network/graph';
import { prunableLayers, type PrunableLayer } from '../../network/prunableLayers';
import { namePatterns } from '../../pruning/allocation/namePatterns';
import { offsetRange } from '../offsetRange';

/** Nobody looks through a longer list, and making it would keep the editor waiting. */
const mostNames = 2000;

/**
 * Completes the keys of `pruning.layers`: the layers of the config's own network that can be pruned, of a network in a file too,
 * and patterns that choose several of them. Everything else in a config is completed from its JSON schema, by VS Code itself.
 */
export class ConfigCompletion implements vscode.CompletionItemProvider {
  static readonly triggers = ['"', '.'];

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.CompletionItem[]> {
    const place = patternPlace(document.getText(), document.offsetAt(position));
    if (place === null) return [];
    const layers = await layersOf(document.uri.fsPath, place.without);
    const taken = new Set(place.others);
    const range = offsetRange(document, place.offset, place.offset + place.length);
    return proposals(layers)
      .filter(({ key }) => !taken.has(key))
      .map((proposal, index) => itemOf(proposal, index, range, place));
  }
}

interface Proposal {
  readonly key: string;
  readonly detail: string;
  readonly kind: vscode.CompletionItemKind;
}

/** The prunable layers of the networks of all runs of a config, each name once; none while the config has problems. */
async function layersOf(file: string, text: string): Promise<PrunableLayer[]> {
  const { experiment } = await readExperimentIn(path.dirname(file), text, nameFromFile(file));
  const networks = (experiment?.runs ?? []).map(({ config, dataset, graph }): [string, LayerGraph] => [
    JSON.stringify([config.model, dataset.shape]),
    graph,
  ]);
  const graphs = new Map(networks);
  const byName = new Map([...graphs.values()].flatMap(prunableLayers).map((layer) => [layer.name, layer]));
  return [...byName.values()].slice(0, mostNames);
}

function proposals(layers: readonly PrunableLayer[]): Proposal[] {
  const names = layers.map(({ name, filters }) => ({
    key: name,
    detail: vscode.l10n.t('{0} filters', filters),
    kind: vscode.CompletionItemKind.Field,
  }));
  const patterns = namePatterns(layers.map(({ name }) => name)).map(({ pattern, layers: count }) => ({
    key: pattern,
    detail: vscode.l10n.t('{0} layers', count),
    kind: vscode.CompletionItemKind.Module,
  }));
  return [...patterns, ...names];
}

function itemOf(
  { key, detail, kind }: Proposal,
  index: number,
  range: vscode.Range,
  { hasValue }: PatternPlace,
): vscode.CompletionItem {
  const item = new vscode.CompletionItem({ label: key, description: detail }, kind);
  const quoted = JSON.stringify(key);
  item.range = range;
  // What is compared with the text that stands there, whose quotes belong to it.
  item.filterText = quoted;
  // The order of the network, not of the alphabet.
  item.sortText = String(index).padStart(6, '0');
  item.insertText = hasValue ? quoted : new vscode.SnippetString(`${escaped(quoted)}: { "rate": \${1:0.3} }`);
  return item;
}

/** A text as it stands in a snippet, in which some characters have a meaning. */
function escaped(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}
