import * as vscode from 'vscode';
import { apiOf, type SfpLabApi } from './extension/api';
import { Commands, type CommandContext } from './extension/commands';
import { ConfigCompletion } from './extension/config/completion';
import { configSelector } from './extension/config/configFiles';
import { ConfigDiagnostics } from './extension/config/diagnostics';
import { ConfigLenses } from './extension/config/lenses';
import { ConfigQuickFixes } from './extension/config/quickFixes';
import { Parts } from './extension/parts';
import { ProblemMessages } from './extension/problemMessages';
import { ActiveRuns } from './extension/runs/activeRuns';
import { CheckpointLosses } from './extension/runs/checkpointLosses';
import { FollowedRuns } from './extension/runs/followedRuns';
import { MachineQueue } from './extension/runs/machineQueue';
import { Notices } from './extension/runs/notices';
import { RunList } from './extension/runs/runList';
import { SlurmStates } from './extension/runs/slurmStates';
import { SelectedRun } from './extension/runs/selectedRun';
import { LayersView } from './extension/views/layersView';
import { compareKind, dashboardKind } from './extension/views/panelKinds';
import type { PageContext } from './extension/views/runsPage';
import { RunsPanels } from './extension/views/runsPanels';
import { RunsTree } from './extension/views/runsTree';
import { SelectedRunView } from './extension/views/selectedRunView';
import { StatusBar } from './extension/views/statusBar';
import { taskType, TrainingTasks } from './extension/trainingTasks';
import { visibleLog } from './extension/visibleLog';

/**
 * Names the parts, then makes them: the commands first, before anything is read. What a stranger's folder holds may break a part,
 * but not the others. Training runs in separate processes, which go on when the extension ends. Gives the interface for other extensions.
 */
export function activate(context: vscode.ExtensionContext): SfpLabApi {
  const log = visibleLog(vscode.window.createOutputChannel('SFP Lab', { log: true }));
  const problems = new ProblemMessages(log);
  const parts = new Parts((failure, cause) => {
    log.error(cause instanceof Error ? cause : String(cause));
    void problems.show(failure);
  });
  context.subscriptions.push(log, parts);
  const api = nameParts(parts, context, log, problems);
  nameConfigParts(parts, log);
  parts.setUp();
  return api;
}

function nameParts(
  parts: Parts,
  { extension, extensionUri }: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  problems: ProblemMessages,
): SfpLabApi {
  const { t } = vscode.l10n;
  const commands = parts.name(t('The commands'), () => new Commands(commandContext));
  const list = parts.name(t('The list of runs'), () => new RunList(log));
  const followed = parts.name(t('The reading of runs'), () => new FollowedRuns(log));
  const queue = parts.name(t('The queue of runs'), () => new MachineQueue(list(), extension, log));
  const active = parts.name(t('The watch over runs that train'), () => new ActiveRuns(list(), followed()));
  const losses = parts.name(t('The look at checkpoints'), () => new CheckpointLosses(list(), log));
  const selected = parts.name(t('The choice of a run'), () => new SelectedRun(list()));
  parts.name(t('The notices of ended runs'), () => new Notices(active()));

  const views = (): PageContext => ({ extension: extensionUri, list: list(), followed: followed(), log });
  const slurm = parts.name(t('The look at Slurm'), () => new SlurmStates(list(), log));
  const about = () => ({ losses: losses(), slurm: slurm(), queue: queue() });
  const tree = parts.name(t('The runs tree'), () => new RunsTree(list(), followed(), about()));
  const dashboards = parts.name(t('The dashboard'), () => new RunsPanels(dashboardKind, views()));
  const comparisons = parts.name(t('The comparison'), () => new RunsPanels(compareKind, views()));
  const layers = parts.name(t('The layers view'), () => new LayersView(views(), selected()));
  parts.name(t('The layers view'), () => vscode.window.registerWebviewViewProvider('sfpLab.layers', layers()));
  const network = parts.name(t('The network view'), () => new SelectedRunView('network', views(), selected()));
  parts.name(t('The network view'), () => vscode.window.registerWebviewViewProvider('sfpLab.network', network()));
  parts.name(t('The training tasks'), () => vscode.tasks.registerTaskProvider(taskType, new TrainingTasks(extension)));
  parts.name(t('The status bar'), () => new StatusBar(active()));
  parts.name(t('The choice of a run in the tree'), () =>
    tree().onDidSelect((id) => {
      selected().choose(id);
    }),
  );
  parts.name(t('The choice of a run by its dashboard'), () =>
    dashboards().onDidActivate((ids) => {
      selected().chooseAmong(ids);
    }),
  );

  const made = { list, queue, losses, selected, tree, layers, dashboards, comparisons };
  const commandContext = contextOf({ extension, log, problems }, made);
  return apiOf({
    get list() {
      return list();
    },
    start: (config) => commands().startRuns(config),
  });
}

type Fixed = 'extension' | 'log' | 'problems';
type Made = { readonly [Part in Exclude<keyof CommandContext, Fixed>]: () => CommandContext[Part] };

/** A command whose part has failed says that, when it is called. */
function contextOf(fixed: Pick<CommandContext, Fixed>, made: Made): CommandContext {
  return {
    ...fixed,
    get list() {
      return made.list();
    },
    get queue() {
      return made.queue();
    },
    get losses() {
      return made.losses();
    },
    get selected() {
      return made.selected();
    },
    get tree() {
      return made.tree();
    },
    get layers() {
      return made.layers();
    },
    get dashboards() {
      return made.dashboards();
    },
    get comparisons() {
      return made.comparisons();
    },
  };
}

function nameConfigParts(parts: Parts, log: vscode.LogOutputChannel): void {
  const { t } = vscode.l10n;
  const { languages } = vscode;
  const fixes = { providedCodeActionKinds: ConfigQuickFixes.kinds };
  parts.name(t('The lines above configs'), () =>
    languages.registerCodeLensProvider(configSelector, new ConfigLenses()),
  );
  parts.name(t('The quick fixes in configs'), () =>
    languages.registerCodeActionsProvider(configSelector, new ConfigQuickFixes(), fixes),
  );
  parts.name(t('The completion of layer names'), () =>
    languages.registerCompletionItemProvider(configSelector, new ConfigCompletion(), ...ConfigCompletion.triggers),
  );
  parts.name(t('The marks in configs'), () => new ConfigDiagnostics(log));
}
