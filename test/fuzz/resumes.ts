import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runConfigSchema } from '../../src/config/schema';
import { createRun } from '../../src/runs/folder/create';
import { RunWriter } from '../../src/runs/folder/writer';
import { ResumerProcesses } from '../fixtures/resumerProcesses';
import { resumeTogether } from './resumedTogether';

/** The program of `npm run fuzz -- --resumes N`; what it starts is built beside it. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { resumes: { type: 'string', default: '24' }, at: { type: 'string', default: '2' } },
  });
  const runs = mkdtempSync(join(tmpdir(), 'sfp-lab-resumes-'));
  const resumers = new ResumerProcesses(join(__dirname, 'resumer.js'), Number(values.at));
  try {
    const { rounds, refusals, broken } = await resumeTogether({
      folder: await stoppedRun(runs),
      resumers,
      trainer: join(__dirname, 'stubbornTrainer.js'),
      rounds: Number(values.resumes),
    });
    for (const [told, count] of Object.entries(refusals)) console.log(`${String(count).padStart(4)} ${told}`);
    for (const problem of broken) console.log(`BROKEN ${problem}`);
    console.log(`\n${rounds} times ${values.at} resumes at once, ${broken.length} broken`);
    if (broken.length > 0) process.exitCode = 1;
  } finally {
    resumers.end();
    rmSync(runs, { recursive: true, force: true });
  }
}

async function stoppedRun(runs: string): Promise<string> {
  const config = runConfigSchema.parse({ name: 'resumed' });
  const of = { config, experiment: 'resumed', configFile: null, versions: { node: process.version }, git: null };
  const folder = await createRun(runs, of);
  const writer = await RunWriter.open(folder);
  await writer.update({ status: 'stopped' });
  await writer.close();
  return folder;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
