#!/usr/bin/env node
import { runCommandLine } from './cli/program';

void runCommandLine(process.argv.slice(2)).then((code) => {
  // Not process.exit: what was written to a pipe must get there.
  process.exitCode = code;
});
