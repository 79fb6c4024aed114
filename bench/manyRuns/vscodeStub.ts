/** What the lists of the extension use of `vscode`, for measuring them without it. The workspace folder is the working folder. */

export class EventEmitter<Event> {
  readonly #listeners = new Set<(event: Event) => void>();
  readonly event = (listener: (event: Event) => void): Disposable => {
    this.#listeners.add(listener);
    return new Disposable(() => this.#listeners.delete(listener));
  };

  fire(event: Event): void {
    for (const listener of this.#listeners) listener(event);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

export class Disposable {
  constructor(readonly dispose: () => unknown) {}
}

const nothing = (): Disposable => new Disposable(() => undefined);

export const workspace = {
  workspaceFolders: [{ uri: { scheme: 'file', fsPath: process.cwd() } }],
  onDidChangeWorkspaceFolders: nothing,
  findFiles: () => Promise.resolve([]),
  createFileSystemWatcher: () => ({
    onDidCreate: nothing,
    onDidChange: nothing,
    onDidDelete: nothing,
    dispose: () => undefined,
  }),
};

export const window = {
  createTreeView: () => ({ selection: [], onDidChangeSelection: nothing, dispose: () => undefined }),
};
export const l10n = { t: (text: string, ...values: unknown[]) => [text, ...values].join(' ') };
export const env = { language: 'en' };
export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };

export class TreeItem {
  constructor(readonly label: string) {}
}
export class ThemeIcon {
  constructor(readonly id: string) {}
}
export class ThemeColor {
  constructor(readonly id: string) {}
}
export class RelativePattern {
  constructor(readonly base: string) {}
}
export class MarkdownString {
  value = '';

  appendMarkdown(text: string): this {
    this.value += text;
    return this;
  }

  appendText(text: string): this {
    return this.appendMarkdown(text);
  }
}
