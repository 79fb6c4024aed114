import * as vscode from 'vscode';
import { Commands } from './extension/commands';
import { configSelector } from './extension/config/configFiles';
import { ConfigDiagnostics } from './extension/config/diagnostics';
import { ConfigLenses } from './extension/config/lenses';
import { ConfigQuickFixes } from './extension/config/quickFixes';
import { ProblemMessages } from './extension/problemMessages';
import { ActiveRuns } from './extension/runs/activeRuns';
import { FollowedRuns } from './extension/runs/followedRuns';
import { Notices } from './extension/runs/notices';
import { RunList } from './extension/runs/runList';
import { SelectedRun } from './extension/runs/selectedRun';
import { StartWatch } from './extension/runs/startWatch';
import { LayersView } from './extension/views/layersView';
import { compareKind, dashboardKind } from './extension/views/panelKinds';
import type { PageContext } from './extension/views/runsPage';
import { RunsPanels } from './extension/views/runsPanels';
import { RunsTree } from './extension/views/runsTree';
import { StatusBar } from './extension/views/statusBar';

/** Builds the parts and connects them. Training runs in separate processes, which go on when the extension ends. */
export function activate(context: vscode.ExtensionContext): void {
  const own = <Owned extends vscode.Disposable>(owned: Owned): Owned => {
    context.subscriptions.push(owned);
    return owned;
  };
  const log = own(vscode.window.createOutputChannel('SFP Lab', { log: true }));
  const problems = new ProblemMessages(log);

  const list = own(new RunList(log));
  const followed = own(new FollowedRuns(log));
  const active = own(new ActiveRuns(list, followed));
  const selected = own(new SelectedRun(list));
  const startWatch = own(new StartWatch(list));
  own(new Notices(active));

  const views: PageContext = { extension: context.extensionUri, list, followed, log };
  const tree = own(new RunsTree(list, followed));
  const dashboards = own(new RunsPanels(dashboardKind, views));
  const comparisons = own(new RunsPanels(compareKind, views));
  const layers = own(new LayersView(views, selected));
  own(vscode.window.registerWebviewViewProvider('sfpLab.layers', layers));
  own(new StatusBar(active));
  own(
    tree.onDidSelect((id) => {
      selected.choose(id);
    }),
  );
  own(
    dashboards.onDidActivate((ids) => {
      selected.chooseAmong(ids);
    }),
  );

  own(new ConfigDiagnostics());
  own(vscode.languages.registerCodeLensProvider(configSelector, new ConfigLenses()));
  const fixes = { providedCodeActionKinds: ConfigQuickFixes.kinds };
  own(vscode.languages.registerCodeActionsProvider(configSelector, new ConfigQuickFixes(), fixes));

  const { extension } = context;
  own(new Commands({ extension, log, problems, list, selected, startWatch, tree, dashboards, comparisons }));
}
