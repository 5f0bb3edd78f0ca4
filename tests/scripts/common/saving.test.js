import assert from 'node:assert/strict';
import test from 'node:test';

import { asName, toCsv, toLatex } from '../../../assets/ui/common/saving.js';

test('cells of a spreadsheet are quoted, quotes in them doubled', () => {
  assert.equal(
    toCsv([
      ['Run', 'Score'],
      ['a "b", c', 1.5],
    ]),
    '"Run","Score"\r\n"a ""b"", c","1.5"',
  );
});

test('signs that LaTeX reads as its own are written out', () => {
  const lines = toLatex(
    [
      ['Run', '%'],
      ['a_b & c\\d', '1 ± 2'],
    ],
    'lr',
    '50 % of #1',
  ).split('\n');
  assert.ok(lines.includes('  \\caption{50 \\% of \\#1}'));
  assert.ok(lines.includes('    Run & \\% \\\\'));
  assert.ok(lines.includes('    a\\_b \\& c\\textbackslash{}d & 1 $\\pm$ 2 \\\\'));
  assert.ok(lines.includes('  \\begin{tabular}{lr}'));
});

test('a part of a file name has only small letters, digits and single hyphens', () => {
  assert.equal(asName(' Mean recall (val) – 50 % '), 'mean-recall-val-50');
});
