// Prints what installing the library brings: each package with the space it takes and its share.
//   npm run size
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { installedPackages, sharesOf } from "./installed-packages.js";
import { install, packPackage } from "./pack.js";

const root = path.dirname(import.meta.dirname);
const folder = mkdtempSync(path.join(tmpdir(), "azidentity-size-"));
try {
	const { tarball } = await packPackage(
		path.join(root, "packages/azidentity"),
		folder,
	);
	await install([tarball], folder);
	console.log(sharesOf(installedPackages(folder)).join("\n"));
} finally {
	rmSync(folder, { recursive: true, force: true });
}
