import { defineConfig } from "vitest/config";

// The library's tests run on its sources, with no build in between; the
// emulator is used as an outsider would use it, from its build.
export default defineConfig({
	resolve: { conditions: ["source"] },
	ssr: { resolve: { conditions: ["source"] } },
	test: {
		include: ["packages/*/test/**/*.test.ts"],
		testTimeout: 30_000,
		hookTimeout: 60_000,
		maxWorkers: 2,
		server: { deps: { external: [/packages\/emulator\/dist/] } },
	},
});
