import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConfig, SETTING_NAMES } from '../src/config.ts';

describe('settings', () => {
  it('have defaults for everything but tokens', () => {
    const settings = readConfig({});
    expect(settings.PORT).toBe(3000);
    expect(settings.CORPUS_DIR).toBe('corpus');
    expect(settings.SLACK_BOT_TOKEN).toBeUndefined();
  });

  it('report every problem at once and never a value', () => {
    const wrong = { PORT: '70000', SLACK_BOT_TOKEN: 'secret-value', LOG_LEVEL: 'loud' };
    let message = '';
    try {
      readConfig(wrong);
    } catch (thrown) {
      message = (thrown as Error).message;
    }
    for (const name of Object.keys(wrong)) expect(message).toContain(name);
    expect(message).not.toContain('secret-value');
  });

  it('count an empty line of .env as not set', () => {
    expect(readConfig({ PORT: '', HEALTH_PORT: ' ' }).PORT).toBe(3000);
  });

  it('are all listed in .env.example, and nothing else is', () => {
    const listed = [...readFileSync('.env.example', 'utf8').matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1]);
    expect([...listed].sort()).toEqual([...SETTING_NAMES].sort());
  });
});
