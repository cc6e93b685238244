import { parseArgs } from 'node:util';
import { readConfig, readEnvironment } from '../src/config.ts';
import { examine } from '../src/doctor.ts';
import { contactedHosts, proveEgress } from '../src/egress.ts';
import { AdvisorError, messageOf } from '../src/errors.ts';

try {
  const { values } = parseArgs({ options: { egress: { type: 'boolean' }, json: { type: 'boolean' } } });
  const settings = readConfig(readEnvironment());
  if (values.egress) {
    const hosts = contactedHosts(settings);
    const proof = await proveEgress(settings);
    const { answered, lookups, connections } = proof;
    if (values.json) console.log(JSON.stringify({ hosts, proof }));
    else {
      if (hosts.length === 0) console.log('no host is contacted with these settings');
      for (const { host, purpose } of hosts) console.log(`${host}  ${purpose}`);
      console.log(
        `proved: ${answered} questions were answered with every way out watched and shut: ${lookups.length} names looked up, ${connections.length} connections tried`,
      );
      for (const target of [...lookups, ...connections]) console.log(`  ${target}`);
    }
    if (lookups.length + connections.length > 0) process.exitCode = 1;
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
