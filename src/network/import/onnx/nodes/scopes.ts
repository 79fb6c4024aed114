/** PyTorch's name of what a node belongs to, as its exporters write it into names of nodes. */

/** No module is called by more, and every part of a name is looked at. */
const longest = 300;

const stemPattern = /^(.+)\.(?:weight|bias|running_mean|running_var)$/;

/** What a layer is called whose tensor has this name: `layer1.0.conv1` of `layer1.0.conv1.weight`; null where that tells nothing. */
export function stemOf(tensor: string): string | null {
  return stemPattern.exec(tensor)?.[1] ?? null;
}

/**
 * The module of a node that is named by its path: `layers.0.conv1` of `/layers/layers.0/conv1/Conv`; empty for the network
 * itself, null where the name is no path.
 */
export function moduleOf(node: string): string | null {
  if (!node.startsWith('/')) return null;
  const parts = node.split('/').slice(1, -1);
  const modules: string[] = [];
  for (const part of parts) {
    const before = modules.at(-1);
    // A module in a list repeats the list's name.
    if (before !== undefined && part.startsWith(`${before}.`)) modules[modules.length - 1] = part;
    else modules.push(part);
  }
  return modules.join('.');
}

/** Every module that has others in it. */
export function containersOf(modules: Iterable<string>): ReadonlySet<string> {
  const containers = new Set<string>();
  for (const module of modules) {
    if (module.length > longest) continue;
    for (let end = module.lastIndexOf('.'); end > 0; end = module.lastIndexOf('.', end - 1)) {
      const container = module.slice(0, end);
      if (containers.has(container)) break;
      containers.add(container);
    }
  }
  return containers;
}
