const vscode = require('vscode');

/** Trains trial.sfp.json and keeps what the interface tells of the runs in seen.json, as often as it changes. */
module.exports.activate = ({ subscriptions }) => {
  const train = async () => {
    const { uri } = vscode.workspace.workspaceFolders[0];
    const sfpLab = await vscode.extensions.getExtension('sfp-lab.sfp-lab').activate();
    const write = async (name, value) => {
      const file = vscode.Uri.joinPath(uri, name);
      await vscode.workspace.fs.writeFile(file, Buffer.from(JSON.stringify(value)));
    };
    const plain = (runs) => runs.map((run) => ({ ...run, folder: run.folder.fsPath }));
    subscriptions.push(sfpLab.onDidChange(() => write('seen.json', plain(sfpLab.runs))));
    const started = await sfpLab.start(vscode.Uri.joinPath(uri, 'trial.sfp.json'));
    await write('started.json', { version: sfpLab.version, runs: plain(started) });
  };
  subscriptions.push(vscode.commands.registerCommand('other.train', train));
};
