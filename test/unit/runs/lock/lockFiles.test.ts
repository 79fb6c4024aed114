import { expect, test, vi } from 'vitest';
import { folderNames } from '../../../../src/base/folderNames';
import { LockFiles } from '../../../../src/runs/lock/lockFiles';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

vi.mock(import('../../../../src/base/folderNames'), async (original) => {
  return { folderNames: vi.fn((await original()).folderNames) };
});

test('the newest is found among more names than a call can have arguments', async () => {
  const files = new LockFiles(temporaryFolder());
  const names = Array.from({ length: 200_000 }, (_, index) => String(200_000 - index));
  vi.mocked(folderNames).mockResolvedValueOnce([...names, 'notes.txt', '0', '-1', '1e9', '9999999999']);
  expect(await files.newestNumber()).toBe(200_000);
});
