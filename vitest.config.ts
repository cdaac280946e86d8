import { defineConfig } from "vitest/config";
import { closingLine } from "./scripts/vitest/closing-line.ts";

// The library's tests run on its sources, with no build in between; the
// emulator is used as an outsider would use it, from its build.
export default defineConfig({
	resolve: { conditions: ["source"] },
	ssr: { resolve: { conditions: ["source"] } },
	test: {
		include: ["packages/*/test/**/*.test.ts", "scripts/test/**/*.test.js"],
		setupFiles: ["scripts/vitest/loopback-only.js"],
		reporters: ["default", closingLine()],
		// For a machine that has much else to do: alone, none takes a tenth of it.
		testTimeout: 120_000,
		hookTimeout: 120_000,
		maxWorkers: 2,
		server: { deps: { external: [/packages\/emulator\/dist/] } },
	},
});
