import { allowedValues } from './allowedValues';
import { plainJsonSchema, schemaAt, type SchemaNode } from './settings';

/** The reference of all settings as Markdown: docs/config.md. */
export function configReference(): string {
  const { properties = {} } = plainJsonSchema();
  const rows = Object.entries(properties).flatMap(([key, node]) => settingRows(key, node as SchemaNode));
  return `# The config: \`*.sfp.json\`

<!-- Made from src/config/schema.ts by \`npm run generate:docs\`; a test fails when it is out of
date. -->

JSON with comments and trailing commas. Every setting may be left out; the defaults are the recipe of the paper
(He et al., IJCAI 2018) for CIFAR-10. VS Code completes and explains settings while you type, and marks what is wrong at its place.

\`\`\`jsonc
{
  "name": "resnet20",
  "model": { "arch": "resnet20" },
  "pruning": { "rate": 0.3, "layers": { "stage3.*": { "rate": 0.2 } } },
  // Four runs: both criteria, each with two seeds.
  "sweep": { "pruning.criterion": ["l1", "l2"], "training.seed": [1, 2] },
}
\`\`\`

${aboutSweeps}

Layers are named \`stem.conv\` and \`stageS.blockB.conv1\` or \`conv2\`, counted from 1; \`sfp flops resnet20 --rate 0.3\` lists them.
A pattern in \`pruning.layers\` is such a name in which \`*\` stands for any text, dots included, or for none. Nothing else is
special: \`?\`, \`[12]\` and \`{1,2}\` mean these very characters.

## Your own images

Arrays are an NPZ file, a safetensors file or a folder of NPY files with \`x_train\`, \`y_train\`, \`x_test\` and \`y_test\`, as
\`numpy.savez_compressed("set.npz", x_train=…, …)\` writes it. Images of floats are taken as they are unless \`mean\` and \`std\` say
otherwise; labels count from 0.

\`\`\`jsonc
{
  "data": { "arrays": "./set.npz", "classNames": ["cat", "dog"], "mean": [0.5], "std": [0.25] },
}
\`\`\`

Pictures lie in \`train/CLASS/\`, and in \`val/CLASS/\` and \`test/CLASS/\` if there are such parts. They are decoded once into the cache,
in \`datasets/pictures\` of the folder that \`SFP_LAB_CACHE\` names or that the system has for caches; deleting it costs no more than
decoding them again.

\`\`\`jsonc
{
  "model": { "arch": "resnet18" },
  "data": { "folder": "./images", "size": 64, "skipBroken": true },
}
\`\`\`

## All settings

| Setting | Allowed | Default | What it does |
| --- | --- | --- | --- |
${rows.join('\n')}

The paper’s learning rates, the default of \`training.learningRateSchedule\`:

\`\`\`json
${JSON.stringify(schemaAt(['training', 'learningRateSchedule'])?.default)}
\`\`\`
`;
}

const aboutSweeps = `A sweep tries every combination of the values of its settings. Numbers may be a range instead of a list: \`"scale": "log"\` takes
equal factors instead of equal steps. \`repeats\` trains every combination with as many seeds, which are the same for all of them, so
that settings are compared from the same initial weights, with the same split and order of images. \`exclude\` leaves combinations
out, and \`points\` are single runs beside them. Below are nine combinations and a
point, each with three seeds: 30 runs.

\`\`\`jsonc
{
  "sweep": {
    "pruning.criterion": ["l1", "l2"],
    "pruning.rate": { "from": 0.1, "to": 0.5, "count": 5 },
    "repeats": 3,
    "exclude": [{ "pruning.criterion": "l2", "pruning.rate": 0.5 }],
    "points": [{ "pruning.criterion": "fpgm", "pruning.rate": 0.4 }],
  },
}
\`\`\``;

function settingRows(path: string, node: SchemaNode): string[] {
  const children = childrenOf(path, node);
  // What may have other keys beside its own is a setting of its own, too.
  if (node.type === 'object' && node.properties && typeof node.additionalProperties !== 'object') return children;
  return [`| ${cells(path, node).map(escapeCell).join(' | ')} |`, ...children];
}

function childrenOf(path: string, { properties, items, additionalProperties }: SchemaNode): string[] {
  const inItems = typeof items === 'object' && !Array.isArray(items) ? items.properties : undefined;
  const inOthers = typeof additionalProperties === 'object' ? propertiesOf(additionalProperties) : undefined;
  return [...rowsOf(`${path}.`, properties), ...rowsOf(`${path}[].`, inItems), ...rowsOf(`${path}["…"].`, inOthers)];
}

/** Of an object, or of those that a value may be instead of something else. */
function propertiesOf({ anyOf = [], properties }: SchemaNode): SchemaNode['properties'] {
  const options = anyOf.map((option) => Object.entries(option.properties ?? {}));
  return { ...properties, ...Object.fromEntries(options.flat()) };
}

function rowsOf(prefix: string, properties: SchemaNode['properties'] = {}): string[] {
  return Object.entries(properties).flatMap(([key, node]) => settingRows(prefix + key, node as SchemaNode));
}

function cells(path: string, node: SchemaNode): string[] {
  return [`\`${path}\``, allowedValues(node), defaultOf(node), node.description ?? ''];
}

function defaultOf(node: SchemaNode): string {
  if (node.default === undefined) return '';
  return Array.isArray(node.default) && node.default.length > 0 ? 'below' : `\`${JSON.stringify(node.default)}\``;
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}
