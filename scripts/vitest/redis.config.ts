import path from "node:path";
import { defineConfig } from "vitest/config";
import { closingLine } from "./closing-line.ts";

const scripts = path.dirname(import.meta.dirname);

// The tests on real servers of Redis (scripts/test-redis.js), on the library's sources as those of `npm test`.
export default defineConfig({
	root: path.join(scripts, "../packages/azidentity/test-redis"),
	resolve: { conditions: ["source"] },
	ssr: { resolve: { conditions: ["source"] } },
	test: {
		setupFiles: path.join(scripts, "vitest/loopback-only.js"),
		reporters: ["default", closingLine()],
		testTimeout: 60_000,
		hookTimeout: 60_000,
		maxWorkers: 2,
		server: { deps: { external: [/packages\/emulator\/dist/] } },
	},
});
