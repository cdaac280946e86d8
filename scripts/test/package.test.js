import assert from "node:assert/strict";
import path from "node:path";
import { describe, test } from "vitest";
import { changedLines } from "../api/changed-lines.js";
import { differences } from "../api/compare.js";
import { memberDifferences } from "../api/members.js";
import { exportsOf, surfaceReport } from "../api/surface.js";
import { loadedTooEarly } from "../checks/lazy.js";
import { tooMuch, wrongFiles } from "../checks/package.js";
import { bundled } from "../checks/size.js";
import { installedPackages } from "../installed-packages.js";
import { tree } from "./tree.js";

const ROOT = path.join(import.meta.dirname, "../..");

describe("api", () => {
	test("a changed signature changes the report; comments and private parts do not", () => {
		const manifest =
			'{"name":"a","exports":{".":{"types":"./index.d.ts"},"./package.json":"./package.json"}}';
		const report = (declaration) =>
			surfaceReport(
				tree({
					"package.json": manifest,
					"index.d.ts": 'export { A, type O } from "./a.js";',
					"a.d.ts": `import type { Hidden } from "./hidden.js";\n${declaration}\nexport interface O { hidden: Hidden }`,
					"hidden.d.ts": "export interface Hidden { a: string }",
				}),
			);
		const first = report("export declare class A { a(): void }");
		assert.match(first, /interface Hidden/);
		assert.equal(
			report("/** Says more. */\nexport declare class A { a(): void }"),
			first,
		);
		const changed = report("export declare class A { a(b: O): void }");
		assert.equal(changedLines(first, changed).length, 2);
	});

	test("a name, a class, an arity or an error's name that differs is found, unless listed; a list that is stale too", () => {
		class Failure extends Error {
			name = "Failure";
		}
		class Renamed extends Error {
			name = "Renamed";
		}
		const theirs = {
			types: ["Options"],
			values: {
				Failure,
				Late: class Late {},
				take: function take(_a, _b) {},
				code: "a",
			},
		};
		const same = { types: [...theirs.types], values: { ...theirs.values } };
		assert.deepEqual(differences(theirs, same, new Map(), {}, {}), []);
		const other = {
			types: [],
			values: { Failure: Renamed, take: function take(_a) {}, code: "b" },
		};
		assert.deepEqual(
			differences(theirs, other, new Map(), {}, {}).map(
				(line) => line.split(":")[0],
			),
			["Options", "Failure.name", "Late", "take.arity", "code.value"],
		);
		assert.equal(
			differences(theirs, other, new Map(), { later: ["Options", "Late"] }, {})
				.length,
			3,
		);
		assert.match(
			differences(theirs, same, new Map(), { later: ["Late"] }, {})[0],
			/none any more/,
		);
	});

	test("a member that is missing, only here, or takes less is found, inherited ones included", async () => {
		const home = tree({
			"theirs.d.ts": `interface Base { host?: string; age?: number }
				export interface Options extends Base { claims?: string }
				export declare class C { constructor(a: string | Base, o?: Options); constructor(a: string); get(a: string): Promise<string>; private hidden; }
				export type Either = { a: string } | { b: string };
				export declare function f(a: string, b?: number): string;
				export interface Later { x: string }`,
			"ours.d.ts": `export interface Options { host?: string; claims?: string | number; memory?: object }
				export declare class C { constructor(a: string, o?: Options); get(a: string): Promise<number>; more(): void; static of(): C }
				export type Either = { a: string };
				export declare function f(a: string, b: number): string;`,
		});
		const found = await memberDifferences(
			ROOT,
			path.join(home, "theirs.d.ts"),
			path.join(home, "ours.d.ts"),
		);
		assert.deepEqual(
			[...found].map(([key, what]) => `${key} ${what.split(":")[0]}`).sort(),
			[
				"C.arguments does not take what it takes there",
				"C.instance does not fit where it fits there",
				"C.more is only here",
				"C.of is only here",
				"Either.b is missing",
				"Either.type does not take what it takes there",
				"Options.age is missing",
				"Options.memory is only here",
				"f.type does not fit where it fits there",
			],
		);
	});

	test("an excuse may be for one member of every type, and a constant's members are compared", () => {
		const theirs = { types: [], values: { Hosts: { A: "a", B: "b" } } };
		const ours = { types: [], values: { Hosts: { A: "a", B: "c" } } };
		const members = new Map([["Options.memory", "is only here"]]);
		assert.deepEqual(
			differences(theirs, ours, members, {}, { "*.memory": "shared" }),
			["Hosts.B: c, there b"],
		);
	});

	test("the exported names of a package are read from its declarations", () => {
		const names = exportsOf(
			path.join(ROOT, "node_modules/@azure/identity/dist/esm/index.d.ts"),
		);
		assert.equal(names.get("ClientSecretCredential").type, false);
		assert.equal(names.get("ClientSecretCredentialOptions").type, true);
		assert.equal(names.get("useIdentityPlugin").type, false); // by way of `export *`
	});
});

describe("lazy", () => {
	test("an entry that loads a client, a built-in or another file at once is found", async () => {
		const home = tree(
			{
				"package.json":
					'{"name":"a","type":"module","exports":{".":"./a.js","./eager":"./eager.js"}}',
				"a.js":
					'import "./b.js"; export const late = () => import("node:https");',
				"b.js": "export const b = 1;",
				"eager.js":
					'import "node:child_process"; import "c"; import "../../d.cjs";',
				"../../d.cjs": "module.exports = 1;",
				"node_modules/c/index.js": "module.exports = 1;",
			},
			"packages/a",
		);
		assert.deepEqual(await loadedTooEarly(home, "a"), []);
		const found = (await loadedTooEarly(home, "a/eager")).join("\n");
		assert.match(found, /loads NativeModule child_process/);
		assert.match(found, /node_modules\/c\/index\.js/);
		assert.match(found, /d\.cjs/);
	});
});

test("package: a file that no user needs, and one that every user needs, are found", () => {
	const right = ["package.json", "README.md", "LICENSE", "dist/index.js"];
	assert.deepEqual(wrongFiles(right), []);
	assert.equal(wrongFiles([...right, "src/index.ts"]).length, 1);
	assert.equal(wrongFiles(right.slice(1)).length, 1);
	assert.deepEqual(wrongFiles([...right, "bin/a.js"], ["bin/"]), []);
});

test("package: packages that run something at install, and more than was promised, are found", () => {
	const home = tree({
		"node_modules/a/package.json": '{"name":"a","version":"1.0.0"}',
		"node_modules/a/index.js": "x".repeat(5000),
		"node_modules/a/node_modules/@b/c/package.json":
			'{"name":"@b/c","version":"1.0.0","scripts":{"postinstall":"make"}}',
		"node_modules/d/package.json": '{"name":"d","version":"1.0.0"}',
		"node_modules/d/binding.gyp": "{}",
	});
	const packages = installedPackages(home);
	assert.deepEqual(
		packages.map(({ name, bytes }) => [name, bytes / 4096]).sort(),
		[
			["@b/c", 2],
			["a", 4],
			["d", 3],
		],
	);
	const enough = { packages: 3, bytes: 9 * 4096 };
	assert.deepEqual(tooMuch(packages, enough).sort(), [
		'@b/c runs "postinstall" at install',
		'd runs "node-gyp" at install',
	]);
	assert.equal(tooMuch(packages, { ...enough, packages: 2 }).length, 7);
	assert.equal(tooMuch(packages, { ...enough, bytes: 9 * 4096 - 1 }).length, 7);
});

test("size: what loads late is not in the bundle of an entry, what loads at once is", async () => {
	const home = tree({
		"a.js":
			'import { b } from "./b.js"; export const a = () => [b, import("./c.js")];',
		"b.js": 'export const b = "at once"; export const unused = "unused";',
		"c.js": 'export const c = "late";',
	});
	const code = await bundled(path.join(home, "a.js"));
	assert.match(code, /at once/);
	assert.doesNotMatch(code, /"late"|unused/);
});
