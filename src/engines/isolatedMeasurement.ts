import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import path from 'node:path';
import type { EngineSettings } from './candidates';
import type { Workload } from './workload';

/** What a measuring process reads from its standard input. */
export interface MeasuringOrder {
  readonly id: string;
  readonly settings: EngineSettings;
  readonly workload: Workload;
}

const patienceMilliseconds = 120_000;
const lastLines = 3;

/**
 * Images per second of one engine, measured in a process of its own: a library stays loaded once it is there, its threads would
 * disturb the next one, and one that crashes takes its process with it. Throws an Error that says why it failed.
 */
export async function measureInIsolation(
  order: MeasuringOrder,
  signal: AbortSignal,
  script: string = path.join(__dirname, 'measureEngine.js'),
): Promise<number> {
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'pipe'], signal, windowsHide: true });
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMilliseconds);
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, endedBy) => {
      resolve(endedBy ? `ended by ${endedBy}` : `ended with code ${code}`);
    });
  });
  // One that dies at once closes the pipe before it has read.
  child.stdin.on('error', () => undefined);
  child.stdin.end(JSON.stringify(order));
  try {
    const [output, complaints, how] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    const rate = Number(/^imagesPerSecond (\S+)$/m.exec(output)?.[1]);
    if (rate > 0) return rate;
    const told = complaints.trim().split('\n').slice(-lastLines).join(' ');
    throw new Error(told || `its process ${how} without a word`);
  } finally {
    clearTimeout(timer);
  }
}
