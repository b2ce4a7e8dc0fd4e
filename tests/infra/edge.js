// Runs a CloudFront function on events, as CloudFront and the local cloud do: `node edge.js < task`.
// The task has its code, the moment, what the key-value store has, and the events.
const vm = require('vm');

const task = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const modules = {
  crypto: require('crypto'),
  cloudfront: { kvs: () => ({ exists: async (key) => task.stored.includes(key) }) },
};
const code = task.code.replace(
  /^import (\w+) from '(\w+)';$/gm,
  (_, name, from) => `const ${name} = require('${from}');`,
);
const sandbox = { require: (name) => modules[name], Date: { now: () => task.now * 1000 } };
vm.runInNewContext(`${code}\n;globalThis.run = handler;`, sandbox);

async function main() {
  const answers = [];
  for (const event of task.events) answers.push(await sandbox.run(event));
  console.log(JSON.stringify(answers));
}

main();
