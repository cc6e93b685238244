import { parseArgs } from 'node:util';
import { readConfig, readEnvironment } from '../src/config.ts';
import { egress, examine } from '../src/doctor.ts';
import { AdvisorError, messageOf } from '../src/errors.ts';

try {
  const { values } = parseArgs({ options: { egress: { type: 'boolean' }, json: { type: 'boolean' } } });
  const settings = readConfig(readEnvironment());
  if (values.egress) {
    const hosts = egress(settings);
    if (values.json) console.log(JSON.stringify(hosts));
    else if (hosts.length === 0) console.log('no host is contacted with these settings');
    else for (const { host, purpose } of hosts) console.log(`${host}  ${purpose}`);
  } else {
    const findings = await examine(settings);
    if (values.json) console.log(JSON.stringify(findings));
    else {
      for (const { name, state, detail, remedy } of findings)
        console.log(
          `${state.padEnd(8)}${name.padEnd(15)}${detail}${remedy ? `\n${' '.repeat(23)}what to do: ${remedy}` : ''}`,
        );
    }
    if (findings.some(({ state }) => state === 'failure')) process.exitCode = 1;
  }
} catch (thrown) {
  process.stderr.write(
    `doctor failed (${thrown instanceof AdvisorError ? thrown.code : 'USAGE'}): ${messageOf(thrown)}\n`,
  );
  process.exitCode = 1;
}
