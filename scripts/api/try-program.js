// Compiles and runs a small program, from a folder in which it finds packages as a user's program does.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { failuresOf, runCommand } from "../run-command.js";

/** What people switch on beside `strict`. */
const STRICTER = {
	exactOptionalPropertyTypes: true,
	noUncheckedIndexedAccess: true,
};

/** What a program finds around it, whoever runs it: a job of Azure Pipelines, and nothing else. */
const SURROUNDINGS = {
	AZURE_CLIENT_ID: "",
	AZURE_TENANT_ID: "",
	AZURE_TOKEN_CREDENTIALS: "",
	SYSTEM_OIDCREQUESTURI: "https://dev.azure.com/contoso/oidc",
};

/** What is wrong with a program, a list of `{ path, text }`, or else what it prints: `{ failures, output }`. */
export async function tryProgram(root, program) {
	const cache = path.join(root, "node_modules/.cache");
	mkdirSync(cache, { recursive: true });
	const folder = mkdtempSync(path.join(cache, "program-"));
	try {
		for (const { path: name, text } of program)
			writeFileSync(path.join(folder, name), text);
		const failures = [
			...(await compiled(root, folder, {})),
			...(await compiled(root, folder, STRICTER)),
		];
		return failures.length > 0 ? { failures } : await ran(folder, program);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

async function compiled(root, folder, stricter) {
	writeFileSync(
		path.join(folder, "tsconfig.json"),
		JSON.stringify({
			compilerOptions: {
				target: "es2023",
				lib: ["es2023"],
				module: "nodenext",
				strict: true,
				noUnusedLocals: true,
				skipLibCheck: true,
				noEmit: true,
				allowImportingTsExtensions: true,
				types: ["node"],
				typeRoots: [path.join(root, "node_modules/@types")],
				...stricter,
			},
			include: ["*.ts"],
		}),
	);
	const tsc = path.join(root, "node_modules/typescript/bin/tsc");
	return failuresOf(
		await runCommand(process.execPath, [tsc, "-p", ".", "--pretty", "false"], {
			cwd: folder,
		}),
	);
}

/** What the program prints. It asks nobody for anything: it only makes what is to be had. */
async function ran(folder, program) {
	const bundle = path.join(folder, "program.mjs");
	await build({
		stdin: {
			contents: program
				.map(({ path: name }) => `import "./${name}";`)
				.join("\n"),
			resolveDir: folder,
		},
		outfile: bundle,
		bundle: true,
		format: "esm",
		platform: "node",
		packages: "external",
		logLevel: "silent",
	});
	const { code, output } = await runCommand(process.execPath, [bundle], {
		cwd: folder,
		env: SURROUNDINGS,
	});
	return { output, failures: failuresOf({ code, output }) };
}
