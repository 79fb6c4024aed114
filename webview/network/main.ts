import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import type { LayerGraph } from '../../src/network/graph';
import { icon, iconButton, type Content } from '../components/controls';
import { momentOf } from '../components/filterLife';
import { missingRecordNotice } from '../components/missingRecord';
import { couplingsOf } from '../components/movingTogether';
import { percent } from '../components/numbers';
import { progressOf } from '../components/runStatus';
import { scrolledAcross } from '../components/scrolledAcross';
import { noRun, waitingFor } from '../components/emptyStates';
import { runHeader } from '../components/selectedRun';
import type { ShownRun } from '../components/shownRuns';
import { mountView, type Actions, type ViewState } from '../components/view';
import { drawingOf, type Drawing } from './drawing';
import './network.css';
import './networkDiagram';
import type { LayerChosenEvent, LayerSelectedEvent, NetworkDiagram, ZoomChosenEvent } from './networkDiagram';
import { countsOf, savedOf, type Counts } from './saving';

interface Choices {
  /** How large the network is drawn, as a factor; 0 as is usual for its width. */
  readonly zoom: number;
  /** The layer that was come to last; empty for none. */
  readonly layer: string;
}

mountView<Choices>({ defaults: { zoom: 0, layer: '' }, template: networkView });

function networkView({ runs, choices }: ViewState<Choices>, actions: Actions<Choices>): TemplateResult {
  if (!runs) return waitingFor('the run');
  const [run] = runs;
  if (!run) return noRun('Select a run in the Runs view to see its network here.', actions.post);
  const isBusy = run.network === null;
  return html`<main aria-busy=${isBusy ? 'true' : nothing}>${runHeader(run)} ${content(run, choices, actions)}</main>`;
}

function content(run: ShownRun, choices: Choices, { choose, post }: Actions<Choices>): Content {
  const { network } = run;
  if (network === null) return html`<p class="empty">The network of this run is being read.</p>`;
  if ('problem' in network) return problem(network.problem);
  const drawing = drawingOf(network.graph);
  if ('reason' in drawing) return problem(`${drawing.reason} The Layers view lists the layers that are pruned.`);
  const record = run.prunings.at(-1)?.record ?? null;
  const counts = countsOf(network.graph, record);
  const chosen = ({ detail: layer }: LayerChosenEvent): void => {
    post({ type: 'revealLayer', runId: run.manifest.id, layer });
  };
  const selected = ({ detail: layer }: LayerSelectedEvent): void => {
    choose({ layer });
  };
  const zoomed = ({ detail: zoom }: ZoomChosenEvent): void => {
    choose({ zoom });
  };
  return html`<div class="bar">${record ? legend(run, counts) : unknownSaving(run)} ${zoomButtons()}</div>
    <div class="network" @layer-chosen=${chosen} @layer-selected=${selected} @zoom-chosen=${zoomed}>
      ${scrolledAcross('The network, from its images down', diagram(run, network.graph, drawing, counts, choices))}
    </div>`;
}

function zoomButtons(): TemplateResult {
  const act = (on: (diagram: NetworkDiagram) => void) => () => {
    const diagram = document.querySelector<NetworkDiagram>('network-diagram');
    if (diagram) on(diagram);
  };
  return html`<span class="zoom" role="group" aria-label="Zoom">
    ${iconButton({
      label: 'Zoom out (-)',
      icon: 'zoom-out',
      onClick: act((diagram) => {
        diagram.zoomBy(-1);
      }),
    })}
    ${iconButton({
      label: 'Zoom in (+)',
      icon: 'zoom-in',
      onClick: act((diagram) => {
        diagram.zoomBy(1);
      }),
    })}
    ${iconButton({
      label: 'Fit width (F)',
      icon: 'arrow-both',
      onClick: act((diagram) => {
        diagram.fitWidth();
      }),
    })}
  </span>`;
}

function problem(sentence: string): TemplateResult {
  return html`<div class="notice warning" role="note">
    ${icon('warning')}
    <p>${sentence}</p>
  </div>`;
}

function diagram(
  run: ShownRun,
  graph: LayerGraph,
  drawing: Drawing,
  counts: Counts,
  { zoom, layer }: Choices,
): TemplateResult {
  const newest = run.prunings.at(-1);
  const couplings = couplingsOf(graph);
  const made = guard([graph, newest, zoom], () => ({
    drawing,
    zoom,
    selected: layer,
    couplings: 'reason' in couplings ? null : couplings,
    isCoupled: run.manifest.config.pruning.groups === 'coupled',
    counts,
    isPruned: (newest?.record ?? null) !== null,
    listed: new Set(newest?.event.layers.map(({ name }) => name)),
  }));
  return html`<network-diagram .content=${made}></network-diagram>`;
}

const flopsTip =
  'Coloured by the share of its FLOPs that a convolution saves\n' +
  'Fewer filters of its own save, and fewer channels to read. FLOPs are multiply-adds for one image.';

function legend(run: ShownRun, counts: Counts): TemplateResult {
  const { event } = run.prunings.at(-1)!;
  return html`<p class="saving-legend">
    <span class="hinted" tabindex="0" data-tip=${flopsTip}>FLOPs saved</span>
    <span class="scale">${percent(0, 0)} <i class="ramp"></i> ${percent(1, 0)}</span>
    <span class="all"><strong>${percent(savedOf(counts.values()))}</strong> in all, ${momentOf(event.epoch)}</span>
  </p>`;
}

/** What stands in place of the legend where nothing can be said of savings. */
function unknownSaving(run: ShownRun): Content {
  const newest = run.prunings.at(-1);
  if (newest) return missingRecordNotice(run, newest);
  const ended = run.status !== 'running' && run.status !== 'created';
  return html`<p class="empty">
    ${
      ended
        ? 'This run ended before its first pruning, so nothing of its network is saved.'
        : `${progressOf(run).text}. Colours appear after the first pruning, which comes before training.`
    }
  </p>`;
}
