import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyQueue, withAdded } from '../../../../src/scheduling/queue/queue';
import { DamagedQueue, editQueue, readQueue } from '../../../../src/scheduling/queue/queueFile';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const added = (folder: string) => (queue: typeof emptyQueue) => withAdded(queue, [{ folder, niceness: 0 }]);

describe('the file of the queue', () => {
  test('is made when something is written, and empty before', async () => {
    const folder = join(temporaryFolder(), 'queue', 'host');
    expect(await readQueue(folder)).toEqual(emptyQueue);
    const { queue, note } = await editQueue(folder, added('/a'));
    expect(note).toBeNull();
    expect(await readQueue(folder)).toEqual(queue);
  });

  test('loses nothing where many change it at once', async () => {
    const folder = temporaryFolder();
    await Promise.all(Array.from({ length: 5 }, (_, index) => editQueue(folder, added(`/${index}`))));
    expect((await readQueue(folder)).runs.map((run) => run.folder).sort()).toEqual(['/0', '/1', '/2', '/3', '/4']);
  });

  test.each([
    ['is cut off', '{"formatVersion": 1, "runs": ['],
    ['is empty', ''],
    ['says something else', '{"formatVersion": 1, "runs": "all"}'],
  ])('that %s is told, and kept aside by who changes it', async (_, text) => {
    const folder = temporaryFolder();
    await writeFile(join(folder, 'queue.json'), text);
    await expect(readQueue(folder)).rejects.toThrow(DamagedQueue);
    await expect(readQueue(folder)).rejects.toThrow('is damaged, so that the order of the runs that wait is not known');
    const { queue, note } = await editQueue(folder, added('/b'), added('/a')(emptyQueue));
    expect(queue.runs.map((run) => run.folder)).toEqual(['/a', '/b']);
    expect(note).toMatch(/was damaged; it is kept as .*\.damaged, and another one is begun\.$/);
    const aside = (await readdir(folder)).find((name) => name.endsWith('.damaged'));
    expect(await readFile(join(folder, aside!), 'utf8')).toBe(text);
  });

  test.skipIf(process.platform === 'win32')('is not read or written through a link', async () => {
    const folder = temporaryFolder();
    const elsewhere = temporaryFolder();
    await mkdir(elsewhere, { recursive: true });
    await writeFile(join(elsewhere, 'queue.json'), JSON.stringify(emptyQueue));
    await symlink(join(elsewhere, 'queue.json'), join(folder, 'queue.json'));
    await expect(readQueue(folder)).rejects.toThrow('is not a file but a link');
    await expect(editQueue(folder, added('/a'))).rejects.toThrow('is not a file but a link');
  });
});
