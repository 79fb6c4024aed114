import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import type { LayerGraph } from '../../src/network/graph';
import { icon, type Content } from '../components/controls';
import { momentOf } from '../components/filterLife';
import { missingRecordNotice } from '../components/missingRecord';
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
import type { LayerChosenEvent } from './networkDiagram';
import { countsOf, savedOf, type Counts } from './saving';

/** There is nothing to choose. */
type Choices = Readonly<Record<string, never>>;

mountView<Choices>({ defaults: {}, template: networkView });

function networkView({ runs }: ViewState<Choices>, { post }: Actions<Choices>): TemplateResult {
  if (!runs) return waitingFor('the run');
  const [run] = runs;
  if (!run) return noRun('Select a run in the Runs view to see its network here.', post);
  const isBusy = run.network === null;
  return html`<main aria-busy=${isBusy ? 'true' : nothing}>${runHeader(run)} ${content(run, post)}</main>`;
}

function content(run: ShownRun, post: Actions<Choices>['post']): Content {
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
  return html`${record ? legend(run, counts) : unknownSaving(run)}
    <div class="network" @layer-chosen=${chosen}>
      ${scrolledAcross('The network, from its images down', diagram(run, network.graph, drawing, counts))}
    </div>`;
}

function problem(sentence: string): TemplateResult {
  return html`<div class="notice warning" role="note">
    ${icon('warning')}
    <p>${sentence}</p>
  </div>`;
}

function diagram(run: ShownRun, graph: LayerGraph, drawing: Drawing, counts: Counts): TemplateResult {
  const newest = run.prunings.at(-1);
  const made = guard([graph, newest], () => ({
    drawing,
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
