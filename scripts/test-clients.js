// Runs the tests with real clients of Azure services, against an emulated Entra ID, Azurite, and a stand-in for Key Vault.
//   node scripts/test-clients.js            all of them
//   node scripts/test-clients.js storage    the test files with "storage" in their name
// The clients are packages of their own (packages/azidentity/test-clients), for these tests alone.
import { runInstalledSuite } from "./installed-suite.js";

await runInstalledSuite(
	"packages/azidentity/test-clients",
	"scripts/vitest/clients.config.ts",
);
