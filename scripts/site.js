// Builds the documentation's site into site/: the readme, docs/ and the reference of the public names, by TypeDoc, light or
// dark as the reader's system is. Every link inside it is followed: one that leads nowhere fails the build.
//   npm run site
// TypeDoc needs a compiler that is written in JavaScript, so it and that compiler live in scripts/site with a lock file of
// their own (46 MB), not in the workspace.
import {
	existsSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
} from "node:fs";
import path from "node:path";
import { npm } from "./pack.js";
import { runCommand } from "./run-command.js";

const root = path.dirname(import.meta.dirname);
const tools = path.join(root, "scripts/site");
const site = path.join(root, "site");

if (!existsSync(path.join(tools, "node_modules/typedoc")))
	await mustSucceed(
		npm(
			["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"],
			tools,
		),
	);
rmSync(site, { recursive: true, force: true });
await mustSucceed(
	runCommand(
		process.execPath,
		["node_modules/typedoc/bin/typedoc", "--options", "typedoc.json"],
		{ cwd: tools },
	),
);
const { pages, links, broken } = followLinks(site);
for (const each of broken) console.error(each);
console.log(
	`site/: ${pages} pages, ${links} links followed, ${broken.length} lead nowhere`,
);
if (broken.length > 0) process.exitCode = 1;

async function mustSucceed(running) {
	const { code, output } = await running;
	if (code !== 0) throw new Error(output);
}

/** Follows every link from one page of a site to another, to the heading it names. */
function followLinks(home) {
	const pages = readdirSync(home, { recursive: true })
		.filter((file) => file.endsWith(".html"))
		.map((file) => [file, readFileSync(path.join(home, file), "utf8")]);
	const anchors = new Map(
		pages.map(([file, text]) => [
			file,
			new Set([...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)),
		]),
	);
	const links = pages.flatMap(([from, text]) =>
		[...text.matchAll(/\s(?:href|src)="([^"]+)"/g)]
			.map(([, target]) => ({ from, target: target.replaceAll("&amp;", "&") }))
			.filter(({ target }) => !/^([a-z][a-z+.-]*:|\/\/)/i.test(target)),
	);
	const broken = links
		.filter((link) => !leadsSomewhere(home, anchors, link))
		.map(({ from, target }) => `${from}: the link to ${target} leads nowhere`);
	return { pages: pages.length, links: links.length, broken };
}

function leadsSomewhere(home, anchors, { from, target }) {
	const [file, heading] = target.split("#");
	const to =
		file === ""
			? from
			: path.join(path.dirname(from), decodeURI(file.split("?")[0]));
	const there = path.join(home, to);
	if (!existsSync(there) || statSync(there).isDirectory()) return false;
	const known = anchors.get(to);
	return !heading || !known || known.has(decodeURIComponent(heading));
}
