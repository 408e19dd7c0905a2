// What `cdk diff --method=template` does with two templates, without the rest of the CDK.
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");

const [folder, oldPath, newPath] = process.argv.slice(2);
const { fullDiff, formatDifferences } = createRequire(`${folder}/`)("@aws-cdk/cloudformation-diff");
const read = (path) => JSON.parse(readFileSync(path, "utf8"));
formatDifferences(process.stdout, fullDiff(read(oldPath), read(newPath)));
