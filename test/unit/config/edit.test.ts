import { expect, test } from 'vitest';
import { withSettingWritten } from '../../../src/config/edit';

test('a setting is written in its place, and comments stay', () => {
  const text = '{\n  // why\n  "pruning": { "rate": 0.3 /* much */ }, // end\n}\n';
  expect(withSettingWritten(text, ['pruning', 'rate'], 0.1)).toBe(text.replace('0.3', '0.1'));
});

test('a setting that is not there is added, in line with what is around it', () => {
  const text = '{\r\n  // why\r\n  "training": {\r\n    "epochs": 12\r\n  }\r\n}\r\n';
  expect(withSettingWritten(text, ['pruning', 'settleEpochs'], 4)).toBe(
    '{\r\n  // why\r\n  "training": {\r\n    "epochs": 12\r\n  },\r\n  "pruning": {\r\n    "settleEpochs": 4\r\n  }\r\n}\r\n',
  );
});
