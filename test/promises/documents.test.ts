import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readExperiment } from '../../src/experiment/read';

/** What a stranger who clones the project reads and starts. */

const repository = join(import.meta.dirname, '..', '..');
const folders = ['.', 'docs', 'docs/study', 'examples'];

function filesEnding(ending: string): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(repository, folder))
      .filter((name) => name.endsWith(ending))
      .map((name) => join(folder, name)),
  );
}

describe('configs of the project', () => {
  test.each(filesEnding('.sfp.json'))('%s has no problem', (file) => {
    const { experiment, problems } = readExperiment(readFileSync(join(repository, file), 'utf8'), 'net');
    expect(problems).toEqual([]);
    expect(experiment!.runs.length).toBeGreaterThan(0);
  });

  test('the study has a run for each of its four criteria, soft and hard, a dense one and two that are fast, with three seeds each', () => {
    const text = readFileSync(join(repository, 'docs/study/study.sfp.json'), 'utf8');
    const { runs } = readExperiment(text, 'study').experiment!;
    expect(runs).toHaveLength((4 * 2 + 1 + 2) * 3);
  });
});

test.each(filesEnding('.md'))('links of %s lead to files that are there', (file) => {
  const text = readFileSync(join(repository, file), 'utf8');
  const targets = [...text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)].map(([, target]) => target!);
  const own = targets.filter((target) => !/^[a-z]+:/.test(target));
  expect(own.filter((target) => !existsSync(join(repository, dirname(file), target)))).toEqual([]);
});
