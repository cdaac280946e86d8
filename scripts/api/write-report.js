// Writes the committed reports of what the packages export: `npm run api`, then read the difference before committing.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { surfaceReport } from "./surface.js";

const root = path.join(import.meta.dirname, "../..");

export const REPORTS = {
	"scripts/api/azidentity.md": "packages/azidentity",
	"scripts/api/emulator.md": "packages/emulator",
};

if (process.argv[1] === import.meta.filename) {
	for (const [report, home] of Object.entries(REPORTS))
		writeFileSync(
			path.join(root, report),
			surfaceReport(path.join(root, home)),
		);
}
