import { beforeAll, describe, expect, it } from 'vitest';
import type { CandidateId } from '../../src/recommendation/candidate.ts';
import {
  compare,
  comparisonColumns,
  comparisonCsv,
  comparisonList,
  comparisonRows,
  NO_EVIDENCE,
} from '../../src/recommendation/compare.ts';
import { comparisonPng, comparisonSvg } from '../../src/recommendation/compare-chart.ts';
import type { ResolvedRules } from '../../src/recommendation/evidence.ts';
import { readRealRules } from './real-rules.ts';

let rules: ResolvedRules;
beforeAll(async () => {
  rules = await readRealRules();
});

describe('compare', () => {
  it('gives every cell a citation or no evidence', () => {
    const { rows, citations } = compare(['pytorch', 'tensorflow', 'keras', 'jax'], rules);
    expect(rows.length).toBeGreaterThanOrEqual(12);
    for (const { cells } of rows) {
      expect(cells.map(({ candidate }) => candidate)).toEqual(['pytorch', 'tensorflow', 'keras', 'jax']);
      for (const { value, n } of cells) {
        if (n === null) expect(value).toBe(NO_EVIDENCE);
        else expect(citations[n - 1]?.quote).toBeTruthy();
      }
    }
    expect(rows.some(({ cells }) => cells.some(({ n }) => n === null))).toBe(true);
  });

  it('numbers a sentence once, in the order of the grid', () => {
    const { rows, citations } = compare(['pytorch', 'tensorflow'], rules);
    const numbers = rows.flatMap(({ cells }) => cells.flatMap(({ n }) => (n === null ? [] : [n])));
    expect([...new Set(numbers)]).toEqual(citations.map((_, at) => at + 1));
    expect(new Set(citations.map(({ path, quote }) => `${path} ${quote}`)).size).toBe(citations.length);
  });

  it('leaves out criteria that say nothing of any of them', () => {
    const criteria = compare(['vllm', 'triton'], rules).rows.map(({ criterion }) => criterion);
    expect(criteria).toContain('Serving');
    expect(criteria).not.toContain('Phones');
  });

  it.each([
    [[]],
    [['pytorch']],
    [['pytorch', 'pytorch']],
    [['pytorch', 'jax', 'keras', 'tensorflow', 'litert', 'vllm', 'tfjs']],
  ])('refuses %j', (candidates) => {
    expect(() => compare(candidates as CandidateId[], rules)).toThrow('expected 2 to 6 different candidates');
  });

  it('says the same as table, list and CSV', () => {
    const comparison = compare(['keras', 'jax'], rules);
    const table = comparisonRows(comparison);
    const list = comparisonList(comparison);
    expect(comparisonColumns(comparison)).toEqual(['Criterion', 'Keras 3', 'JAX']);
    table.forEach(([criterion, ...cells], at) => {
      for (const cell of [criterion, ...cells]) expect(list[at]).toContain(cell);
    });
    const lines = comparisonCsv(comparison).split('\r\n');
    expect(lines).toHaveLength(1 + table.length * 2 + 1);
    expect(lines[0]).toBe('criterion,candidate,value,quote,document,heading,line,url,checked');
  });

  it('keeps spreadsheets from running a value, and quotes as RFC 4180 asks', () => {
    const comparison = {
      candidates: ['pytorch'] as const,
      rows: [{ criterion: '=cmd()', cells: [{ candidate: 'pytorch' as const, value: 'a "b", c', n: null }] }],
      citations: [],
    };
    expect(comparisonCsv(comparison).split('\r\n')[1]).toBe(`'=cmd(),PyTorch,"a ""b"", c",,,,,,`);
  });
});

describe('chart', () => {
  it('is a PNG of readable size, drawn with the shipped font', async () => {
    const png = await comparisonPng(compare(['pytorch', 'jax'], rules), 'PyTorch - JAX');
    expect([...png.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const width = new DataView(png.buffer, png.byteOffset).getUint32(16);
    expect(width).toBeGreaterThan(1000);
    // Without glyphs the picture would be flat bands of a few kilobytes.
    expect(png.length).toBeGreaterThan(60_000);
  });

  it('writes every cell, escaped', () => {
    const comparison = compare(['pytorch', 'jax'], rules);
    const svg = comparisonSvg(comparison, 'a <b> & "c"');
    expect(svg).toContain('a &lt;b&gt; &amp; &quot;c&quot;');
    expect(svg.match(/no evidence/g)?.length).toBe(
      comparison.rows.flatMap(({ cells }) => cells).filter(({ n }) => n === null).length,
    );
  });
});
