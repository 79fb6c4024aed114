// @ts-check
/** `npm run fuzz`: bundles test/fuzz/ and runs it: made-up inputs for every reader, kills of a real training, or resumes at once. */
import path from 'node:path';
import process from 'node:process';
import { runVisibly } from './childProcess.mjs';
import { nodeBundle } from './nodeBundle.mjs';
import { checkNode, ensureDependencies, repository } from './prepare.mjs';
import { sayWhyItFailed } from './terminal.mjs';

const help = `npm run fuzz [-- options]

Every reader of a file or a message from outside is given made-up inputs: valid ones with bits flipped, ends cut off, numbers made
huge, nested deep, under checksums that are right. Only typed errors are allowed, within 1 s and 512 MB an input.

  --seed N           of the inputs (1)
  --inputs N         for each reader (100000)
  --budget SECONDS   for all readers together (a day)
  --target NAME      only this reader (may be repeated)
  --from N           begins with this input: with --inputs 1, makes one again
  --kills N          instead: kills a real training at N random moments, lets it go on, and compares the bits
  --resumes N        instead: resumes a run twice at the same moment, N times; one trainer has to be started
  --at N             resumes it in so many processes at the same moment (2)
  --whole            kills the whole of trainer.js, with the compact network that it makes at the end
  --help             this text`;

async function main() {
  const given = process.argv.slice(2);
  if (given.includes('--help')) return console.log(help);
  checkNode();
  await ensureDependencies();
  const { build } = await import('esbuild');
  const folder = path.join(repository, '.cache', 'fuzz');
  await build({
    ...nodeBundle,
    outdir: folder,
    entryPoints: {
      main: path.join(repository, 'test', 'fuzz', 'main.ts'),
      kills: path.join(repository, 'test', 'fuzz', 'kills.ts'),
      resumes: path.join(repository, 'test', 'fuzz', 'resumes.ts'),
      resumer: path.join(repository, 'test', 'fixtures', 'resumer.ts'),
      stubbornTrainer: path.join(repository, 'test', 'fixtures', 'stubbornTrainer.ts'),
      bareTrainer: path.join(repository, 'test', 'fuzz', 'bareTrainer.ts'),
      trainer: path.join(repository, 'src', 'trainer.ts'),
      batchWorker: path.join(repository, 'src', 'data', 'batches', 'batchWorker.ts'),
      measureEngine: path.join(repository, 'src', 'measureEngine.ts'),
      measureLatency: path.join(repository, 'src', 'measureLatency.ts'),
    },
    logLevel: 'warning',
  });
  const asked = ['kills', 'resumes'].find((name) => given.some((each) => each.startsWith(`--${name}`)));
  const program = `${asked ?? 'main'}.js`;
  process.exitCode = await runVisibly(process.execPath, [path.join(folder, program), ...given], {
    cwd: repository,
  });
}

await main().catch(sayWhyItFailed);
