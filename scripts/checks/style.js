// No file named for its kind, path of one machine, registry's host, work left undone, subclass, or reading of the
// machine's clock. What the linter knows (length of files and functions, default exports, enums, namespaces, `export *`,
// skipped tests) is in biome.json.
import path from "node:path";
import { walk } from "../parse-source.js";
import { isCode, lineAt, trackedFiles } from "../tracked-files.js";

/** A name that says what kind of thing a file is says nothing about what is in it. */
const NAMELESS = /(^|-)(utils?|helpers?|common|base|misc)$/;

/** Paths of one machine, and hosts of registries: neither means anything to who clones this. */
const MACHINE_PATH =
	/(^|[^\w.])\/(work|root|tmp\/brief)\/|\/home\/(?!user\b|me\b|you\b)\w+\/|\/Users\/(?!me\b|you\b)\w+\//;
const REGISTRY =
	/registry\.npmjs\.org|registry\.yarnpkg\.com|proxy\.golang\.org|sum\.golang\.org|pypi\.org|pythonhosted\.org|deb\.debian\.org|crates\.io/;

/** Work that is left lives in the issues, where it is seen. The letter in brackets keeps this file out of it. */
const LEFT_UNDONE = /\b(TOD[O]|FIXM[E]|XX[X])\b/;

/** What reads the time of the machine. A test that cannot move the clock has to sleep. */
const CLOCKS = ["Date.now", "performance.now", "process.hrtime"];
const CLOCKED = ["packages/azidentity/src/", "packages/emulator/src/"];

/** The files that own a `now` and so may say that its default is the machine's clock. */
const OWNS_NOW = {
	"packages/azidentity/src/cache/token-cache.ts":
		"the memory is told the time by whoever makes it",
	"packages/azidentity/src/entra/assertion-file.ts":
		"how long a reading of the file is shared: credentials do not pass a clock through their options",
	"packages/azidentity/src/entra/certificate-proof.ts":
		"credentials do not pass a clock through their options, and assertions say when they were made",
	"packages/azidentity/src/entra/device-code-prompt.ts":
		"a code expires by the clock of whoever waits for it",
	"packages/azidentity/src/pipeline/bearer-token-policy.ts":
		"it makes a memory, which is told the time by whoever makes it",
	"packages/azidentity/src/pipeline/bearer-token-provider.ts":
		"it makes a memory, which is told the time by whoever makes it",
	"packages/azidentity/src/pipeline/watch-token.ts":
		"it waits for times that credentials name, and has no other who would tell it",
	"packages/azidentity/src/pipeline/with-token-cache.ts":
		"it makes a memory, which is told the time by whoever makes it",
	"packages/azidentity/src/platform/pipeline-sender.ts":
		"the door to the network: credentials do not pass a clock through their options",
	"packages/azidentity/src/stores/redis/redis-store.ts":
		"programs make the store themselves, apart from the cache and its clock",
	"packages/azidentity/src/tools/azure-cli-profile.ts":
		"it is compared with the times of files, which are the world's",
	"packages/emulator/src/certificates/certificates.ts":
		"validity is in the world's time: other programs check it",
};

/** Files that want the real time even when the clock that others are told is moved. */
const REAL_TIME = {
	"packages/azidentity/src/cache/metrics.ts":
		"durations are told to who measures, and nothing here depends on them",
	"packages/azidentity/src/foundation/steady-clock.ts":
		"it is what tells that the real one was turned back",
	"packages/emulator/src/virtual-clock.ts":
		"it is the clock that others are told, and moves the real one of its thread",
	"packages/emulator/src/revocations.ts":
		"the order of events, which moving the emulator's clock must not change",
};

export function check(root) {
	return findings(trackedFiles(root));
}

/** What breaks a rule, in a list of `{ path, text }`. */
export function findings(files) {
	return files.flatMap((file) => [
		...nameless(file),
		...matches(file, MACHINE_PATH, "names a path of one machine"),
		...matches(file, REGISTRY, "names a registry's host"),
		...matches(file, LEFT_UNDONE, "work that is left belongs in an issue"),
		...(isCode(file) ? syntax(file) : []),
	]);
}

function nameless({ path: file }) {
	return file
		.split("/")
		.filter((part) => NAMELESS.test(path.basename(part).split(".")[0]))
		.map((part) => `${file}: "${part}" does not say what is in it`);
}

function matches({ path: file, text }, pattern, reason) {
	if (!pattern.test(text)) return [];
	return text
		.split("\n")
		.map((line, index) => ({ found: pattern.exec(line), index }))
		.filter(({ found }) => found !== null)
		.map(
			({ found, index }) =>
				`${file}:${index + 1}: ${reason} (${found[0].trim()})`,
		);
}

function syntax(file) {
	const found = [];
	const clocked = CLOCKED.some((folder) => file.path.startsWith(folder));
	walk(file, (node, parents) => {
		const reason =
			subclass(node) ?? (clocked ? clock(node, parents, file) : undefined);
		if (reason !== undefined)
			found.push(`${file.path}:${lineAt(file.text, node.start)}: ${reason}`);
	});
	return found;
}

function subclass(node) {
	if (!/^Class(Declaration|Expression)$/.test(node.type)) return;
	if (node.superClass === null || node.superClass.name === "Error") return;
	return "compose, do not subclass: only Error is extended";
}

function clock(node, [parent], file) {
	const read = clockRead(node);
	if (read === undefined || file.path in REAL_TIME) return;
	const isDefault =
		(parent.type === "AssignmentPattern" && parent.left.name === "now") ||
		(parent.type === "LogicalExpression" &&
			parent.operator === "??" &&
			file.text.slice(parent.left.start, parent.left.end).endsWith("now"));
	if (isDefault && file.path in OWNS_NOW) return;
	return isDefault
		? `${read} is the default of a \`now\` here: add the file to OWNS_NOW of scripts/checks/style.js, with the reason`
		: `${read} is the machine's clock: take a \`now\``;
}

function clockRead(node) {
	if (node.type === "MemberExpression" && !node.computed) {
		const name = `${node.object.name}.${node.property.name}`;
		return CLOCKS.find((each) => each === name);
	}
	const isDate = node.type === "NewExpression" && node.callee.name === "Date";
	return isDate && node.arguments.length === 0 ? "new Date()" : undefined;
}
