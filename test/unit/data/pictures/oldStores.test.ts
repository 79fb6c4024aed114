import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { removeOldStores } from '../../../../src/data/pictures/oldStores';
import { markUse } from '../../../../src/data/pictures/storeUse';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const { signal } = new AbortController();
let parent: string;
beforeEach(() => {
  parent = temporaryFolder();
});

const pathOf = (letter: string): string => join(parent, letter.repeat(32));
const left = (): string[] => 'abcdef'.split('').filter((letter) => existsSync(pathOf(letter)));

interface Use {
  readonly host?: string;
  readonly pid: number;
  readonly days: number;
}

/** A store of 1000 bytes of pictures, used so many days ago. */
function store(letter: string, { host = hostname(), pid, days }: Use, mostBytes = 2500): void {
  const path = pathOf(letter);
  mkdirSync(path);
  writeFileSync(join(path, 'pictures.bin'), new Uint8Array(1000));
  const about = { formatVersion: 1, contents: letter, bytes: 1000, mostBytes, isWhole: true, broken: [] };
  writeFileSync(join(path, 'about.json'), JSON.stringify(about));
  mkdirSync(`${path}.uses`);
  const mark = join(`${path}.uses`, 'one.json');
  writeFileSync(mark, JSON.stringify({ host, pid, started: 'once' }));
  const time = Date.now() / 1000 - days * 24 * 3600;
  utimesSync(mark, time, time);
}

/** The pid of a process that has ended. */
const endedPid = (): number => spawnSync(process.execPath, ['--version']).pid;

test('the stores that were not used for the longest time go, with all that belongs to them, until the rest fits', async () => {
  const pid = endedPid();
  store('a', { pid, days: 1 });
  store('b', { pid, days: 3 });
  store('c', { pid, days: 2 });
  writeFileSync(join(parent, 'notes.txt'), new Uint8Array(9000));
  await removeOldStores(parent, signal);
  expect(left()).toEqual(['a', 'c']);
  expect(readdirSync(parent).filter((name) => name.startsWith('b'))).toEqual([]);
  expect(existsSync(join(parent, 'notes.txt'))).toBe(true);
});

test('a store that a process uses stays, here or on another machine', async () => {
  store('a', { pid: endedPid(), days: 0 }, 10);
  store('b', { pid: 1, host: 'elsewhere', days: 2 }, 10);
  store('c', { pid: 1, host: 'elsewhere', days: 90 }, 10);
  store('d', { pid: endedPid(), days: 4 }, 10);
  await markUse(pathOf('d'));
  await removeOldStores(parent, signal);
  expect(left()).toEqual(['b', 'd']);
});

test('the largest bound of a store counts, so that one with a small bound does not take the others along', async () => {
  const pid = endedPid();
  store('a', { pid, days: 1 }, 0);
  store('b', { pid, days: 3 }, 10_000);
  await removeOldStores(parent, signal);
  expect(left()).toEqual(['a', 'b']);
});

test('what a program that was broken off has left of a store goes too', async () => {
  const partial = `${pathOf('a')}.partial`;
  mkdirSync(partial);
  writeFileSync(join(partial, 'pictures.bin'), new Uint8Array(1000));
  await removeOldStores(parent, signal);
  expect(readdirSync(parent)).toEqual([]);
});
