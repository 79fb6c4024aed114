import { writeFileSync } from 'node:fs';

/** Loaded before a program that is measured: when it ends, it leaves the most memory that it had, in KiB, in a file. */
const file = process.env.SFP_LAB_BENCH_PEAK;
if (file)
  process.on('exit', () => {
    writeFileSync(file, String(process.resourceUsage().maxRSS));
  });
