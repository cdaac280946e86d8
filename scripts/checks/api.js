// The public surface changes only on purpose. What the built packages export equals the committed reports in
// scripts/api; and names, arguments, options, members and names of errors are those of @azure/identity, or are listed
// with the reason in scripts/api/azure-identity.js. A program that uses all of @azure/identity compiles and runs with us.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { changedLines } from "../api/changed-lines.js";
import { differences } from "../api/compare.js";
import { dropInFailures } from "../api/drop-in.js";
import { memberDifferences } from "../api/members.js";
import { exportsOf, surfaceReport } from "../api/surface.js";
import { REPORTS } from "../api/write-report.js";

export const needsBuild = true;

/** Enough to see what changed; `npm run api` shows all of it as a difference. */
const SHOWN_LINES = 20;

export async function check(root) {
	return [
		...(await compareWithAzureIdentity(root)),
		...staleReports(root),
		...(await dropInFailures(root)),
	];
}

function staleReports(root) {
	return Object.entries(REPORTS).flatMap(([report, home]) => {
		const file = path.join(root, report);
		const committed = existsSync(file) ? readFileSync(file, "utf8") : "";
		const changed = changedLines(
			committed,
			surfaceReport(path.join(root, home)),
		);
		if (changed.length === 0) return [];
		return [
			`${report}: the surface changed; if on purpose, run \`npm run api\` and commit it`,
			...changed.slice(0, SHOWN_LINES),
		];
	});
}

async function compareWithAzureIdentity(root) {
	const theirs = path.join(root, "node_modules/@azure/identity/dist/esm");
	const ours = path.join(root, "packages/azidentity/dist");
	const members = await memberDifferences(root, dts(theirs), dts(ours));
	const found = differences(
		await surface(theirs),
		await surface(ours),
		members,
	);
	if (found.length === 0) return [];
	return [
		...found.map((difference) => `beside @azure/identity: ${difference}`),
		"what differs on purpose belongs into scripts/api/azure-identity.js, with the reason",
	];
}

const dts = (folder) => path.join(folder, "index.d.ts");

async function surface(folder) {
	const names = exportsOf(dts(folder));
	return {
		types: [...names].filter(([, { type }]) => type).map(([name]) => name),
		values: await import(pathToFileURL(path.join(folder, "index.js")).href),
	};
}
