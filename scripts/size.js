// Prints what installing the library brings, or other packages: each package with the space it takes and its share.
//   npm run size
//   node scripts/size.js @azure/identity
//   node scripts/size.js --json            the sums, for programs
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { installedPackages, sharesOf } from "./installed-packages.js";
import { install, packPackage } from "./pack.js";

const root = path.dirname(import.meta.dirname);
const isJson = process.argv.includes("--json");
const others = process.argv.slice(2).filter((each) => each !== "--json");
const folder = mkdtempSync(path.join(tmpdir(), "azidentity-size-"));
try {
	await install(others.length > 0 ? others : [await ours()], folder);
	const packages = installedPackages(folder);
	const bytes = packages.reduce((sum, each) => sum + each.bytes, 0);
	console.log(
		isJson
			? JSON.stringify({ packages: packages.length, bytes })
			: sharesOf(packages).join("\n"),
	);
} finally {
	rmSync(folder, { recursive: true, force: true });
}

async function ours() {
	const home = path.join(root, "packages/azidentity");
	return (await packPackage(home, folder)).tarball;
}
