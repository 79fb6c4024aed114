import { html, nothing, type TemplateResult } from 'lit-html';
import { baselineKinds, isOwnBaseline } from '../../src/config/baselines';
import type { WebviewMessage } from '../../src/protocol/messages';
import { classNamesOf, firstNames } from '../../src/runs/model/classNames';
import { canGoOn, currentMultiplyAdds, type RunHistory } from '../../src/runs/model/history';
import { badge } from '../components/chartFigure';
import { button, iconButton } from '../components/controls';
import type { LabelledRun } from '../components/layerTable';
import { masksCourse } from '../components/masksCourse';
import { compact, count, percent, points, whole } from '../components/numbers';
import { runNotes, statusSign } from '../components/runNotes';
import { progressOf } from '../components/runStatus';
import type { ShownRun } from '../components/shownRuns';

/** A run at a glance: what it does, how far it is, what it has reached, and what can be done with it. */
export function runCard(shown: LabelledRun, all: readonly LabelledRun[], post: Post): TemplateResult {
  const { run, label } = shown;
  const several = all.length > 1;
  return html`<section class="card" aria-label="Run ${run.manifest.name}">
    <header>
      ${several ? badge(label.letter, label.colour) : nothing}
      <h2 data-tip=${run.manifest.name} tabindex="-1">${several ? label.label : run.manifest.name}</h2>
      ${statusSign(run)}
      <span class="actions">${runActions(run, all, post, 'card')}</span>
    </header>
    ${cardContent(shown, all, post)}
  </section>`;
}

type Post = (message: WebviewMessage) => void;

/** What a card tells below its heading. */
export function cardContent({ run }: LabelledRun, all: readonly LabelledRun[], post: Post): TemplateResult {
  return html`${progressBar(run)} ${classes(run)} ${runNotes(run, post)} ${run.started ? figures(run, all) : nothing}`;
}

/** What can be done with a run; in a `row` by icons, and without its config, which it shares with those around it. */
export function runActions(
  run: RunHistory,
  all: readonly LabelledRun[],
  post: Post,
  place: 'card' | 'row',
): TemplateResult {
  const { manifest } = run;
  const runId = manifest.id;
  const openConfig = iconButton({
    label: `Open config of ${manifest.name}`,
    icon: 'go-to-file',
    disabled: manifest.configFile === null,
    onClick: () => {
      post({ type: 'openConfig', runId });
    },
  });
  return html`${mainAction(run, all, post, place)} ${place === 'card' ? openConfig : nothing}
  ${iconButton({
    label: `Open log of ${manifest.name}`,
    icon: 'output',
    onClick: () => {
      post({ type: 'openLog', runId });
    },
  })}`;
}

/** Stop while it trains, resume when it has ended too early, and baselines when it has finished and lacks some. */
function mainAction(
  run: RunHistory,
  all: readonly LabelledRun[],
  post: Post,
  place: 'card' | 'row',
): TemplateResult | typeof nothing {
  const { manifest, status } = run;
  const secondary = (label: string, icon: string, type: 'stop' | 'resume' | 'trainBaselines'): TemplateResult => {
    const name = `${label} ${type === 'trainBaselines' ? 'of ' : ''}${manifest.name}`;
    const onClick = (): void => {
      post({ type, runId: manifest.id });
    };
    return place === 'row'
      ? iconButton({ label: name, icon, onClick })
      : button({ label, name, icon, secondary: true, onClick });
  };
  if (status === 'running' || status === 'created') return secondary('Stop', 'debug-stop', 'stop');
  if (canGoOn(run)) return secondary('Resume', 'debug-continue', 'resume');
  return lacksBaselines(run, all) ? secondary('Train baselines', 'beaker', 'trainBaselines') : nothing;
}

function lacksBaselines({ manifest }: RunHistory, all: readonly LabelledRun[]): boolean {
  if (manifest.baseline) return false;
  const shown = all.map((other) => other.run.manifest.baseline).filter((baseline) => baseline?.of === manifest.id);
  return baselineKinds.some(
    (kind) => !isOwnBaseline(manifest.config, kind) && !shown.some((baseline) => baseline?.kind === kind),
  );
}

function progressBar(run: RunHistory): TemplateResult {
  const { fraction, text, pace } = progressOf(run);
  const known = fraction !== null;
  return html`<div class="progress">
    <div
      class="bar ${run.status} ${known || run.status !== 'running' ? '' : 'unknown'}"
      role="progressbar"
      aria-label="Progress of ${run.manifest.name}"
      aria-valuetext=${text}
      aria-valuenow=${known ? Math.round(100 * fraction) : nothing}
    >
      <div .style=${`width: ${known ? (100 * fraction).toFixed(2) : 0}%`}></div>
    </div>
    <div class="progress-text"><span>${text}</span>${paceOn(run.manifest.engine, pace)}</div>
  </div>`;
}

/** How fast it goes, and on what. */
function paceOn(engine: RunHistory['manifest']['engine'], pace: string): TemplateResult | typeof nothing {
  if (pace === '' || engine === null) return pace === '' ? nothing : html`<span>${pace}</span>`;
  const { name, device, reason, operators } = engine;
  const tip = [`${name}, ${device}`, reason, operators].filter((line) => line).join('\n');
  return html`<span class="hinted" tabindex="0" data-tip=${tip}>${pace}</span>`;
}

/** More of them do not fit into the widest card. */
const mostOfNames = 160;

/** How many classes there are and what the first are called, in a line; all of them when it is opened. */
function classes({ manifest }: RunHistory): TemplateResult | typeof nothing {
  const names = classNamesOf(manifest) ?? [];
  if (names.length === 0) return nothing;
  const first = firstNames(names, mostOfNames);
  // Each keeps the direction of its script to itself: in a line as an element, in the list as a paragraph.
  return html`<details class="classes">
    <summary>
      ${count(names.length, 'class', 'classes')}<span class="first"
        >${first.map((name, index) => html`${index === 0 ? ': ' : ', '}<bdi>${name}</bdi>`)}${
          first.length < names.length ? ', …' : nothing
        }</span
      >
    </summary>
    <div class="scrolled"><p>${names.join('\n')}</p></div>
  </details>`;
}

const flopsHint = 'FLOPs are multiply-adds of all convolutions for one image; one multiply-add is counted once.\n';
const exactHint = `${flopsHint}Exact: the network that can really be built, with whole filters.`;
const paperHint = `${flopsHint}Paper: as the papers count, with the kept fraction 1 − rate taken without rounding.`;
const parametersHint = 'Trainable parameters that the compact network does without.';

function figures(run: ShownRun, all: readonly LabelledRun[]): TemplateResult {
  const kind = run.manifest.baseline?.kind;
  if (kind === 'dense' || kind === 'narrow') return html`<dl class="figures">${unprunedFigures(run, kind)}</dl>`;
  return html`<dl class="figures">
    ${accuracyFigures(run)} ${againstBaselines(run, all)} ${savingFigures(run)} ${masksFigure(run)}
  </dl>`;
}

/** Test accuracy less that of each baseline that has finished. */
function againstBaselines({ manifest }: RunHistory, all: readonly LabelledRun[]): TemplateResult[] {
  const own = testAccuracy(manifest);
  return all.flatMap(({ run: { manifest: other }, label: { letter } }) => {
    const theirs = testAccuracy(other);
    if (own === null || theirs === null || other.baseline?.of !== manifest.id) return [];
    const sign = own >= theirs ? '+' : '';
    return [figure(`Against ${other.baseline.kind}`, `${sign}${points(own - theirs)}`, `test accuracy, ${letter}`)];
  });
}

function testAccuracy({ summary }: RunHistory['manifest']): number | null {
  return summary?.test?.accuracy ?? null;
}

/** Of a run that prunes nothing: there is no before and after, and nothing is saved while it trains. */
function unprunedFigures(run: RunHistory, kind: 'dense' | 'narrow'): TemplateResult {
  const { epochs, prunings, started } = run;
  const validation = epochs.findLast(({ before }) => before !== null)?.before;
  const adds = started?.multiplyAdds.dense;
  const parameters = prunings.at(-1)?.event.parameters?.dense;
  const shape = kind === 'dense' ? 'of the whole network' : 'of the compact shape';
  return html`${testFigure(run)}
  ${figure('Validation', validation ? percent(validation.accuracy) : '–', 'accuracy, nothing is pruned')}
  ${figure('FLOPs', adds === undefined ? '–' : compact(adds), shape, flopsHint)}
  ${parameters === undefined ? nothing : figure('Parameters', compact(parameters), shape)}`;
}

function testFigure({ outcome }: RunHistory): TemplateResult | typeof nothing {
  if (outcome?.type !== 'finished') return nothing;
  return figure('Test accuracy', percent(outcome.test.accuracy, 2), 'once, at the end');
}

function accuracyFigures(run: RunHistory): TemplateResult {
  const evaluated = run.epochs.findLast(({ after }) => after !== null);
  const { before = null, after = null } = evaluated ?? {};
  return html`${testFigure(run)}
  ${figure('After pruning', after ? percent(after.accuracy) : '–', 'validation accuracy')}
  ${figure(
    'Pruning gap',
    before && after ? points(before.accuracy - after.accuracy) : '–',
    before ? `from ${percent(before.accuracy)} before` : '',
  )}`;
}

function savingFigures(run: RunHistory): TemplateResult {
  const adds = currentMultiplyAdds(run);
  const parameters = run.prunings.at(-1)?.event.parameters;
  return html`${saving('FLOPs saved, exact', adds?.exact, adds?.dense, exactHint)}
  ${saving('FLOPs saved, paper', adds?.paper, adds?.dense, paperHint)}
  ${parameters ? saving('Parameters saved', parameters.exact, parameters.dense, parametersHint) : nothing}`;
}

const stableHint = 'The pruning since which no mask of any layer has changed.';

function masksFigure(run: ShownRun): TemplateResult {
  const { prunings, awaitsRecords } = run;
  const { stableSince, steps } = masksCourse(prunings);
  const last = steps.at(-1)?.network;
  const held = lastBeforeSettling(run);
  if (stableSince === null && held !== null)
    return figure('Masks settled', `epoch ${held + 1}`, 'held from there on', stableHint);
  const remark = last ? `${whole(last.flips)} filters changed last` : '';
  // Whether they have been settled for longer only the older records tell.
  if (stableSince !== null && awaitsRecords) return figure('Masks settled', '…', remark, stableHint);
  if (stableSince === null) return figure('Masks settled', last ? 'not yet' : '–', remark, stableHint);
  return figure(
    'Masks settled',
    stableSince < 0 ? 'at once' : `epoch ${stableSince + 1}`,
    'no filter has changed since',
    stableHint,
  );
}

/** Epoch of the pruning after which the masks are held until the end; null before it, and where none are held. */
function lastBeforeSettling({ prunings, manifest }: ShownRun): number | null {
  const { settleEpochs } = manifest.config.pruning;
  const last = prunings.at(-1)?.event.epoch;
  const isLast = last !== undefined && last >= manifest.config.training.epochs - 1 - settleEpochs;
  return settleEpochs > 0 && isLast ? last : null;
}

function saving(name: string, left: number | undefined, dense: number | undefined, hint: string): TemplateResult {
  if (left === undefined || dense === undefined) return figure(name, '–', '', hint);
  const exactly = `${hint}\n${whole(left)} of ${whole(dense)} are left.`;
  return figure(name, percent(1 - left / dense), `${compact(left)} of ${compact(dense)} left`, exactly);
}

function figure(name: string, value: string, remark: string, hint?: string): TemplateResult {
  const term = hint ? html`<span class="hinted" tabindex="0" data-tip=${hint}>${name}</span>` : name;
  return html`<div>
    <dt>${term}</dt>
    <dd>${value}<small>${remark}</small></dd>
  </div>`;
}
