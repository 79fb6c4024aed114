import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDataset } from '../../src/data/sets/datasets';
import { killTrainings } from './killedTraining';

/** The program of `npm run fuzz -- --kills N`; the trainers are built beside it. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '50' },
      seed: { type: 'string', default: '1' },
      whole: { type: 'boolean', default: false },
    },
  });
  await ensureDataset('cifar10');
  const runs = mkdtempSync(join(tmpdir(), 'sfp-lab-kills-'));
  try {
    const { kills, moments, broken } = await killTrainings({
      runs,
      trainer: join(__dirname, values.whole ? 'trainer.js' : 'bareTrainer.js'),
      seed: Number(values.seed),
      kills: Number(values.kills),
      onProgress: console.log,
    });
    for (const [moment, count] of Object.entries(moments).sort()) console.log(`${String(count).padStart(4)} ${moment}`);
    for (const problem of broken) console.log(`BROKEN ${problem}`);
    console.log(`\n${kills} kills with seed ${values.seed}, ${broken.length} broken`);
    if (broken.length > 0) process.exitCode = 1;
  } finally {
    rmSync(runs, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
