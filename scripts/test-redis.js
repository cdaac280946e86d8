// Runs the tests of the store on Redis: on real servers that they start, alone, in a Cluster, and under Sentinels, by the
// clients that people have.
//   node scripts/test-redis.js            all of them
//   node scripts/test-redis.js cluster    the test files with "cluster" in their name
// The clients are packages of their own (packages/azidentity/test-redis), for these tests alone.
import { spawnSync } from "node:child_process";
import { runInstalledSuite } from "./installed-suite.js";

if (spawnSync("redis-server", ["--version"]).status === 0) {
	await runInstalledSuite(
		"packages/azidentity/test-redis",
		"scripts/vitest/redis.config.ts",
	);
} else {
	console.error(
		"The tests of the store on Redis need redis-server and redis-cli, which are not here. On Debian and Ubuntu:\n" +
			"  apt-get install -y --no-install-recommends redis-server",
	);
	process.exitCode = 1;
}
