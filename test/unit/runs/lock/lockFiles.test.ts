import { expect, test, vi } from 'vitest';
import { folderNames } from '../../../../src/base/folderNames';
import { thisHolder } from '../../../../src/runs/lock/holder';
import { LockFiles } from '../../../../src/runs/lock/lockFiles';
import { afterPowerLoss, disk } from '../../../fixtures/recordedDisk';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

vi.mock('node:fs/promises', async (importOriginal) => {
  const { disk } = await import('../../../fixtures/recordedDisk');
  return disk.wrap(await importOriginal());
});
vi.mock(import('../../../../src/base/folderNames'), async (original) => {
  return { folderNames: vi.fn((await original()).folderNames) };
});

test('the newest is found among more names than a call can have arguments', async () => {
  const files = new LockFiles(temporaryFolder());
  const names = Array.from({ length: 200_000 }, (_, index) => String(200_000 - index));
  vi.mocked(folderNames).mockResolvedValueOnce([...names, 'notes.txt', '0', '-1', '1e9', '9999999999']);
  expect(await files.newestNumber()).toBe(200_000);
});

test('who has taken a lock is known after a power loss', async () => {
  const [folder, later] = [temporaryFolder(), temporaryFolder()];
  const holder = await thisHolder();
  disk.record(folder);
  await new LockFiles(folder).make(1, holder);
  const [last] = disk.stop().slice(-1);
  afterPowerLoss(last!, later, null);
  expect(await new LockFiles(later).newest()).toMatchObject({ number: 1, holder });
});
