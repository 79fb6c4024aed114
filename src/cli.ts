#!/usr/bin/env node
import { runCommandLine } from './cli/program';

void runCommandLine(process.argv.slice(2)).then((code) => {
  // process.exit would lose output that is still on its way through a pipe.
  process.exitCode = code;
});
