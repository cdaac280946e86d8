import path from "node:path";
import { defineConfig } from "vitest/config";
import { closingLine } from "./closing-line.ts";

const scripts = path.dirname(import.meta.dirname);
const root = path.join(scripts, "../packages/azidentity/test-clients");

// The tests with real clients of Azure services (scripts/test-clients.js). The library is used as its users import it:
// from its build, by what its manifest exports.
export default defineConfig({
	root,
	test: {
		globalSetup: path.join(root, "azurite.ts"),
		setupFiles: path.join(scripts, "vitest/loopback-only.js"),
		reporters: ["default", closingLine()],
		testTimeout: 60_000,
		hookTimeout: 60_000,
		maxWorkers: 2,
		server: { deps: { external: [/packages\/(azidentity|emulator)\/dist/] } },
	},
});
