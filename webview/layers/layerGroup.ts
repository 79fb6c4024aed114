import { html, nothing, type TemplateResult } from 'lit-html';
import type { Companion, LayerCoupling, LayerCouplings } from '../../src/pruning/layerCouplings';
import { icon, type Content } from '../components/controls';
import type { RowMarks } from '../components/layerTable';
import { couplingsOf, firstFew, listed } from '../components/movingTogether';
import { count } from '../components/numbers';
import type { ShownRun } from '../components/shownRuns';

export interface LayerGroup {
  readonly run: ShownRun;
  readonly layer: string;
  /** Names of the layers that can be gone to. */
  readonly listedLayers: ReadonlySet<string>;
  readonly onGo: (layer: string) => void;
}

/** In words, which layers move together with the chosen one; a name is a link to its layer. */
export function layerGroup({ run, layer, listedLayers, onGo }: LayerGroup): Content {
  const { network } = run;
  if (network === null) return nothing;
  if ('problem' in network) return unknownGroup(layer, network.problem);
  const couplings = couplingsOf(network.graph);
  if ('reason' in couplings) return unknownGroup(layer, couplings.reason);
  const coupling = couplings.of(layer);
  const named = (name: string): Content =>
    listedLayers.has(name)
      ? html`<button
          class="link"
          @click=${() => {
            onGo(name);
          }}
        >
          ${name}
        </button>`
      : html`<span class="named">${name}</span>`;
  const isCoupled = run.manifest.config.pruning.groups === 'coupled';
  const sentences = [
    joinedSentence(coupling, isCoupled, named),
    followingSentence(coupling, named),
    heldSentence(coupling, isCoupled, named),
  ].filter((sentence) => sentence !== nothing);
  return html`<section class="group" aria-label="Layers that move together with ${layer}">
    <strong>${layer}</strong>
    ${sentences.length > 0 ? sentences.map((sentence) => html`<p>${sentence}</p>`) : html`<p>Moves alone: its filters are joined to those of no other layer.</p>`}
  </section>`;
}

function unknownGroup(layer: string, reason: string): TemplateResult {
  return html`<section class="group">
    <strong>${layer}</strong>
    <p>With which layers it moves is not known: ${reason}</p>
  </section>`;
}

type Named = (layer: string) => Content;

function joinedSentence(coupling: LayerCoupling, isCoupled: boolean, named: Named): Content {
  const names = namesOf(coupling, 'pruned', named);
  if (!names) return nothing;
  return isCoupled
    ? html`Moves together with ${names}: what is added into one channel is kept or pruned together.`
    : html`Is added to ${names}. Here each is pruned on its own; with <code>"groups": "coupled"</code> they move
        together.`;
}

function followingSentence(coupling: LayerCoupling, named: Named): Content {
  const names = namesOf(coupling, 'follows', named);
  return names ? html`Where its filters go, channels of ${names} go too.` : nothing;
}

function heldSentence(coupling: LayerCoupling, isCoupled: boolean, named: Named): Content {
  const { held, filters } = coupling;
  if (held === 0) return nothing;
  const names = namesOf(coupling, 'kept', named);
  const which = held === filters ? 'all of its filters' : `${held} of its ${count(filters, 'filter')}`;
  return html`Is added to channels that are never pruned${names ? html`, of ${names}` : nothing}: ${which}
  ${isCoupled ? 'stay' : 'would stay if they were coupled'}.`;
}

/** Names of those with this part, in words; null where there are none. */
function namesOf({ companions }: LayerCoupling, part: Companion['part'], named: Named): Content | null {
  const names = companions.filter((companion) => companion.part === part).map(({ layer }) => layer);
  if (names.length === 0) return null;
  const { few, more } = firstFew(names);
  return html`${listed(few.map(named), more)}`;
}

/** The mark of each layer that moves together with others, with the number of its group, and the chosen layer with its group. */
export function groupMarks(run: ShownRun, chosen: string): RowMarks | null {
  const couplings = knownCouplings(run);
  if (!couplings) return null;
  const companions = new Set(couplings.of(chosen).companions.map(({ layer }) => layer));
  return {
    of: couplings,
    chosen,
    beside: (layer) => groupMark(couplings, layer),
    classes: (layer) => (layer === chosen ? 'chosen' : companions.has(layer) ? 'together' : ''),
  };
}

function knownCouplings({ network }: ShownRun): LayerCouplings | null {
  if (network === null || 'problem' in network) return null;
  const couplings = couplingsOf(network.graph);
  return 'reason' in couplings ? null : couplings;
}

function groupMark(couplings: LayerCouplings, layer: string): Content {
  const group = couplings.groupOf(layer);
  if (group === null) return nothing;
  const tip = `Group ${group}\nIts layers are added to each other: choose one to see with which it moves together.`;
  return html`<span class="group-mark" role="img" aria-label="group ${group}" data-tip=${tip}
    >${icon('link')}${group}</span
  >`;
}
